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
    #expect(try world.catalog().identities.map(\.region) == ["eu-north-1", "eu-west-1", "eu-west-1"])
  }

  @Test func `the digest is that of the chain that would log in`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole])
    let chain = try world.load().chain(
      for: "dev/admin", kinds: World.kinds, commands: .refused)
    let digest = Hex.sha256(chain.digestInput(through: 1))
    #expect(try world.catalog().find("Dev/Admin")?.sessionDigest == digest)
    #expect(try world.catalog().find("base")?.sessionDigest != digest)
  }

  // MARK: The index

  @Test func `the second time the index answers, without asking for kinds`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole, "repo/sub/x": ""])
    #expect(try !world.catalog().isFromIndex)
    let catalog = try Catalog.load(world.request(), build: "1", now: World.now) {
      Issue.record("the kinds are not needed")
      return World.kinds
    }
    #expect(catalog.isFromIndex)
    #expect(try world.catalog(world.request(in: "repo/sub")).isFromIndex)
    #expect(world.indexFiles.count == 1)
  }

  @Test func `the index is private`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole])
    _ = try world.catalog()
    let file = try #require(world.indexFiles.first)
    let attributes = try FileManager.default.attributesOfItem(atPath: file)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test(arguments: [
    "edit", "same size", "import", "profile", "drop-in", "realm", "variable", "build", "home",
    "included", "new git root drop-in",
  ])
  func `whatever changes the answer is noticed`(change: String) throws {
    let world = try World([
      "repo/sub/atmos.yaml": """
        import: [maybe.yaml]
        auth:
          identities:
            i: { kind: mock/aws, principal: { region: !env R eu-west-1 }, alias: !include a.txt }
        """,
      "repo/sub/a.txt": "one",
    ])
    let request = world.request(in: "repo/sub")
    #expect(try !world.catalog(request).isFromIndex)
    #expect(try world.catalog(request).isFromIndex)
    var build = "1"
    var next = request
    switch change {
    case "edit":
      try world.write("repo/sub/atmos.yaml", "auth: { identities: { j: { kind: mock } } }")
    case "same size":
      let path = world.path("repo/sub/atmos.yaml")
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try world.write("repo/sub/atmos.yaml", text.replacing("i:", with: "j:"), secondsAgo: 30)
    case "import":
      try world.write("repo/sub/maybe.yaml", "auth: { identities: { j: { kind: mock } } }")
    case "profile":
      try world.write("repo/sub/profiles/p/x.yaml", "auth: { identities: { j: { kind: mock } } }")
      next.profiles = ["p"]
    case "drop-in":
      try world.write("repo/sub/.atmos.d/x.yaml", "auth: { identities: { j: { kind: mock } } }")
    case "new git root drop-in":
      try world.write("repo/atmos.d/x.yaml", "auth: { identities: { j: { kind: mock } } }")
    case "realm": world.environment["ATMOS_AUTH_REALM"] = "other"
    case "variable": world.environment["R"] = "us-east-1"
    case "included": try world.write("repo/sub/a.txt", "two")
    case "home":
      try world.write("home/.atmos/atmos.yaml", "auth: { identities: { j: { kind: mock } } }")
    default: build = "2"
    }
    next.environment = world.environment
    let catalog = try world.catalog(next, build: build)
    #expect(!catalog.isFromIndex)
    switch change {
    case "realm": #expect(catalog.realm == "other")
    case "variable": #expect(catalog.find("i")?.region == "us-east-1")
    case "included": #expect(catalog.find("two") != nil)
    case "build": break
    default: #expect(catalog.find("j") != nil)
    }
    #expect(try world.catalog(next, build: build).isFromIndex)
  }

  @Test func `an edit that leaves the stamp as it was is noticed within the clock's tick`() throws {
    let world = try World()
    let text = "auth: { identities: { first: { kind: mock } } }"
    try world.write("repo/atmos.yaml", text, secondsAgo: 0)
    let path = world.path("repo/atmos.yaml")
    let date = try #require(
      FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
    #expect(try world.catalog().find("first") != nil)
    #expect(try world.catalog().isFromIndex)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.write(contentsOf: Data(text.replacing("first", with: "other").utf8))
    try handle.close()
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    let catalog = try world.catalog()
    #expect(!catalog.isFromIndex)
    #expect(catalog.find("other") != nil)
  }

  @Test func `once a stamp is old enough, contents are compared no more`() throws {
    let world = try World()
    try world.write("repo/atmos.yaml", userAndRole, secondsAgo: 0)
    let later = World.now.advanced(bySeconds: 60)
    #expect(try !world.catalog().isFromIndex)
    let file = try #require(world.indexFiles.first)
    func isRecent() throws -> Bool {
      let index = try #require(IndexBytes(path: file).flatMap { IndexFile($0) })
      let head = try #require(IndexHead(index.reader(.general)))
      return head.inputs.contains { $0.isRecent }
    }
    #expect(try isRecent())
    #expect(try world.catalog(now: later).isFromIndex)
    #expect(try !isRecent())
    #expect(try world.catalog(now: later).find("dev/admin") != nil)
  }

  @Test func `a damaged, cut or foreign index is made anew`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole])
    let good = try world.catalog().identities.map(\.maskedJSON)
    let file = try #require(world.indexFiles.first)
    let bytes = try FileSystem.readFile(file) ?? []
    var variants: [[UInt8]] = [
      [], Array("atmos-auth idx 1".utf8), Array(bytes.dropLast()), Array(bytes.prefix(300)),
      Array("#!/bin/sh\necho hello\n".utf8), bytes + [0],
    ]
    for position in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged[position] ^= 0x55
      variants.append(damaged)
    }
    for variant in variants {
      try Data(variant).write(to: URL(fileURLWithPath: file))
      // A damaged record shows when it is looked up; the index is gone then.
      let found = try? world.catalog().identity(named: "dev/admin")
      let record = try found ?? world.catalog().identity(named: "dev/admin")
      #expect(good.contains(record.maskedJSON))
      #expect(record.region == "eu-west-1")
    }
  }

  @Test func `an index of others' is not believed`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole])
    _ = try world.catalog()
    let file = try #require(world.indexFiles.first)
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
    #expect(try !world.catalog().isFromIndex)
    #expect(try world.catalog().isFromIndex)
    try FileManager.default.moveItem(atPath: file, toPath: file + ".real")
    try FileManager.default.createSymbolicLink(
      atPath: file, withDestinationPath: file + ".real")
    #expect(try !world.catalog().isFromIndex)
  }

  @Test func `without a place to write to it works all the same`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole, "home/.cache": "a file"])
    #expect(try world.catalog().find("dev/admin") != nil)
    #expect(try !world.catalog().isFromIndex)
  }

  @Test func `no secret gets into the index`() throws {
    let world = try World([
      "repo/atmos.yaml": """
        env: !include .env
        auth:
          providers: { s: { kind: aws/saml, url: "https://a.b/c", region: eu-west-1, password: literal-secret-1 } }
          identities:
            u:
              kind: aws/user
              credentials: { access_key_id: AKIAIOSFODNN7EXAMPLE, secret_access_key: literal-secret-2 }
              env:
                - { key: API_TOKEN, value: literal-secret-3 }
                - { key: OTHER, value: !env OTHER_SECRET }
              unknown: { client_secret: literal-secret-4 }
            v:
              kind: aws/user
              credentials: { access_key_id: !env KEY_ID, secret_access_key: !env KEY_SECRET }
        """,
      "repo/.env": "ATMOS_KEYRING_PASSWORD=literal-secret-5\nATMOS_IDENTITY=u\n",
    ])
    world.environment.merge([
      "KEY_ID": "AKIAI44QH8DHBEXAMPLE", "KEY_SECRET": "variable-secret-1",
      "OTHER_SECRET": "variable-secret-2",
    ]) { $1 }
    for _ in 0..<2 {
      let catalog = try world.catalog()
      let promoted = catalog.environmentDefaults
      #expect(promoted.map(\.name) == ["ATMOS_IDENTITY", "ATMOS_KEYRING_PASSWORD"])
      #expect(promoted.last?.value == "literal-secret-5")
      #expect(catalog.find("u")?.environment.last?.value == "variable-secret-2")
      let file = try #require(world.indexFiles.first)
      let text = try String(decoding: FileSystem.readFile(file) ?? [], as: UTF8.self)
      #expect(text.contains("aws/user"))
      // The value of a pair that sounds secret is written as it is in the file; see below.
      #expect(!text.contains("variable-secret"))
      for number in [1, 2, 4, 5] { #expect(!text.contains("literal-secret-\(number)")) }
      let json = catalog.identities.map(\.maskedJSON) + catalog.providers.map(\.maskedJSON)
      #expect(!json.joined().contains("secret-"))
      #expect(json.joined().contains("!env KEY_SECRET"))
      let trust = catalog.identities.flatMap { catalog.trust(for: $0).traits }
      #expect(!trust.joined().contains("secret-"))
    }
    #expect(try world.catalog().isFromIndex)
  }

  @Test func `a secret that changes makes no new index, one that goes does`() throws {
    let world = try World([
      "repo/atmos.yaml":
        "auth: { identities: { u: { kind: aws/user, credentials: { access_key_id: AKIAIOSFODNN7EXAMPLE, "
        + "secret_access_key: !env S } } } }"
    ])
    world.environment["S"] = "one"
    let before = try world.catalog()
    world.environment["S"] = "two"
    let after = try world.catalog()
    #expect(after.isFromIndex)
    #expect(after.find("u")?.sessionDigest == before.find("u")?.sessionDigest)
    #expect(!after.environmentInputs.contains { $0.name == "S" })
    world.environment["S"] = nil
    #expect(try !world.catalog().isFromIndex)
    #expect(try world.catalog().find("u")?.hasErrors == true)
  }

  @Test func `thousands of identities are found one by one`() throws {
    var yaml = "auth:\n  identities:\n"
    for index in 0..<3000 {
      yaml += "    team/Account-\(index): { kind: mock, alias: a\(index) }\n"
    }
    let world = try World(["repo/atmos.yaml": yaml])
    _ = try world.catalog()
    let catalog = try world.catalog()
    #expect(catalog.isFromIndex)
    for index in stride(from: 0, to: 3000, by: 97) {
      #expect(catalog.find("TEAM/account-\(index)")?.name == "team/Account-\(index)")
      #expect(catalog.find("A\(index)")?.name == "team/Account-\(index)")
    }
    #expect(catalog.find("team/Account-3000") == nil)
    #expect(catalog.names.count == 3000)
    #expect(catalog.names == catalog.names.sorted { $0.lowercased() < $1.lowercased() })
  }

  // MARK: From elsewhere

  @Test func `the arguments give the same configuration from anywhere`() throws {
    let world = try World([
      "repo/atmos.yaml": "profiles: { default: p }\n" + userAndRole, "repo/a/b/x": "",
      "repo/profiles/p/x.yaml": "", "other/.git/x": "", "elsewhere/atmos.yaml": "",
    ])
    let top = try world.catalog()
    let deep = try world.catalog(world.request(in: "repo/a/b"))
    #expect(top.reproducingArguments == ["--chdir", world.path("repo"), "--profile", "p"])
    #expect(deep.reproducingArguments == top.reproducingArguments)
    #expect(deep.awsKey == top.awsKey)
    #expect(deep.awsKey.count == 16)
    let named = try world.catalog(
      world.request(in: "elsewhere", configPaths: ["../repo"], profiles: ["p"], basePath: "x"))
    #expect(
      named.reproducingArguments == [
        "--chdir", world.path("elsewhere"), "--config-path", world.path("repo"), "--base-path",
        world.path("elsewhere/x"), "--profile", "p",
      ])
    #expect(named.awsKey != top.awsKey)
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

  @Test func `inputs are every file, read or missed, once`() throws {
    let world = try World(["repo/atmos.yaml": "import: [gone.yaml]\n" + userAndRole])
    let inputs = try world.catalog().inputs
    #expect(Set(inputs.map(\.path)).count == inputs.count)
    let byPath = Dictionary(uniqueKeysWithValues: inputs.map { ($0.path, $0.stamp) })
    #expect(byPath[world.path("repo/gone.yaml")] == .some(nil))
    #expect(byPath[world.path("repo/.atmos.d")] == .some(nil))
    #expect(byPath[world.path("repo/atmos.yaml")] == FileSystem.stamp(world.path("repo/atmos.yaml")))
    #expect(try world.catalog().environmentInputs.contains { $0.name == "ATMOS_PROFILE" })
    #expect(try world.catalog().environmentInputs.contains { $0.name == "ATMOS_AUTH_REALM" })
  }

  // MARK: Trust

  private func fingerprint(_ yaml: String, env: [String: String] = [:]) throws -> String {
    let world = try World(["repo/atmos.yaml": "auth:\n  realm: r\n" + yaml.dropFirst(6)])
    world.environment.merge(env) { $1 }
    let catalog = try world.catalog()
    return try catalog.trust(for: catalog.identity(named: "dev/admin")).fingerprint
  }

  @Test func `what does not act does not change the fingerprint`() throws {
    let before = try fingerprint(userAndRole)
    let quieter = userAndRole.replacing("    base:", with: "    # a comment\n    base:")
      .replacing("kind: aws/assume-role", with: "kind: \"aws/assume-role\"\n      alias: x\n      tags: [t]")
    #expect(try fingerprint(quieter) == before)
    #expect(try fingerprint(userAndRole + "    other: { kind: mock }\n") == before)
    let moved = userAndRole.replacing("          region: eu-west-1\n", with: "")
      .replacing("        principal:\n", with: "        principal:\n          region: eu-west-1\n")
    #expect(try fingerprint(moved) == before)
  }

  @Test(arguments: [
    ("role/Admin", "role/Other"), ("region: eu-west-1", "region: eu-west-2"),
    ("mfa/jane", "mfa/joe"), ("kind: aws/user", "kind: mock"),
    ("        principal:", "        protected: true\n        principal:"),
    ("        principal:", "        env: [{ key: PATH, value: /tmp }]\n        principal:"),
    ("        principal:", "        spec: { endpoint_url: \"https://evil.example.com\" }\n        principal:"),
    ("  identities:", "  keyring: { type: file, spec: { path: /tmp/x } }\n  identities:"),
    ("mfa_arn: arn:aws:iam::123456789012:mfa/jane", "secret_access_key: !exec cat x\n          access_key_id: a"),
  ])
  func `what acts changes the fingerprint`(old: String, new: String) throws {
    #expect(userAndRole.contains(old))
    #expect(try fingerprint(userAndRole.replacing(old, with: new)) != fingerprint(userAndRole))
  }

  @Test func `variables count by their value, secrets by their expression`() throws {
    let yaml = userAndRole.replacing("region: eu-west-1", with: "region: !env R")
      .replacing(
        "mfa_arn: arn:aws:iam::123456789012:mfa/jane",
        with: "access_key_id: AKIAIOSFODNN7EXAMPLE\n          secret_access_key: !env S")
    let before = try fingerprint(yaml, env: ["R": "eu-west-1", "S": "a"])
    #expect(try fingerprint(yaml, env: ["R": "eu-west-1", "S": "b"]) == before)
    #expect(try fingerprint(yaml, env: ["R": "eu-west-2", "S": "a"]) != before)
  }

  @Test func `traits are lines that people can read, and no value can pass for a line`() throws {
    let world = try World([
      "repo/atmos.yaml": """
        auth:
          realm: r
          identities:
            i: { kind: mock, principal: { region: "a\\nidentity i: kind = mock\\\\" } }
        """
    ])
    let catalog = try world.catalog()
    let trust = try catalog.trust(for: catalog.identity(named: "i"))
    #expect(
      trust.traits == [
        "realm = r", "identity i: kind = mock",
        #"identity i: principal.region = a\nidentity i: kind = mock\\"#,
      ])
    #expect(trust.fingerprint.count == 64)
  }
}
