import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct CatalogTests {
  @Test func `a record says what commands need`() throws {
    let world = try World([
      "repo/atmos.yaml": userAndRole + """
              env: [{ key: A, value: 1 }, { key: B, value: !env FROM }]
              alias: da
              tags: [prod, eu]
              default: true
              protected: true

        """
    ])
    world.environment["FROM"] = "b"
    for _ in 0..<2 {
      let catalog = try world.catalog()
      #expect(catalog.names == ["base", "Dev/Admin"])
      #expect(catalog.count == 2)
      #expect(catalog.defaults == ["Dev/Admin"])
      #expect(catalog.files == [world.path("repo/atmos.yaml")])
      for name in ["dev/admin", "DEV/ADMIN", "da", "DA"] {
        let record = try catalog.identity(named: name)
        #expect(record.name == "Dev/Admin")
        #expect(record.kind == "aws/assume-role")
        #expect(record.alias == "da")
        #expect(record.viaIdentity == "base")
        #expect(record.chain.map(\.name) == ["base", "Dev/Admin"])
        #expect(record.isDefault && record.isProtected && record.isSupported && record.isStable)
        #expect(!record.hasErrors && !record.isAmbient)
        #expect(record.tags == ["prod", "eu"])
        #expect(record.region == "eu-west-1")
        #expect(record.account == "210987654321")
        #expect(record.principal == "arn:aws:iam::210987654321:role/Admin")
        #expect(record.environment.map(\.name) == ["A", "B"])
        #expect(record.environment.map(\.value) == ["1", "b"])
      }
      #expect(catalog.identities.map(\.name) == ["base", "Dev/Admin"])
    }
  }

  @Test func `a region is inherited along the chain`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      auth:
        providers: { p: { kind: mock/aws, region: eu-north-1 } }
        identities:
          a: { kind: mock/aws, via: { provider: p } }
          b: { kind: mock/aws, via: { identity: a }, principal: { region: eu-west-1 } }
          c: { kind: mock/aws, via: { identity: b } }
      """
    ])
    #expect(
      try world.catalog().identities.map(\.region) == ["eu-north-1", "eu-west-1", "eu-west-1"])
  }

  @Test func `the digest is that of the chain that would log in`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole])
    let chain = try world.load().chain(
      for: "dev/admin", kinds: World.kinds, commands: .refused)
    let digest = Hex.sha256(chain.digestInput(through: 1))
    #expect(try world.catalog().find("Dev/Admin")?.sessionDigest == digest)
    #expect(try world.catalog().find("base")?.sessionDigest != digest)
  }

  @Test func `the arguments give the same configuration from anywhere`() throws {
    let world = try World([
      "repo/atmos.yaml": "profiles: { default: p }\n" + userAndRole, "repo/a/b/x": "",
      "repo/profiles/p/x.yaml": "", "other/.git/x": "", "elsewhere/atmos.yaml": "",
    ])
    let top = try world.catalog()
    let deep = try world.catalog(world.request(in: "repo/a/b"))
    #expect(top.reproducingArguments == ["--chdir", world.path("repo"), "--profile", "p"])
    #expect(deep.reproducingArguments == top.reproducingArguments)
    #expect(deep.deliveryKey == top.deliveryKey)
    #expect(deep.deliveryKey.count == 16)
    let named = try world.catalog(
      world.request(in: "elsewhere", configPaths: ["../repo"], profiles: ["p"], basePath: "x"))
    #expect(
      named.reproducingArguments == [
        "--chdir", world.path("elsewhere"), "--config-path", world.path("repo"), "--base-path",
        world.path("elsewhere/x"), "--profile", "p",
      ])
    #expect(named.deliveryKey != top.deliveryKey)
  }

  @Test func `where two files count, or the directory itself, it stays the directory`() throws {
    let world = try World([
      "repo/atmos.yaml": "", "repo/a/atmos.yaml": "", "repo/a/b/x": "",
      "cwd/atmos.yaml": "auth: { identities: { i: { kind: mock, alias: !cwd } } }", "cwd/d/x": "",
    ])
    let two = try world.catalog(world.request(in: "repo/a/b"))
    #expect(two.reproducingArguments == ["--chdir", world.path("repo/a/b")])
    let own = try world.catalog(world.request(in: "cwd/d"))
    #expect(own.reproducingArguments == ["--chdir", world.path("cwd/d")])
    #expect(try !world.catalog(world.request(in: "cwd")).isFromIndex)
  }

  @Test func `own files are found from any git work tree, with the variables that lead to them`()
    throws
  {
    let world = try World([
      "home/.atmos/atmos.yaml": userAndRole, "a/.git/x": "", "b/.git/x": "", "c/.git/x": "",
      "c/.atmos.d/x.yaml": "", "named/atmos.yaml": "", "empty/x": "",
    ])
    let own = ["--chdir", world.path("home/.atmos")]
    for directory in ["a", "b", "empty"] {
      let catalog = try world.catalog(world.request(in: directory))
      #expect(catalog.reproducingArguments == own)
      #expect(catalog.reproducingVariables.isEmpty)
    }
    let dropIn = try world.catalog(world.request(in: "c"))
    #expect(dropIn.reproducingArguments == ["--chdir", world.path("c")])
    var request = world.request(in: "a")
    request.environment["ATMOS_CLI_CONFIG_PATH"] = "../named"
    request.environment["ATMOS_AUTH_REALM"] = "r"
    let named = try world.catalog(request)
    #expect(named.reproducingArguments == ["--chdir", world.path("named")])
    #expect(
      named.reproducingVariables.map { "\($0.name)=\($0.value)" } == [
        "ATMOS_AUTH_REALM=r", "ATMOS_CLI_CONFIG_PATH=\(world.path("named"))",
      ])
    try world.write(
      "home/.atmos/atmos.yaml", "auth: { identities: { i: { kind: mock, alias: !repo-root x } } }\n"
    )
    let rooted = try world.catalog(world.request(in: "a"))
    #expect(rooted.reproducingArguments == ["--chdir", world.path("a")])
  }

  @Test func `inputs are every file, read or missed, once`() throws {
    let world = try World(["repo/atmos.yaml": "import: [gone.yaml]\n" + userAndRole])
    let inputs = try world.catalog().inputs
    #expect(Set(inputs.map(\.path)).count == inputs.count)
    let byPath = Dictionary(uniqueKeysWithValues: inputs.map { ($0.path, $0.stamp) })
    #expect(byPath[world.path("repo/gone.yaml")] == .some(nil))
    #expect(byPath[world.path("repo/.atmos.d")] == .some(nil))
    #expect(
      byPath[world.path("repo/atmos.yaml")] == FileSystem.stamp(world.path("repo/atmos.yaml")))
    #expect(try world.catalog().environmentInputs.contains { $0.name == "ATMOS_PROFILE" })
    #expect(try world.catalog().environmentInputs.contains { $0.name == "ATMOS_AUTH_REALM" })
  }
}
