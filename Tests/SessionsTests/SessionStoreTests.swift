import Core
import Foundation
import Locks
import Model
import TestSupport
import Testing

@testable import Sessions

@Suite struct SessionStoreTests {
  static let digest = String(repeating: "0123456789abcdef", count: 4)

  static let full = Credential(
    .aws(
      AWSKeys(
        accessKeyID: "ASIAEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG"),
        sessionToken: Secret(String(repeating: "tOkEn+/=", count: 400)), origin: .userSession)),
    issuedAt: Instant(secondsSince1970: FakeClock.start),
    expiresAt: Instant(secondsSince1970: FakeClock.start + 3600), region: "eu-central-1",
    account: "012345678901", principal: "arn:aws:iam::012345678901:user/ünï",
    mfaAt: Instant(secondsSince1970: FakeClock.start - 5))

  static let identified = {
    var credential = full
    credential.principalID = "AROAEXAMPLE:atmos-dev"
    return credential
  }()

  static let bare = Credential(
    .aws(
      AWSKeys(
        accessKeyID: "", secretAccessKey: Secret(""), sessionToken: nil, origin: .longLived)),
    issuedAt: Instant(secondsSince1970: -1), expiresAt: nil)

  static let renewable = Credential(
    .aws(
      AWSKeys(
        accessKeyID: "ASIA", secretAccessKey: Secret("s"), sessionToken: Secret("t"),
        origin: .userSession)),
    issuedAt: Instant(secondsSince1970: 1), expiresAt: Instant(secondsSince1970: 901),
    renewal: Renewal(
      refreshToken: Secret("refresh"), key: Secret([0, 255, 7]), clientID: "client",
      endsAt: Instant(secondsSince1970: 43201)))

  static let ambient = Credential(
    .ambient, issuedAt: Instant(secondsSince1970: 0), expiresAt: nil, region: "")

  func write(
    _ store: SessionStore, _ credential: Credential = full, realm: String = "r",
    identity: String = "Dev/Admin", renewableUntil: Instant = Facts.always
  ) async throws {
    try await store.write(
      credential, realm: realm, identity: identity, digest: Self.digest,
      renewableUntil: renewableUntil)
  }

  func read(
    _ store: SessionStore, realm: String = "r", identity: String = "dev/admin",
    digest: String = digest
  ) async throws -> Credential? {
    try await store.read(realm: realm, identity: identity, digest: digest)
  }

  @Test(arguments: [full, identified, bare, renewable, ambient])
  func `a credential comes back whole in another process`(credential: Credential) async throws {
    let world = try SessionWorld()
    try await write(world.store(), credential)
    let found = try #require(try await read(world.store()))
    #expect(CredentialCoding.encode(found) == CredentialCoding.encode(credential))
    #expect(found.aws == credential.aws)
    #expect(found.issuedAt == credential.issuedAt)
    #expect(found.expiresAt == credential.expiresAt)
    #expect(found.region == credential.region)
    #expect(found.account == credential.account)
    #expect(found.principal == credential.principal)
    #expect(found.principalID == credential.principalID)
    #expect(found.mfaAt == credential.mfaAt)
    #expect(found.renewal == credential.renewal)
  }

  /// The bytes were computed with another implementation of AES-GCM and HMAC.
  @Test func `the file's format is this and no other`() throws {
    let key = try SessionKey(Secret((0..<32).map { UInt8($0) }))
    let credential = Credential(
      .aws(
        AWSKeys(
          accessKeyID: "ASIA", secretAccessKey: Secret("s"), sessionToken: Secret("t"),
          origin: .role)),
      issuedAt: Instant(secondsSince1970: 1), expiresAt: Instant(secondsSince1970: 2))
    let file = try SealedSession.seal(
      credential, realm: "r", name: "dev", digest: Self.digest, key: key,
      randomBytes: { [UInt8](repeating: 7, count: $0) })
    let head = "atmos-auth-session 1 \(Self.digest) e36d565dc0c6108a\n"
    #expect(file.starts(with: head.utf8))
    #expect(
      String(decoding: Hex.digits(of: file.dropFirst(head.utf8.count)), as: UTF8.self)
        == "0707070707070707070707070d62a65c6f0ed7f4c69d13808052fc9ba15c8f7388f78119febb5ffb04de"
        + "321a3740f17e8101a7db43efa0fdc217aa34ba48b349a1b2050b9de8938d01dd7f8133b9151038eb865ceb"
        + "c279046fcb")
    let plain = CredentialCoding.encode(credential).withBytes { Array($0) }
    #expect(
      String(decoding: Hex.digits(of: plain), as: UTF8.self)
        == "02080000000100000000000000" + "03080000000200000000000000" + "010100000001"
        + "100400000041534941" + "110100000073" + "120100000074" + "1304000000726f6c65")
  }

  @Test func `nothing reads as nothing, without a word and without the keyring`() async throws {
    let world = try SessionWorld(keyring: LockedKeyring())
    #expect(try await read(world.store()) == nil)
    #expect(world.notices.lines == [])
  }

  @Test func `expired credentials are returned for the caller to judge`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    world.clock.advance(10_000)
    #expect(try await read(world.store()) != nil)
  }

  @Test func `files are for their owner only`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    let directory = world.paths.sessionDirectory(realm: "r")
    let names = try #require(try FileSystem.list(directory))
    #expect(names.sorted() == ["dev%2fadmin.facts", "dev%2fadmin.session"])
    for path in names.map({ "\(directory)/\($0)" }) + [directory] {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == (path == directory ? 0o700 : 0o600), "\(path)")
    }
  }

  @Test func `no secret is in a file in the clear`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    for (name, bytes) in try world.files() {
      let text = String(decoding: bytes, as: UTF8.self)
      for secret in ["wJalrXUtnFEMI", "tOkEn+/=", "ASIAEXAMPLE"] {
        #expect(!text.contains(secret), "\(name)")
      }
    }
  }

  // MARK: Damage

  @Test func `no byte of a file can change unseen`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    let path = world.paths.sessionPath(realm: "r", identity: "dev/admin")
    let file = try #require(try FileSystem.readFile(path))
    for place in stride(from: 0, to: file.count, by: 7) {
      var changed = file
      changed[place] ^= 1
      try FileSystem.writeAtomically(path, changed)
      #expect(try await read(world.store()) == nil, "byte \(place)")
    }
    try FileSystem.writeAtomically(path, file)
    #expect(try await read(world.store()) != nil)
  }

  @Test(arguments: [0, 1, 40, 102, 103, 115, 140])
  func `a file cut short counts as absent, with one line`(count: Int) async throws {
    let world = try SessionWorld()
    try await write(world.store())
    let path = world.paths.sessionPath(realm: "r", identity: "dev/admin")
    let file = try #require(try FileSystem.readFile(path))
    try FileSystem.writeAtomically(path, file.prefix(count))
    #expect(try await read(world.store()) == nil)
    #expect(world.notices.lines.count == 1)
    #expect(world.notices.lines.first?.contains(path) == true)
  }

  @Test(arguments: [
    "", "atmos-auth-session 2 \(digest) 0123456789abcdef\nxxxx", "{\"json\": true}",
    String(repeating: "\u{0}", count: 5000),
  ])
  func `another release's file counts as absent, with one line`(text: String) async throws {
    let world = try SessionWorld()
    try await write(world.store())
    let path = world.paths.sessionPath(realm: "r", identity: "dev/admin")
    try FileSystem.writeAtomically(path, text.utf8)
    #expect(try await read(world.store()) == nil)
    #expect(
      world.notices.lines == [
        "ignoring the session \(path): it was not written by this release"
      ])
    try await write(world.store())
    #expect(try await read(world.store()) != nil)
  }

  @Test func `a directory in a session's place counts as absent, with one line`() async throws {
    let world = try SessionWorld()
    try FileSystem.createDirectory(world.paths.sessionPath(realm: "r", identity: "dev/admin"))
    #expect(try await read(world.store()) == nil)
    #expect(world.notices.lines.count == 1)
  }

  @Test(arguments: [("r", "dev/other"), ("other", "dev/admin"), ("", "dev/admin")])
  func `a session in the place of another is refused`(realm: String, name: String) async throws {
    let world = try SessionWorld()
    let store = world.store()
    try await write(store)
    try await write(store, realm: realm, identity: name)
    let from = world.paths.sessionPath(realm: "r", identity: "dev/admin")
    let to = world.paths.sessionPath(realm: realm, identity: name)
    try FileSystem.writeAtomically(to, try #require(try FileSystem.readFile(from)))
    #expect(try await read(store, realm: realm, identity: name) == nil)
    #expect(
      world.notices.lines == ["ignoring the session \(to): it was changed after it was written"])
  }

  @Test func `a session of another chain is not used, and that is nothing to talk about`()
    async throws
  {
    let world = try SessionWorld()
    try await write(world.store())
    let other = String(Self.digest.reversed())
    #expect(try await read(world.store(), digest: other) == nil)
    #expect(try await read(world.store(), digest: "") == nil)
    #expect(world.notices.lines == [])
  }

  @Test func `nor is one that was sealed with another keyring's key`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    try await world.keyring.write(Secret([UInt8](repeating: 1, count: 32)), KeyringEntry.sessionKey)
    #expect(try await read(world.store()) == nil)
    #expect(world.notices.lines == [])
  }

  @Test func `a keyring entry that is no key is an error that names it`() async throws {
    let world = try SessionWorld()
    try await world.keyring.write(Secret("too short"), KeyringEntry.sessionKey)
    let error = try await #require(throws: AuthError.self) { try await write(world.store()) }
    #expect(error.code == .badConfiguration)
    #expect(error.message.contains("atmos-auth_session-key"))
  }

  @Test func `what a killed writer left is in nobody's way, and goes after an hour`()
    async throws
  {
    let world = try SessionWorld()
    try await write(world.store())
    let directory = world.paths.sessionDirectory(realm: "r")
    let now = Instant(secondsSince1970: Int64(Date().timeIntervalSince1970))
    for (name, age) in [("2", Int64(7200)), ("1", 10)] {
      try FileSystem.writeAtomically(
        "\(directory)/.0123456789abcdef.\(name).tmp", "half".utf8,
        modificationTime: now.advanced(bySeconds: -age))
    }
    try FileSystem.writeAtomically("\(directory)/dev%2fadmin.lock", [])
    #expect(try await read(world.store()) != nil)
    try await write(world.store())
    #expect(!FileSystem.exists("\(directory)/.0123456789abcdef.2.tmp"))
    #expect(try world.store().list(realm: "r").map(\.identity) == ["Dev/Admin"])
    #expect(FileSystem.exists("\(directory)/.0123456789abcdef.1.tmp"))
    #expect(try await read(world.store()) != nil)
  }

  // MARK: Facts

  @Test func `the facts say what a prompt shows, and their time is the session's end`()
    async throws
  {
    let world = try SessionWorld()
    try await write(world.store())
    let facts = try #require(world.facts("dev/admin", realm: "r"))
    #expect(
      facts
        == Facts(
          generation: 0, expiresAt: Self.full.expiresAt, renewableUntil: Facts.always,
          state: .valid, account: "012345678901", region: "eu-central-1", identity: "Dev/Admin"))
    let path = world.paths.factsPath(realm: "r", identity: "dev/admin")
    let stamp = try #require(FileSystem.stamp(path))
    #expect(stamp.modified == (FakeClock.start + 3600) * 1_000_000_000)
  }

  @Test func `a generation that was advanced stays`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    try Generation.advance(world.paths, identities: [(realm: "r", name: "Dev/Admin")])
    try await write(world.store())
    #expect(world.facts("dev/admin", realm: "r")?.generation == 1)
  }

  @Test func `logging out removes the session and says so in the facts`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    #expect(try await world.store().remove(realm: "r", identity: "DEV/admin"))
    #expect(try await read(world.store()) == nil)
    let facts = try #require(world.facts("dev/admin", realm: "r"))
    #expect(facts.state == .ended)
    #expect(facts.expiresAt == nil)
    #expect(facts.renewableUntil == Instant(secondsSince1970: 0))
    #expect(facts.identity == "Dev/Admin")
    #expect(try await world.store().remove(realm: "r", identity: "dev/admin") == false)
    #expect(try await world.store().remove(realm: "r", identity: "never") == false)
    #expect(world.facts("never", realm: "r") == nil)
  }

  @Test func `logging out needs no password`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    let other = SessionStore(
      paths: world.paths, keyring: LockedKeyring(),
      randomBytes: { [UInt8](repeating: 0, count: $0) },
      notice: world.notices.add)
    #expect(try await other.remove(realm: "r", identity: "dev/admin"))
  }

  @Test func `a refresh under way does not bring a session back`() async throws {
    let world = try SessionWorld()
    let store = world.store()
    try await write(store)
    let path = world.paths.lockPath(realm: "r", identity: "dev/admin")
    var lock = try HeldLock.attempt(path)
    try #require(lock != nil)
    async let removed = world.store().remove(realm: "r", identity: "dev/admin", waiting: nil)
    try await eventually { openDescriptors(of: path) == 2 }
    try await write(store)
    lock = nil
    #expect(try await removed)
    #expect(try await read(store) == nil)
  }

  @Test func `realms and sessions can be listed by their names`() async throws {
    let world = try SessionWorld()
    let store = world.store()
    #expect(try store.realms() == [])
    let long = "Long-" + String(repeating: "é", count: 150)
    for (realm, identity) in [("", "b"), ("", "A b"), ("r/x", "provider:P"), ("r/x", long)] {
      try await write(store, realm: realm, identity: identity)
    }
    #expect(try store.realms() == ["", "r/x"])
    #expect(try store.list(realm: "").map(\.identity) == ["A b", "b"])
    let second = try store.list(realm: "r/x").map(\.identity)
    #expect(second.contains("provider:P"))
    #expect(second.count == 2 || long.utf8.count > Facts.limit / 3)
    #expect(try store.list(realm: "none") == [])
  }

  // MARK: The key

  @Test func `two hundred that start at once make one key`() async throws {
    let world = try SessionWorld()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        let store = world.store()
        group.addTask { try await write(store, identity: "identity-\(number)") }
      }
      try await group.waitForAll()
    }
    #expect(await (world.keyring as? FakeKeyring)?.writes == 1)
    let store = world.store()
    for number in 0..<200 {
      #expect(try await read(store, identity: "identity-\(number)") != nil)
    }
  }

  @Test func `with a keyring that ends with the process nothing is written`() async throws {
    let world = try SessionWorld(keyring: PassingKeyring())
    let store = world.store()
    try await write(store)
    #expect(try await read(store)?.aws == Self.full.aws)
    #expect(try await read(store, digest: "other") == nil)
    #expect(try await read(world.store()) == nil)
    #expect(try world.files().isEmpty)
    #expect(try await store.remove(realm: "r", identity: "dev/admin"))
    #expect(try await read(store) == nil)
  }
}
