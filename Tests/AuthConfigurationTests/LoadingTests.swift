import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct LoadingTests {
  private func origin(_ world: World, _ name: String, _ request: ConfigurationRequest? = nil)
    throws -> String?
  {
    try world.load(request).definition(.identity, name)?.node["from"]?.text
  }

  private static func identity(_ name: String, from: String) -> String {
    "auth: { identities: { \(name): { kind: mock, from: \(from) } } }\n"
  }

  @Test func `for one identity the main file beats its imports, they beat drop-ins`() throws {
    let world = try World([
      "repo/atmos.yaml": "import: [i.yaml]\n" + Self.identity("one", from: "main"),
      "repo/i.yaml":
        "auth: { identities: { ONE: { kind: mock, from: import }, two: { kind: mock, from: import } } }",
      "repo/.atmos.d/x.yaml": """
      auth:
        identities:
          one: { kind: mock, from: drop-in }
          two: { kind: mock, from: drop-in }
          three: { kind: mock, from: drop-in }
      """,
    ])
    #expect(try origin(world, "one") == "main")
    #expect(try origin(world, "two") == "import")
    #expect(try origin(world, "three") == "drop-in")
  }

  @Test func `an identity is replaced whole, a provider is merged key by key`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      import: base.yaml
      auth:
        identities: { i: { kind: mock, alias: new } }
        providers: { P: { region: eu-west-1 } }
      """,
      "repo/base.yaml": """
      auth:
        identities: { i: { kind: mock/aws, tags: [old] } }
        providers: { p: { kind: mock/aws, region: us-east-1, tags: [kept] } }
      """,
    ])
    let full = try world.load()
    #expect(full.definition(.identity, "i")?.node["tags"] == nil)
    let provider = try #require(full.definition(.provider, "p"))
    #expect(provider.name == "P")
    #expect(provider.node["region"]?.text == "eu-west-1")
    #expect(provider.node["tags"] != nil)
  }

  @Test func `drop-ins are read shallow first, then by name, yaml instead of yml`() throws {
    let world = try World([
      "repo/atmos.yaml": "",
      "repo/atmos.d/b.yaml": Self.identity("i", from: "b"),
      "repo/atmos.d/a.yaml": Self.identity("i", from: "a"),
      "repo/atmos.d/z.yml": Self.identity("i", from: "z-yml"),
      "repo/atmos.d/z.yaml": Self.identity("j", from: "z"),
    ])
    #expect(try origin(world, "i") == "b")
    try world.write("repo/atmos.d/sub/a.yaml", Self.identity("i", from: "deep"))
    #expect(try origin(world, "i") == "deep")
    try world.write("repo/.atmos.d/a.yaml", Self.identity("i", from: "hidden"))
    #expect(try origin(world, "i") == "hidden")
  }

  @Test func `the git root's drop-ins count below a directory of its own, less than its own`()
    throws
  {
    let world = try World([
      "repo/.atmos.d/x.yaml": Self.identity("i", from: "root") + "# \n",
      "repo/sub/atmos.yaml": "", "repo/.atmos.d/y.yaml": Self.identity("j", from: "root"),
      "repo/sub/.atmos.d/x.yaml": Self.identity("i", from: "sub"),
    ])
    #expect(try origin(world, "i", world.request(in: "repo/sub")) == "sub")
    #expect(try origin(world, "j", world.request(in: "repo/sub")) == "root")
  }

  @Test func `the system's file is read, its imports are not`() throws {
    let world = try World([
      "system/atmos.yaml": "import: [x.yaml]\n" + Self.identity("i", from: "system"),
      "system/x.yaml": Self.identity("j", from: "import"), "repo/atmos.yaml": "",
    ])
    #expect(try origin(world, "i") == "system")
    #expect(try origin(world, "j") == nil)
  }

  @Test func `imports take files, names without ending, directories, patterns and braces`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      base_path: conf
      import: [one, dir, "**/p?.yaml", "{x,y}.yml", { path: z.yaml }, ""]
      """,
      "repo/conf/one.yml": Self.identity("one", from: "1"),
      "repo/conf/dir/sub/two.yaml": Self.identity("two", from: "2"),
      "repo/conf/a/b/p1.yaml": Self.identity("three", from: "3"),
      "repo/conf/y.yml": Self.identity("four", from: "4"),
      "repo/z.yaml": Self.identity("five", from: "5"),
    ])
    let full = try world.load()
    #expect(
      full.merged.identities.entries.map(\.name).sorted() == [
        "five", "four", "one", "three", "two",
      ])
    #expect(full.merged.faults.isEmpty)
  }

  @Test func `base_path of the command line is where imports start`() throws {
    let world = try World([
      "repo/atmos.yaml": "base_path: nowhere\nimport: [one.yaml]\n",
      "other/one.yaml": Self.identity("i", from: "other"),
    ])
    #expect(try origin(world, "i", world.request(basePath: "../other")) == "other")
    world.environment["ATMOS_BASE_PATH"] = world.path("other")
    #expect(try origin(world, "i") == "other")
  }

  @Test func `imports of imports are followed, in circles once`() throws {
    let world = try World([
      "repo/atmos.yaml": "import: [a.yaml]\n" + Self.identity("main", from: "main"),
      "repo/a.yaml": "import: [b.yaml, a.yaml, atmos.yaml]\n" + Self.identity("i", from: "a"),
      "repo/b.yaml": "import: [a.yaml]\n"
        + "auth: { identities: { i: { kind: mock, from: b }, j: { kind: mock, from: b } } }",
    ])
    #expect(try origin(world, "i") == "a")
    #expect(try origin(world, "j") == "b")
  }

  @Test func `imports end after ten levels with a warning`() throws {
    var files = ["repo/atmos.yaml": "import: [f0.yaml]\n"]
    for index in 0..<15 { files["repo/f\(index).yaml"] = "import: [f\(index + 1).yaml]\n" }
    let faults = try World(files).load().merged.faults
    #expect(faults.map(\.message) == ["imports are more than 10 levels deep"])
  }

  @Test(arguments: [
    "https://example.com/x.yaml", "git::https://example.com/r.git", "github.com/a/b",
    "s3::https://s3.amazonaws.com/b/k", "git@github.com:a/b.git",
  ])
  func `files from elsewhere are not fetched, with a warning`(url: String) throws {
    let faults = try faults("import:\n  - \(url)\n" + userAndRole)
    #expect(
      faults == [
        "2:5 warning: `\(url)` is not fetched; only local files are read "
          + "(keep a copy next to this file)"
      ])
  }

  @Test func `an import that matches nothing is a warning, and noticed when it comes`() throws {
    let world = try World(["repo/atmos.yaml": "import: [teams/*.yaml, gone.yaml]\n" + userAndRole])
    #expect(try world.catalog().diagnostics.map(\.code) == ["missing-import", "missing-import"])
    try world.write("repo/gone.yaml", Self.identity("i", from: "x"))
    #expect(try world.catalog().find("i") != nil)
    try world.write("repo/teams/x.yaml", Self.identity("j", from: "x"))
    #expect(try world.catalog().find("j") != nil)
  }

  @Test func `a file that cannot be used leaves the others`() throws {
    let world = try World([
      "repo/atmos.yaml": "import: [broken.yaml, list.yaml, big.yaml]\n" + userAndRole,
      "repo/broken.yaml": "a: [", "repo/list.yaml": "- a\n",
      "repo/big.yaml": String(
        repeating: "# \(String(repeating: "x", count: 98))\n", count: 170_000),
    ])
    let full = try world.load()
    #expect(full.definition(.identity, "base") != nil)
    let messages = full.merged.faults.map(\.message)
    #expect(messages.count == 3)
    #expect(messages.contains { $0.hasPrefix("not valid YAML") })
    #expect(messages.contains { $0.contains("its top level is not a map") })
    #expect(messages.contains { $0.contains("larger than 8388608 bytes") })
  }

  @Test func `identities that atmos provisioned come below those that a person wrote`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      auth:
        providers:
          corp:
            kind: aws/iam-identity-center
            start_url: https://corp.awsapps.com/start
            region: eu-west-1
        identities: { Acme/Admin: { kind: mock, from: person } }
      """,
      "home/.cache/atmos/auth/corp/provisioned-identities.yaml": """
      auth:
        identities:
          acme/admin: { kind: mock, from: atmos }
          Acme/Reader:
            kind: aws/permission-set
            provider: corp
            via: { provider: corp }
            principal: { name: Reader, account: { name: Acme, id: "123456789012" } }
        _metadata: { source: x }
      """,
    ])
    #expect(try origin(world, "acme/admin") == "person")
    #expect(try world.catalog().find("acme/reader")?.principal == "Reader in Acme")
    #expect(try world.catalog().find("acme/reader")?.hasErrors == false)
  }

  @Test func `provisioned identities that come, change and go are noticed`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      auth:
        providers:
          corp/eu: { kind: aws/iam-identity-center, start_url: https://corp.awsapps.com/start, region: eu-west-1 }
      """
    ])
    let path = "home/.cache/atmos/auth/corp%2feu/provisioned-identities.yaml"
    func file(_ name: String) -> String {
      "auth: { identities: { \(name): { kind: mock } } }\n"
    }
    #expect(try world.catalog().names == [])
    #expect(try world.catalog().isFromIndex)
    try world.write(path, file("Acme/Admin"))
    #expect(try world.catalog().names == ["Acme/Admin"])
    try world.write(path, file("Acme/Reader"))
    #expect(try world.catalog().names == ["Acme/Reader"])
    #expect(try world.catalog().isFromIndex)
    try world.remove(path)
    #expect(try world.catalog().names == [])
  }
}

