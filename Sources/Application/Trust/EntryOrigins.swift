import AuthConfiguration
import Core
import Logging
import Model
import OneTimeCodes

/// Whose the entries of a keyring are, for the identities of one configuration.
struct EntryOrigins: StoredOrigins {
  /// Where the records are.
  let paths: StatePaths
  /// The configuration's directory.
  let directory: String
  /// Its realm.
  let realm: String
  /// What an identity or provider does, and whether that is the person's own; the fingerprint is empty
  /// for what the configuration does not define.
  let definition: @Sendable (_ name: String) -> (fingerprint: String, isOwn: Bool)
  /// Makes a command for a person to type.
  let typed: @Sendable (_ words: [String]) -> String
  let log: Logger

  func objection(to entry: String, for identity: String) -> AuthError? {
    let here = origin(of: identity)
    // What the person says may use what the person stored, wherever that was.
    if here.isOwn { return nil }
    guard let record = OriginRecord.read(paths, entry) else { return nil }
    if record.origins.contains(where: here.mayUse) { return nil }
    let whose = record.origins.first.map { "belong to \($0.shown)" } ?? "belong to somebody else"
    let device = StoredSeed.device(ofEntry: entry)
    if KeyringEntry.password(realm: realm, provider: identity) == entry {
      return AuthError(
        .loginRequired,
        "the password stored for provider `\(identity)` \(whose), not to \(here.shown)",
        hints: ["`\(typed(["user", "configure", "--provider", identity]))` stores another one"])
    }
    let what =
      device.map { "the stored codes of \(DisplayText.sanitized($0))" }
      ?? "the keys stored for `\(identity)`"
    if let device, device == CodeRequest.device(ofProvider: identity) {
      return AuthError(
        .loginRequired, "\(what) \(whose), not to \(here.shown)",
        hints: ["`\(typed(["mfa", "add", "--device", device]))` stores others in their place"])
    }
    let store = (device == nil ? ["user", "configure"] : ["mfa", "add"]) + ["-i", identity]
    return AuthError(
      .loginRequired, "\(what) \(whose), not to \(here.shown)",
      hints: [
        "`\(typed(store))` stores others in their place",
        "`\(typed(["allow", "-i", identity, "--with-keys"]))` lets both use them",
      ])
  }

  func adopt(_ entry: String, for identity: String) {
    // Nearly always it is known, and then there is nothing to write.
    guard OriginRecord.read(paths, entry) == nil else { return }
    change(entry) { $0 ?? OriginRecord(entry: entry, origins: [origin(of: identity)]) }
  }

  func didStore(_ entry: String, for identity: String?) {
    guard let identity else {
      didRemove(entry)
      return
    }
    let here = origin(of: identity)
    change(entry) { known in
      let isKnown = known?.origins.contains { $0.isOwn == here.isOwn && here.mayUse($0) } ?? false
      return isKnown ? known : OriginRecord(entry: entry, origins: [here])
    }
  }

  func didRemove(_ entry: String) { change(entry) { _ in nil } }

  /// Lets an identity use an entry that belongs to another one, too.
  ///
  /// - Returns: Whose it was; `nil` if it could be used before.
  func share(_ entry: String, with identity: String) -> String? {
    guard objection(to: entry, for: identity) != nil else { return nil }
    let here = origin(of: identity)
    let whose = OriginRecord.read(paths, entry)?.origins.first?.shown
    change(entry) { known in
      OriginRecord(entry: entry, origins: (known?.origins ?? []) + [here])
    }
    return whose ?? "somebody else"
  }

  private func origin(of identity: String) -> Origin {
    let (fingerprint, isOwn) = definition(identity)
    let real = FileSystem.realPath(directory) ?? directory
    let stamp = FileSystem.stamp(real)
    return Origin(
      isOwn: isOwn, realm: realm, identity: identity.lowercased(), fingerprint: fingerprint,
      directory: real, device: stamp?.device ?? 0, inode: stamp?.inode ?? 0)
  }

  // Where nothing can be written nothing is remembered, as with sessions.
  private func change(_ entry: String, _ make: (OriginRecord?) -> OriginRecord?) {
    do throws(AuthError) {
      try TrustLock.hold(paths) { () throws(AuthError) in
        guard let record = make(OriginRecord.read(paths, entry)) else {
          try OriginRecord.remove(paths, entry)
          return
        }
        try record.write(paths)
      }
    } catch {
      log.debug(
        "cannot record which identity an entry belongs to", metadata: ["reason": "\(error.message)"]
      )
    }
  }
}

