import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct IndexTests {
  @Test func `the second time the index answers, without asking for kinds`() throws {
    let world = try World(["repo/atmos.yaml": userAndRole, "repo/sub/x": ""])
    #expect(try !world.catalog().isFromIndex)
    let unasked = Registry(clouds: []) {
      Issue.record("the kinds are not needed")
      return []
    }
    let catalog = try Catalog.load(
      world.request(), build: "1", now: World.now, registry: unasked)
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

  // A large one, too: what is freed then is memory that nobody can read any more.
  @Test(arguments: [0, 2_000])
  func `once a stamp is old enough, contents are compared no more`(others: Int) throws {
    let world = try World()
    let more = (0..<others).map { "\n    other-\($0): {kind: aws/ambient}" }.joined()
    try world.write("repo/atmos.yaml", userAndRole + more, secondsAgo: 0)
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
      [], Array("atmos-auth idx 5".utf8), Array(bytes.dropLast()), Array(bytes.prefix(300)),
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
      #expect(!text.contains("secret-"))
      #expect(catalog.find("u")?.environment.first?.value == "literal-secret-3")
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
}