@Suite struct ProfileTests {
  private static let base = """
    auth: { identities: { i: { kind: mock, from: base }, base: { kind: mock } } }

    """
  private static func profile(_ from: String) -> String {
    "auth: { identities: { i: { kind: mock, from: \(from) } } }\n"
  }

  private func origin(_ world: World, _ request: ConfigurationRequest? = nil) throws -> String? {
    try world.load(request).definition(.identity, "i")?.node["from"]?.text
  }

  @Test func `flag beats variable beats default`() throws {
    let world = try World([
      "repo/atmos.yaml": "profiles: { default: c }\n" + Self.base,
      "repo/profiles/a/x.yaml": Self.profile("a"), "repo/profiles/b/x.yaml": Self.profile("b"),
      "repo/profiles/c/x.yaml": Self.profile("c"),
    ])
    #expect(try origin(world) == "c")
    world.environment["ATMOS_PROFILE"] = "b"
    #expect(try origin(world) == "b")
    #expect(try origin(world, world.request(profiles: ["a"])) == "a")
    #expect(try origin(world, world.request(profiles: ["a,c", "b"])) == "b")
    #expect(try origin(world, world.request(profiles: [""])) == "base")
    #expect(try world.catalog().profiles == ["b"])
    #expect(try world.catalog().profilesAvailable == ["a", "b", "c"])
  }