/// Whose an entry is, in `trust/HASH.origin`; docs/protocol.md has the format.
struct OriginRecord: Equatable {
  /// The entry's name.
  var entry: String
  /// Those that may use it, the one that it was stored for first.
  ///
  /// Empty for a record that cannot be read: then only the person's own configuration may.
  var origins: [Origin]

  private static let magic = "atmos-auth-origin 1"

  private static func path(_ paths: StatePaths, _ entry: String) -> String {
    "\(paths.trustDirectory)/\(Hash.hex(Hash.fnv1a(entry))).origin"
  }

  /// What is known of an entry; `nil` if that is nothing.
  static func read(_ paths: StatePaths, _ entry: String) -> OriginRecord? {
    let path = path(paths, entry)
    guard FileSystem.isNamed(path) else { return nil }
    return OriginRecord(stored: path, entry) ?? OriginRecord(entry: entry, origins: [])
  }

  static func remove(_ paths: StatePaths, _ entry: String) throws(AuthError) {
    _ = try FileSystem.remove(path(paths, entry))
  }

  private init?(stored path: String, _ entry: String) {
    guard let bytes = FileSystem.readOwn(path, limit: 1 << 18) else { return nil }
    var lines = Fields(bytes[...], separator: UInt8(ascii: "\n"))
    guard lines.next().map({ $0.elementsEqual(Self.magic.utf8) }) == true,
      lines.next().flatMap({ Percent.decode($0) }).map({ ByteText($0) == ByteText(entry) }) == true
    else { return nil }
    self.entry = entry
    origins = []
    while let line = lines.next() {
      if line.starts(with: "end\t".utf8) {
        let hash = Hash.hex(Hash.fnv1a(bytes[..<line.startIndex]))
        guard line.dropFirst(4).elementsEqual(hash.utf8) else { return nil }
        return
      }
      guard let origin = Origin(line) else { return nil }
      origins.append(origin)
    }
    return nil
  }

  init(entry: String, origins: [Origin]) {
    self.entry = entry
    self.origins = origins
  }

  /// Stores it; whoever does so holds ``Core/TrustLock``.
  func write(_ paths: StatePaths) throws(AuthError) {
    var text = "\(Self.magic)\n\(Percent.encode(entry))\n"
    for origin in origins { text += origin.line + "\n" }
    text += "end\t\(Hash.hex(Hash.fnv1a(text)))\n"
    try FileSystem.writeAtomically(Self.path(paths, entry), text.utf8)
  }
}

/// An identity of a configuration, to which what is stored belongs.
struct Origin: Equatable {
  /// Whether it was the person's own.
  var isOwn: Bool
  var realm: String
  /// Its name, in lower case.
  var identity: String
  /// The fingerprint of its chain.
  var fingerprint: String
  /// The configuration's directory, by its real path and its numbers.
  var directory: String
  var device: UInt64
  var inode: UInt64

  init(
    isOwn: Bool, realm: String, identity: String, fingerprint: String, directory: String,
    device: UInt64, inode: UInt64
  ) {
    self.isOwn = isOwn
    self.realm = realm
    self.identity = identity
    self.fingerprint = fingerprint
    self.directory = directory
    self.device = device
    self.inode = inode
  }

  init?(_ line: ArraySlice<UInt8>) {
    var fields = Fields(line, separator: UInt8(ascii: "\t"))
    guard let kind = fields.nextText(), ["own", "checkout"].contains(kind),
      let realm = fields.nextText(), let identity = fields.nextText(),
      let fingerprint = fields.nextText(), let directory = fields.nextText(),
      let device = fields.nextUnsigned(), let inode = fields.nextUnsigned(), fields.isAtEnd
    else { return nil }
    self.init(
      isOwn: kind == "own", realm: realm, identity: identity, fingerprint: fingerprint,
      directory: directory, device: device, inode: inode)
  }

  var line: String {
    let texts = [realm, identity, fingerprint, directory].map { Percent.encode($0) }
    return ([isOwn ? "own" : "checkout"] + texts + ["\(device)", "\(inode)"])
      .joined(separator: "\t")
  }

  /// Whether it may use what belongs to another one.
  ///
  /// It does exactly the same, or it is of the same checkout and realm. What changed there since was
  /// allowed, since nothing else gets this far.
  func mayUse(_ other: Origin) -> Bool {
    if isOwn { return true }
    guard ByteText(realm) == ByteText(other.realm) else { return false }
    if !fingerprint.isEmpty, fingerprint == other.fingerprint { return true }
    return !other.isOwn && device == other.device && inode == other.inode
      && ByteText(directory) == ByteText(other.directory)
  }

  /// For people.
  var shown: String { isOwn ? "your own configuration" : DisplayText.sanitized(directory) }
}
