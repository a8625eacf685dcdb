import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

/// What a checkout can make a reading take in; each of these once took minutes or ended the program.
@Suite struct LimitsTests {
  /// Why a configuration is not read; `nil` if it is.
  private func refusal(
    _ files: [String: String], _ change: (inout Limits) -> Void = { _ in }
  ) throws -> String? {
    let world = try World(files)
    return try refusal(world, change)
  }

  private func refusal(
    _ world: World, _ change: (inout Limits) -> Void = { _ in }
  ) throws -> String? {
    var request = world.request()
    change(&request.limits)
    do {
      _ = try world.catalog(request)
      return nil
    } catch let error as AuthError {
      #expect(error.code == .badConfiguration)
      return error.message.replacingOccurrences(of: world.path("repo/"), with: "")
    }
  }

  private func refused(_ place: String, _ what: String) -> String {
    "\(place): the configuration is not read, because here it comes to more than \(what)"
  }

  @Test func `links to the directory itself are not descended into`() throws {
    let world = try World(["repo/atmos.yaml": "", "repo/atmos.d/sub/a.yaml": userAndRole])
    for index in 0..<10 {
      try FileManager.default.createSymbolicLink(
        atPath: world.path("repo/atmos.d/link\(index)"), withDestinationPath: ".")
    }
    #expect(try world.catalog().count == 2)
  }

  @Test func `links in the fixed part of a pattern are followed`() throws {
    let world = try World([
      "repo/atmos.yaml": "import: [linked/*/*.yaml]\n", "elsewhere/sub/a.yaml": userAndRole,
    ])
    try FileManager.default.createSymbolicLink(
      atPath: world.path("repo/linked"), withDestinationPath: world.path("elsewhere"))
    #expect(try world.catalog().count == 2)
    try world.write("repo/atmos.yaml", "import: [linked/**/*.yaml]\n")
    #expect(try world.catalog().count == 2)
  }

  @Test func `directories that go deeper than a pattern may are an error`() throws {
    let deep = (1...17).map { "d\($0)" }.joined(separator: "/")
    let message = try refusal(["repo/atmos.yaml": "", "repo/atmos.d/\(deep)/a.yaml": ""])
    #expect(message?.hasSuffix(refused("/d17", "16 levels of directories")) == true)
    let fine = (1...16).map { "d\($0)" }.joined(separator: "/")
    let world = try World(["repo/atmos.yaml": "", "repo/atmos.d/\(fine)/a.yaml": userAndRole])
    #expect(try world.catalog().count == 2)
  }

  @Test func `files that import all others end at the limit`() throws {
    let all = (0..<10).map { "\($0).yaml" }.joined(separator: ", ")
    var files = ["repo/atmos.yaml": "import: [\(all)]\n"]
    for index in 0..<10 { files["repo/\(index).yaml"] = "import: [\(all)]\n" }
    let message = try #require(try refusal(files))
    #expect(message.hasSuffix("it comes to more than 2000 imports"))
  }

  @Test func `nested includes end at the limit of files`() throws {
    var files = [
      "repo/atmos.yaml":
        "auth: { identities: { dev: { kind: mock, env: !include 0.yaml } } }\n",
      "repo/9.yaml": "[a]\n",
    ]
    for index in 0..<9 {
      files["repo/\(index).yaml"] = String(repeating: "- !include \(index + 1).yaml\n", count: 10)
    }
    #expect(try refusal(files) == refused("9.yaml", "1000 files"))
  }

  @Test(arguments: [
    String(repeating: "{", count: 200_000),
    String(repeating: "{a,", count: 100_000) + String(repeating: "}", count: 100_000),
    String(repeating: "a/", count: 200_000) + "*.yaml",
  ])
  func `a pattern longer than a path may be is an error`(pattern: String) throws {
    let message = try #require(try refusal(["repo/atmos.yaml": "import: '\(pattern)'\n"]))
    #expect(message.hasSuffix("it comes to more than 4096 bytes in one pattern"))
  }

  @Test func `braces stand for so many patterns`() throws {
    let pattern = String(repeating: "{a,b}", count: 40)
    let message = try #require(try refusal(["repo/atmos.yaml": "import: '\(pattern)'\n"]))
    #expect(message.hasSuffix("it comes to more than 1000 patterns from braces"))
    let nested = String(repeating: "{", count: 200) + "x" + String(repeating: "}", count: 200)
    #expect(try refusal(["repo/atmos.yaml": "import: '\(nested)'\n"]) == nil)
  }