  @Test func `the first directory that has a profile counts`() throws {
    let world = try World([
      "repo/atmos.yaml": "profiles: { base_path: own }\n" + Self.base,
      "repo/own/p/x.yaml": Self.profile("base_path"),
      "repo/.atmos/profiles/p/x.yaml": Self.profile("dot-atmos"),
      "home/.config/atmos/profiles/p/x.yaml": Self.profile("user"),
      "repo/profiles/p/x.yaml": Self.profile("plain"),
    ])
    let request = world.request(profiles: ["p"])
    for (place, next) in [
      ("repo/own", "base_path"), ("repo/.atmos", "dot-atmos"),
      ("home/.config/atmos/profiles", "user"), ("repo/profiles", "plain"),
    ] {
      #expect(try origin(world, request) == next)
      try world.remove(place)
    }
    #expect(throws: AuthError.self) { try world.load(request) }
  }

  @Test func `every file of a profile counts, with its imports`() throws {
    let world = try World([
      "repo/atmos.yaml": Self.base,
      "repo/profiles/p/sub/deep.yml": "auth: { identities: { deep: { kind: mock } } }",
      "repo/profiles/p/a.yaml": "import: [../shared.yaml]\n" + Self.profile("p"),
      "repo/profiles/shared.yaml": "auth: { identities: { shared: { kind: mock } } }",
    ])
    let names = try world.load(world.request(profiles: ["p"])).merged.identities.entries.map(\.name)
    #expect(names.sorted() == ["base", "deep", "i", "shared"])
  }

