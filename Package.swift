// swift-tools-version: 6.2
import PackageDescription

// Every target speaks one dialect; the import check in the Makefile keeps the rings of
// docs/architecture.md apart.
var swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// `make check` builds with this, so that a warning of ours ends it; those of packages do not.
if Context.environment["ATMOS_AUTH_STRICT"] == "1" {
  swiftSettings.append(.treatAllWarnings(as: .error))
}

let homebrew = Context.environment["HOMEBREW_PREFIX"] ?? "/opt/homebrew"

// Where Homebrew keeps libyaml and Gumbo is asked of pkg-config. On Linux the compiler finds it, and
// pkg-config would name the shared library before our archive.
#if os(macOS)
let yaml: String? = "yaml-0.1"
let gumbo: String? = "gumbo"
#else
let yaml: String? = nil
let gumbo: String? = nil
#endif

// The functions that short commands call, side by side: each 64 KB of a program that is touched costs
// some microseconds at every start, which was two fifths of it. `Benchmarks/run --order` writes the
// lists; gold is the linker that reads them.
func inOrder(_ program: String) -> LinkerSetting {
  let list = "\(Context.packageDirectory)/Sources/\(program)/function-order"
  return .unsafeFlags(
    ["-use-ld=gold", "-Xlinker", "--section-ordering-file", "-Xlinker", list],
    .when(platforms: [.linux], configuration: .release))
}