  @Test func `twenty thousand imports end at the limit`() throws {
    let imports = (0..<20_000).map { "  - f\($0).yaml\n" }.joined()
    #expect(
      try refusal(["repo/atmos.yaml": "import:\n\(imports)"])
        == refused("atmos.yaml:2002:5", "2000 imports"))
  }

  @Test func `aliases count each time`() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<6 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let message = try #require(try refusal(["repo/atmos.yaml": text]))
    #expect(message.hasPrefix("atmos.yaml:6:"))
    #expect(message.hasSuffix("it comes to more than 250000 values"))
  }

  @Test func `long values count for each alias and long keys for each value`() throws {
    let long = String(repeating: "x", count: 10_000)
    let aliases = Array(repeating: "*a", count: 20).joined(separator: ", ")
    let shared = try refusal(["repo/atmos.yaml": "a: &a \(long)\nb: [\(aliases)]\n"]) {
      $0.expandedBytes = 100_000
    }
    #expect(shared?.hasSuffix("it comes to more than 100000 bytes of values") == true)
    let values = Array(repeating: "x", count: 20).joined(separator: ", ")
    let keys = try refusal(["repo/atmos.yaml": "\(long.prefix(900)): [\(values)]\n"]) {
      $0.expandedBytes = 10_000
    }
    #expect(keys?.hasSuffix("it comes to more than 10000 bytes of values") == true)
  }

  @Test func `a file that is merged again counts again`() throws {
    let imports = Array(repeating: "a.yaml", count: 50).joined(separator: ",")
    let files = [
      "repo/atmos.yaml": "import: [\(imports)]",
      "repo/a.yaml": userAndRole,
    ]
    #expect(try refusal(files) { $0.values = 2_000 } == nil)
    #expect(try refusal(files) { $0.values = 200 } == refused("a.yaml", "200 values"))
  }

  @Test(arguments: ["auth: { x: ", "auth: { providers: { p: ", "env: ", "stacks: ", "profiles: "])
  func `small maps over a large one count the large one each time`(start: String) throws {
    let end = start.replacingOccurrences(of: "[^{]", with: "", options: .regularExpression)
      .replacingOccurrences(of: "{", with: " }")
    let large = (0..<1_000).map { "k\($0): v" }.joined(separator: ", ")
    let small = Array(repeating: "small.yaml", count: 50).joined(separator: ", ")
    let files = [
      "repo/atmos.yaml": "import: [large.yaml, \(small)]\n",
      "repo/large.yaml": "\(start){ \(large) }\(end)\n",
      "repo/small.yaml": "\(start){ k0: w }\(end)\n",
    ]
    #expect(try refusal(files) { $0.mergedOver = 51_000 } == nil)
    let message = try refusal(files) { $0.mergedOver = 40_000 }
    #expect(
      message?.hasSuffix("it comes to more than 40000 values that others are merged over") == true)
  }

  @Test func `a list that is added to counts each time`() throws {
    let small = Array(repeating: "small.yaml", count: 50).joined(separator: ", ")
    let large = (0..<1_000).map { "k\($0)" }.joined(separator: ", ")
    let files = [
      "repo/atmos.yaml": "import: [large.yaml, \(small)]\n",
      "repo/large.yaml": "auth: { x: [\(large)] }\n",
      "repo/small.yaml": "auth: { x: !append [a] }\n",
    ]
    #expect(try refusal(files) { $0.mergedOver = 60_000 } == nil)
    #expect(try refusal(files) { $0.mergedOver = 40_000 } != nil)
  }

  @Test func `a tag counts with what its directive makes of it`() throws {
    let tags = Array(repeating: "!a!b c", count: 50).joined(separator: ", ")
    let text = "%TAG !a! \(String(repeating: "x", count: 1_000))\n---\nx: [\(tags)]\n"
    let message = try refusal(["repo/atmos.yaml": text]) { $0.expandedBytes = 10_000 }
    #expect(message?.hasSuffix("it comes to more than 10000 bytes of values") == true)
    #expect(try refusal(["repo/atmos.yaml": text]) == nil)
  }

  @Test(arguments: ["\n", "\r", "\u{85}"])
  func `a file has so many tag directives`(lineEnd: String) throws {
    func faults(_ count: Int) throws -> [String] {
      let directives = (0..<count).map { "%TAG !a\($0)! b\(lineEnd)" }.joined()
      let text = "\(directives)---\(lineEnd)a: 100%\n"
      return try World(["repo/atmos.yaml": text]).load().diagnostics(kinds: World.kinds)
        .map(\.message)
    }
    #expect(try faults(100) == [])
    #expect(try faults(101) == ["the file has more than 100 `%TAG` directives"])
  }

  @Test func `all files together have so many bytes`() throws {
    let comment = "# \(String(repeating: "x", count: 998))\n"
    let files = ["repo/atmos.yaml": comment, "repo/atmos.d/a.yaml": comment]
    #expect(try refusal(files) { $0.bytes = 3_000 } == nil)
    let both = try refusal(files) { $0.bytes = 1_500 }
    #expect(both == refused("atmos.d/a.yaml", "1500 bytes of files"))
  }

  @Test func `directories hold so many names`() throws {
    var files = ["repo/atmos.yaml": ""]
    for index in 0..<50 { files["repo/atmos.d/\(index).txt"] = "" }
    #expect(try refusal(files) { $0.names = 400 } == nil)
    #expect(try refusal(files) { $0.names = 40 } == refused("atmos.d", "40 names of files"))
  }

  @Test func `values nest so deep, included ones among them`() throws {
    let nested = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    let including = nested.replacingOccurrences(of: "[]", with: "[!include a.yaml]")
    let files = [
      "repo/atmos.yaml":
        "auth: { identities: { dev: { kind: mock, x: \(including) } } }",
      "repo/a.yaml": "\(nested)\n",
    ]
    let faults = try World(files).load().diagnostics(kinds: World.kinds).map(\.message)
    #expect(faults.contains("values are nested more than 100 levels deep"))
  }

  @Test func `a chain has so many links, others are not touched`() throws {
    var yaml = "auth:\n  identities:\n    i0: { kind: aws/user }\n"
    for index in 1..<2_000 {
      yaml +=
        "    i\(index): { kind: aws/assume-role, via: { identity: i\(index - 1) },"
        + " principal: { assume_role: 'arn:aws:iam::123456789012:role/r' } }\n"
    }
    let catalog = try World(["repo/atmos.yaml": yaml]).catalog()
    #expect(try catalog.identity(named: "i63").hasErrors == false)
    #expect(try catalog.identity(named: "i63").chain.count == 64)
    #expect(try catalog.identity(named: "i64").hasErrors)
    #expect(
      catalog.diagnostics.filter { $0.code == "chain-too-long" }.map(\.message) == [
        "identity `i64` has a chain of more than 64 links, and so have 1935 others"
      ])
    let world = try World(["repo/atmos.yaml": yaml])
    #expect(throws: AuthError.self) {
      _ = try world.load().chain(
        for: "i1999", kinds: World.kinds, commands: CommandAccess.refused)
    }
  }

  @Test func `what identities share does not multiply without end`() throws {
    let sources = (0..<200).map { "[echo, '\($0)']" }.map { "{ command: \($0) }" }
    var yaml = "auth:\n  mfa: { sources: [\(sources.joined(separator: ", "))] }\n  identities:\n"
    for index in 0..<50 { yaml += "    i\(index): { kind: aws/user }\n" }
    #expect(try refusal(["repo/atmos.yaml": yaml]) == nil)
    let message = try refusal(["repo/atmos.yaml": yaml]) { $0.recordBytes = 50_000 }
    #expect(message?.contains("50 identities come to more than 50000 bytes together") == true)
  }

  @Test(arguments: [
    "a: &a {KEYS}\nauth: { identities: { dev: { kind: mock, <<: [*a, {OTHERS}] } } }\n",
    "auth: { identities: { dev: { kind: mock, env: [PAIRS] } } }\n",
    "auth: { identities: { dev: { kind: mock, x: !include a.env } } }\n",
    "import: [a.yaml]\nauth: { shell: {KEYS} }\n",
    "auth: { identities: {TYPOS} }\n",
  ])
  func `nothing takes the square of a file's size`(pattern: String) throws {
    let count = 10_000
    func list(_ item: (Int) -> String) -> String {
      (0..<count).map(item).joined(separator: ", ")
    }
    let text =
      pattern
      .replacingOccurrences(of: "{KEYS}", with: "{ \(list { "k\($0): v" }) }")
      .replacingOccurrences(of: "{OTHERS}", with: "{ \(list { "o\($0): v" }) }")
      .replacingOccurrences(of: "PAIRS", with: list { "{ key: K\($0), value: v }" })
      .replacingOccurrences(
        of: "{TYPOS}", with: "{ \(list { "i\($0): { kind: mock, via: { identity: j\($0) } }" }) }")
    let world = try World([
      "repo/atmos.yaml": text, "repo/a.yaml": "auth: { shell: { \(list { "o\($0): v" }) } }\n",
      "repo/a.env": (0..<count).map { "K\($0)=v\n" }.joined(),
    ])
    // With 10,000 entries a quadratic step makes a hundred million comparisons: a minute here.
    #expect(try world.catalog().isConfigured)
  }

  @Test func `an own configuration of thousands of accounts is within the limits`() throws {
    var yaml = "auth:\n  identities:\n"
    for index in 0..<15_000 {
      yaml += """
            account-\(index)/Role:
              kind: aws/permission-set
              provider: corp
              via: { provider: corp }
              principal:
                name: Role
                account: { name: account-\(index), id: "123456789012" }

        """
    }
    #expect(yaml.utf8.count > 2_000_000)
    let world = try World(["repo/atmos.yaml": yaml])
    #expect(try world.load().merged.identities.entries.count == 15_000)
  }
}
