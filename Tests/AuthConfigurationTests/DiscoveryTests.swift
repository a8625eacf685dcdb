import Core
import Testing

@testable import AuthConfiguration

@Suite struct DiscoveryTests {
  private func files(_ world: World, _ request: ConfigurationRequest) throws -> [String] {
    try Discovery(request).mainFiles.map { String($0.path.dropFirst(world.root.count + 1)) }
  }

  @Test func `the working directory's file beats the home's and the system's`() throws {
    let world = try World([
      "system/atmos.yaml": "", "home/.atmos/atmos.yaml": "", "repo/atmos.yaml": "",
    ])
    #expect(
      try files(world, world.request())
        == ["system/atmos.yaml", "home/.atmos/atmos.yaml", "repo/atmos.yaml"])
  }

  @Test func `without one here the nearest parent's and the git root's count, the root's more`()
    throws
  {
    let world = try World([
      "repo/atmos.yaml": "", "repo/a/atmos.yaml": "", "repo/a/b/c/x": "", "atmos.yaml": "",
    ])
    #expect(
      try files(world, world.request(in: "repo/a/b/c")) == ["repo/a/atmos.yaml", "repo/atmos.yaml"])
    world.environment["ATMOS_GIT_ROOT_BASEPATH"] = "false"
    #expect(try files(world, world.request(in: "repo/a/b/c")) == ["repo/a/atmos.yaml"])
  }

  @Test(arguments: ["atmos.d/x", ".atmos.d/x", ".atmos/x"])
  func `a marker here stops the search above`(marker: String) throws {
    let world = try World(["repo/atmos.yaml": "", "repo/a/\(marker)": ""])
    #expect(try files(world, world.request(in: "repo/a")) == [])
  }

  @Test(arguments: ["atmos.yaml", "atmos.yml", ".atmos.yaml"])
  func `a file is found under each of its names`(name: String) throws {
    let world = try World(["repo/\(name)": "", "repo/sub/x": ""])
    #expect(try files(world, world.request()) == ["repo/\(name)"])
    #expect(try files(world, world.request(in: "repo/sub")) == ["repo/\(name)"])
  }

  @Test func `ATMOS_CLI_CONFIG_PATH wins and ends the search above`() throws {
    let world = try World([
      "atmos.yaml": "", "repo/x": "", "conf/atmos.yaml": "", "home/.atmos/atmos.yaml": "",
    ])
    world.environment["ATMOS_CLI_CONFIG_PATH"] = "../conf"
    #expect(
      try files(world, world.request()) == ["home/.atmos/atmos.yaml", "conf/atmos.yaml"])
  }

  @Test func `named files and directories replace the search`() throws {
    let world = try World([
      "repo/atmos.yaml": "", "a/one.yaml": "", "b/.atmos.yaml": "", "c/atmos.yaml": "",
    ])
    let request = world.request(
      configFiles: ["../a/one.yaml"], configPaths: [world.path("b") + ",../c"])
    #expect(try files(world, request) == ["a/one.yaml", "b/.atmos.yaml", "c/atmos.yaml"])
    #expect(
      try Discovery(request).realmSource
        == "\(world.path("a"));\(world.path("b"));\(world.path("c"));")
    world.environment["ATMOS_CONFIG_PATH"] = "~/x"
    try world.write("home/x/atmos.yml", "")
    #expect(try files(world, world.request()) == ["home/x/atmos.yml"])
    #expect(try files(world, world.request(configFiles: ["../a/one.yaml"])).count == 2)
  }

  @Test(arguments: [
    (["missing.yaml"], [], "configuration file not found: `ROOT/repo/missing.yaml`"),
    (["."], [], "`.` is a directory, and `--config` takes a file"),
    ([], ["missing"], "configuration directory not found: `ROOT/repo/missing`"),
    ([], ["."], "there is no `atmos.yaml` in `ROOT/repo`"),
  ])
  func `what is named has to be there`(files: [String], paths: [String], message: String) throws {
    let world = try World(["repo/x": ""])
    let error = try #require(throws: AuthError.self) {
      _ = try Discovery(world.request(configFiles: files, configPaths: paths))
    }
    #expect(error.code == .usage)
    #expect(error.message == message.replacing("ROOT", with: world.root))
  }

  @Test func `every place that was looked at is known, missing ones too`() throws {
    let world = try World(["repo/atmos.yaml": "", "repo/sub/x": ""])
    let candidates = try Discovery(world.request(in: "repo/sub")).candidates
    let byPath = Dictionary(uniqueKeysWithValues: candidates.map { ($0.path, $0.stamp) })
    #expect(byPath[world.path("repo/sub/atmos.yaml")] == .some(nil))
    #expect(byPath[world.path("repo/sub/.atmos.d")] == .some(nil))
    #expect(
      byPath[world.path("repo/atmos.yaml")] == FileSystem.stamp(world.path("repo/atmos.yaml")))
    #expect(byPath[world.path("home/.atmos/atmos.yaml")] == .some(nil))
  }
}