let package = Package(
  name: "atmos-auth",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "atmos-auth", targets: ["atmos-auth"]),
    .executable(name: "atmos-auth-hook", targets: ["atmos-auth-hook"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    // Ring 0: the C library only. The hook links nothing else.
    .target(name: "CShims"),
    .target(name: "CLibrary"),
    .target(name: "Core", dependencies: ["CLibrary", "CShims"]),
    .target(
      name: "ShellSnippets", dependencies: ["Core"], path: "shell",
      exclude: ["README.md"],
      sources: ["Snippet.swift", "CompletionSnippet.swift"],
      resources: [
        .embedInCode("hook.bash"), .embedInCode("hook.zsh"), .embedInCode("hook.fish"),
        .embedInCode("unhook.bash"), .embedInCode("unhook.zsh"), .embedInCode("unhook.fish"),
        .embedInCode("completion.bash"), .embedInCode("completion.zsh"),
        .embedInCode("completion.fish"),
      ]),
    .target(name: "Hook", dependencies: ["Core"]),
    // Static, since the dynamic linker alone would take longer than everything it does.
    .executableTarget(
      name: "atmos-auth-hook", dependencies: ["CLibrary", "CShims", "Core", "Hook"],
      exclude: ["function-order"],
      linkerSettings: [
        .unsafeFlags(["-static-executable"], .when(platforms: [.linux])),
        inOrder("atmos-auth-hook"),
      ]),

    // Ring 1: the domain and the terminal; no network, no YAML.
    .target(
      name: "Model", dependencies: ["Core", .product(name: "Logging", package: "swift-log")]),
    .target(name: "Locks", dependencies: ["Core"]),
    // The log of what was handed out.
    .target(name: "Audit", dependencies: ["CLibrary", "CShims", "Core"]),
    .target(name: "Programs", dependencies: ["CLibrary", "CShims", "Core"]),
    .target(name: "Terminal", dependencies: ["CLibrary", "CShims", "Core", "Model", "Programs"]),
    // What the command lines of terraform and its like ask of a cloud.
    .target(name: "ToolCommands", dependencies: ["Core"]),
    // What the files of terragrunt's units say about roles: a reader of HCL, of which Swift has none.
    .target(name: "Terragrunt", dependencies: ["Core"]),
    // GNU readline. On Linux its archives are linked: a shared library takes 0.3 ms at every start,
    // and only one command uses it. On macOS it is Homebrew's, since the system's is libedit.
    .target(
      name: "CLineEditor",
      cSettings: [.unsafeFlags(["-I\(homebrew)/opt/readline/include"], .when(platforms: [.macOS]))],
      linkerSettings: [
        .linkedLibrary(":libreadline.a", .when(platforms: [.linux])),
        .linkedLibrary(":libtinfo.a", .when(platforms: [.linux])),
        .unsafeFlags(["-L\(homebrew)/opt/readline/lib"], .when(platforms: [.macOS])),
        .linkedLibrary("readline", .when(platforms: [.macOS])),
      ]),
    .target(name: "LineEditor", dependencies: ["CLibrary", "CLineEditor", "CShims", "Core"]),

    // Ring 2: one outside thing each.
    .systemLibrary(
      name: "CYAML", path: "Sources/CYAML", pkgConfig: yaml, providers: [.brew(["libyaml"])]),
    .target(
      name: "AuthConfiguration",
      dependencies: [
        "CLibrary", "CYAML", "Core", "Model", .product(name: "Crypto", package: "swift-crypto"),
      ],
      linkerSettings: [.linkedLibrary(":libyaml.a", .when(platforms: [.linux]))]),
    // libsecret is opened when the system keyring is used; nothing is linked.
    .target(
      name: "CSecretService", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "Keyrings",
      dependencies: [
        .target(name: "CSecretService", condition: .when(platforms: [.linux])), "CShims", "Core",
        "Model", "Programs", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    .target(
      name: "OneTimeCodes",
      dependencies: [
        "Core", "Locks", "Model", "Programs", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "Sessions",
      dependencies: [
        "CShims", "Core", "Locks", "Model", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "HTTPTransport",
      dependencies: [
        "CLibrary", "Core", "Model",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    // Browsers, by the DevTools protocol over two pipes.
    .target(
      name: "DevTools",
      dependencies: ["CLibrary", "CShims", "Core", "Model", "Programs"]),
    .systemLibrary(name: "CExpat", path: "Sources/CExpat"),
    .target(
      name: "XML", dependencies: ["CExpat"],
      linkerSettings: [
        .linkedLibrary(":libexpat.a", .when(platforms: [.linux])),
        .linkedLibrary("expat", .when(platforms: [.macOS])),
      ]),
    // Gumbo: a parser of HTML5 without dependencies.
    .systemLibrary(
      name: "CGumbo", path: "Sources/CGumbo", pkgConfig: gumbo,
      providers: [.brew(["gumbo-parser"])]),
    .target(
      name: "HTML", dependencies: ["CGumbo"],
      linkerSettings: [.linkedLibrary(":libgumbo.a", .when(platforms: [.linux]))]),
    // Pages on which people sign in without a browser.
    .target(name: "SignIn", dependencies: ["Core", "HTML", "Model"]),
    .target(
      name: "AWS",
      dependencies: [
        "Core", "Locks", "Model", "Programs", "SignIn", "XML",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "Azure", dependencies: ["Model"]),
    .target(name: "Docker", dependencies: ["Core"]),
    .target(name: "Kubernetes", dependencies: ["Core", "Model"]),
    .target(name: "GCP", dependencies: ["Core", "Model"]),
    .target(name: "OIDC", dependencies: ["Core", "Model", "Programs"]),
    // The one target of this ring that imports a cloud: what `mock` makes up are AWS keys.
    .target(name: "LocalKinds", dependencies: ["AWS", "Core", "Model"]),

    // Ring 3: what the program does, whoever asks for it; no option parser.
    .target(
      name: "Application",
      dependencies: [
        "AWS", "Audit", "AuthConfiguration", "Azure", "CLibrary", "CShims", "Core", "DevTools",
        "Docker", "GCP",
        "HTTPTransport", "Hook", "Keyrings", "Kubernetes", "LocalKinds", "Locks", "Model", "OIDC",
        "OneTimeCodes", "Programs", "Sessions",
        "ShellSnippets", "Terminal", "Terragrunt", "ToolCommands",
        .product(name: "Logging", package: "swift-log"),
      ]),

    // Ring 4: the command line.
    .target(
      name: "Commands",
      dependencies: [
        "AWS", "Application", "Audit", "AuthConfiguration", "CLibrary", "CShims", "Core", "Hook",
        "Keyrings", "LineEditor", "Model", "Programs", "Sessions", "ShellSnippets", "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    // Not position independent: relocating so large a program takes 2 ms at every start, and the
    // hot commands have 8 (docs/architecture.md). No library but the C library's is loaded either:
    // scripts/build-release puts the archives of those that others ask for into the folder. Swift
    // exports every symbol of a static program, for nobody: 4 MB, and a tenth of `--version`.
    .executableTarget(
      name: "atmos-auth", dependencies: ["Application", "CLibrary", "CShims", "Commands", "Model"],
      exclude: ["function-order"],
      linkerSettings: [
        .unsafeFlags(
          [
            "-Xclang-linker", "-no-pie", "-Xclang-linker", "-static-libgcc",
            "-Xlinker", "--no-export-dynamic",
            "-L\(Context.packageDirectory)/.build-release/archives",
          ], .when(platforms: [.linux], configuration: .release)),
        inOrder("atmos-auth"),
      ]),

    // What the tests of several targets need; it must not import Testing, which a static build has
    // not.
    .target(name: "TestSupport", dependencies: ["Core", "Model"], path: "Tests/TestSupport"),
    // A cloud that only tests know.
    .target(name: "MadeUpCloud", dependencies: ["Core", "Model"], path: "Tests/MadeUpCloud"),
    .testTarget(
      name: "ApplicationTests",
      dependencies: [
        "Application", "AuthConfiguration", "CLibrary", "Core", "Hook", "Keyrings", "MadeUpCloud",
        "Model", "Terminal", "TestSupport", "ToolCommands",
      ]),
    .testTarget(name: "AuditTests", dependencies: ["Audit", "CLibrary", "Core", "TestSupport"]),
    .testTarget(name: "CoreTests", dependencies: ["CLibrary", "Core", "TestSupport"]),
    .testTarget(name: "HookTests", dependencies: ["Core", "Hook", "TestSupport"]),
    .testTarget(name: "ModelTests", dependencies: ["Core", "Model"]),
    .testTarget(
      name: "CommandsTests",
      dependencies: [
        "AWS", "Application", "AuthConfiguration", "Commands", "Core", "Hook", "LocalKinds",
        "Model", "Programs", "ShellSnippets", "Terminal", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "ToolCommandsTests", dependencies: ["TestSupport", "ToolCommands"]),
    .testTarget(name: "TerragruntTests", dependencies: ["Core", "TestSupport", "Terragrunt"]),
    .testTarget(name: "ProgramsTests", dependencies: ["Core", "Programs"]),
    .testTarget(
      name: "TerminalTests", dependencies: ["Core", "Model", "Terminal", "TestSupport"]),
    .testTarget(
      name: "KeyringsTests",
      dependencies: [
        "CShims", "Core", "Keyrings", "Model", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(
      name: "OneTimeCodesTests",
      dependencies: ["Core", "Keyrings", "Model", "OneTimeCodes", "TestSupport"]),
    .testTarget(
      name: "LineEditorTests", dependencies: ["CShims", "Core", "LineEditor", "TestSupport"]),
    .testTarget(
      name: "SessionsTests",
      dependencies: ["Core", "Keyrings", "Locks", "Model", "Sessions", "TestSupport"]),
    .testTarget(
      name: "AuthConfigurationTests",
      dependencies: [
        "AWS", "AuthConfiguration", "Azure", "Core", "GCP", "LocalKinds", "Model", "OIDC",
        "TestSupport",
      ],
      exclude: ["Goldens"]),
    .testTarget(
      name: "AWSTests",
      dependencies: [
        "AWS", "Core", "LocalKinds", "Model", "OIDC", "OneTimeCodes", "TestSupport", "XML",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .testTarget(name: "DockerTests", dependencies: ["Core", "Docker", "TestSupport"]),
    .testTarget(name: "OIDCTests", dependencies: ["Core", "Model", "OIDC", "TestSupport"]),
    .testTarget(name: "DevToolsTests", dependencies: ["Core", "DevTools", "Model"]),
    .testTarget(name: "SignInTests", dependencies: ["Core", "HTML", "Model", "SignIn"]),
    .testTarget(
      name: "HTTPTransportTests",
      dependencies: [
        "CLibrary", "Core", "HTTPTransport", "Model", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ]),
  ]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = swiftSettings
}