  @Test func `a profile that is not there is an error that lists the others`() throws {
    let world = try World([
      "repo/atmos.yaml": Self.base, "repo/profiles/dev/x.yaml": "", "repo/profiles/prod/x.yaml": "",
    ])
    let error = try #require(throws: AuthError.self) {
      _ = try world.load(world.request(profiles: ["deb"]))
    }
    #expect(error.code == .usage)
    #expect(error.message == "profile not found: `deb`")
    #expect(error.hints == ["did you mean `dev`?", "available profiles: dev, prod"])
    let other = try #require(throws: AuthError.self) {
      _ = try world.load(world.request(profiles: ["base"]))
    }
    #expect(other.hints.first == "`base` is an identity: use `--identity base` or ATMOS_IDENTITY")
  }

  @Test(arguments: ["../profiles/p", ".", "/etc", "a/b"])
  func `a profile's name is no path`(name: String) throws {
    let world = try World(["repo/atmos.yaml": Self.base, "repo/profiles/p/x.yaml": ""])
    #expect(throws: AuthError.self) { try world.load(world.request(profiles: [name])) }
  }

  @Test func `env in the configuration may choose the profile, the environment wins`() throws {
    let world = try World([
      "repo/atmos.yaml": "env: { atmos_profile: a, OTHER: x }\n" + Self.base,
      "repo/profiles/a/x.yaml": Self.profile("a"), "repo/profiles/b/x.yaml": Self.profile("b"),
    ])
    #expect(try origin(world) == "a")
    let defaults = try world.catalog().environmentDefaults
    #expect(defaults.map(\.name) == ["ATMOS_PROFILE"])
    world.environment["ATMOS_PROFILE"] = "b"
    #expect(try origin(world) == "b")
    #expect(try world.catalog().environmentDefaults.isEmpty)
  }

  @Test func `a new profile directory is noticed`() throws {
    let world = try World(["repo/atmos.yaml": Self.base, "repo/profiles/a/x.yaml": ""])
    #expect(try world.catalog().profilesAvailable == ["a"])
    try world.write("home/.config/atmos/profiles/z/x.yaml", "")
    #expect(try world.catalog().profilesAvailable == ["a", "z"])
  }
}

@Suite struct GlobTests {
  @Test(arguments: [
    ("*.yaml", "a.yaml", true), ("*.yaml", "a.yml", false), ("a?c", "abc", true),
    ("a?c", "ac", false), ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[]", "[]", true),
    ("**", "any", true), ("*a*b*", "xxaxxbxx", true), ("*a*b*", "xxbxxaxx", false),
    ("", "", true), ("*", "", true), ("[z-a]", "m", false),
  ])
  func `a component fits its pattern`(pattern: String, name: String, fits: Bool) {
    #expect(
      Glob.matches(Array(name.unicodeScalars)[...], Array(pattern.unicodeScalars)[...]) == fits)
  }

  @Test func `stars do not take exponential time`() {
    let name = Array(String(repeating: "a", count: 200).unicodeScalars)
    let pattern = Array((String(repeating: "a*", count: 60) + "b").unicodeScalars)
    #expect(!Glob.matches(name[...], pattern[...]))
  }

  @Test func `braces are alternatives`() {
    #expect(alternatives("{a,b}/{c,d}") == ["a/c", "a/d", "b/c", "b/d"])
    #expect(alternatives("{a,{b,c}d}") == ["a", "bd", "cd"])
    #expect(alternatives("{a") == ["{a"])
    #expect(alternatives("a}{b") == ["a}{b"])
    #expect(alternatives("{{a,b}") == ["{a", "{b"])
  }

  private func alternatives(_ pattern: String) -> [String] {
    Glob.alternatives(pattern, ReadingBudget(Limits()))
  }
}