@Suite struct RealmTests {
  @Test func `the default realm is the one that atmos makes of the path`() {
    // printf %s /home/jane/infra | sha256sum | cut -c1-16
    #expect(Realm.automatic(for: "/home/jane/infra") == "2355115506fac64b")
    #expect(Realm.automatic(for: "/Home/Jane/./x/../Infra/") == "2355115506fac64b")
    #expect(Realm.automatic(for: "") == "default")
  }

  @Test func `variable, configuration and path give the realm, in that order`() throws {
    let world = try World(["repo/atmos.yaml": "auth: { realm: team-a }"])
    #expect(try world.load().realm == "team-a")
    #expect(try world.load().realmSource == .configuration)
    world.environment["ATMOS_AUTH_REALM"] = "mine"
    #expect(try world.load().realm == "mine")
    #expect(try world.load().realmSource == .environment)
    let other = try World(["repo/atmos.yaml": ""])
    #expect(try other.load().realm == Realm.automatic(for: other.path("repo")))
    #expect(try other.load().realmSource == .automatic)
  }

  @Test func `a parent's configuration gives one realm to all below it`() throws {
    let world = try World(["repo/atmos.yaml": "", "repo/a/b/x": ""])
    #expect(try world.load(world.request(in: "repo/a/b")).realm == world.load().realm)
  }

  @Test(arguments: ["a", "a-b_c", "0", String(repeating: "a", count: 64)])
  func `a realm of the right form is taken`(realm: String) {
    #expect(Realm.objection(to: realm) == nil)
  }

  @Test(arguments: [
    "", "A", "a b", "-a", "a_", "a--b", "a_-b", "../x", "a/b", "a\u{0}", "é",
    String(repeating: "a", count: 65),
  ])
  func `any other realm is refused`(realm: String) throws {
    #expect(Realm.objection(to: realm) != nil)
  }

  @Test func `a bad realm in a file is an error with a place, and nothing logs in with it`() throws
  {
    let world = try World(["repo/atmos.yaml": "realm: x\n" + userAndRole + "  realm: ../X\n"])
    let full = try world.load()
    let faults = full.diagnostics(kinds: World.kinds).map(described)
    #expect(
      faults == [
        "14:10 error: invalid realm value `../X`: it is made of a-z, 0-9, `-` and `_` (write `x`)"
      ])
    #expect(full.realm == Realm.automatic(for: world.path("repo")))
    let error = try #require(throws: AuthError.self) {
      _ = try full.chain(for: "base", kinds: World.kinds, commands: .refused)
    }
    #expect(error.code == .badConfiguration)
  }

  @Test func `a bad realm in the variable is an error of the caller`() throws {
    let world = try World(["repo/atmos.yaml": ""])
    world.environment["ATMOS_AUTH_REALM"] = "Not/Good"
    let error = try #require(throws: AuthError.self) { _ = try world.load() }
    #expect(error.code == .usage)
    #expect(error.hints == ["use `not-good`"])
  }
}
