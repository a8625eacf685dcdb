internal import CShims

/// What a prompt may know about an identity's session: one line of plain text, no secrets.
///
///     atmos-auth-facts 1 <generation> <expiry> <renewable-until> <state> <account> <region> <name>
///
/// The two times are seconds since 1970; an expiry of 0 means that the session does not end. A
/// missing account or region is `-`; region and name are percent-encoded. The file's modification
/// time is the expiry, since fish has no clock but can tell how long ago a file was modified, also
/// when that is in the future.
public struct Facts: Equatable, Sendable {
  /// The most bytes the line has, its newline included; shells read no further.
  public static let limit = 512
  /// The ``renewableUntil`` of a session that can always be renewed without a person.
  public static let always = Instant(secondsSince1970: .max)

  /// Whether there is a session.
  public enum State: String, Sendable {
    /// There is one; it may be over by now.
    case valid
    /// A person ended it by logging out.
    case ended
  }

  /// A number that changes when the shells have to look again though nothing else here did, as
  /// after `revoke`; see ``Generation``.
  public var generation: UInt64
  /// When the session ends; `nil` if it does not.
  public var expiresAt: Instant?
  /// Until when it can be renewed without a person; ``always`` if for ever, 0 if not at all.
  public var renewableUntil: Instant
  /// Whether there is a session.
  public var state: State
  /// The account, when known.
  public var account: String?
  /// The region, when known.
  public var region: String?
  /// The identity's name, original case.
  public var identity: String

  /// Creates facts.
  public init(
    generation: UInt64, expiresAt: Instant?, renewableUntil: Instant, state: State,
    account: String?, region: String?, identity: String
  ) {
    self.generation = generation
    self.expiresAt = expiresAt
    self.renewableUntil = renewableUntil
    self.state = state
    self.account = account
    self.region = region
    self.identity = identity
  }

  /// The line, newline included.
  ///
  /// An account that is not of letters, digits, `.` and `-` and a region or name that makes the
  /// line too long are left out, since no prompt could show them.
  public var line: String {
    let account = account.map(Percent.encode) ?? ""
    let region = region.map(Percent.encode) ?? ""
    let head =
      "atmos-auth-facts 1 \(generation) \(expiresAt?.secondsSince1970 ?? 0) "
      + "\(max(0, renewableUntil.secondsSince1970)) \(state.rawValue)"
    let fields = " \(account.isEmpty ? "-" : account) \(region.isEmpty ? "-" : region) "
    let full = head + fields + Percent.encode(identity) + "\n"
    return full.utf8.count <= Self.limit ? full : head + " - - -\n"
  }

  /// Reads a line; `nil` if it is not one of this release's.
  public init?(line: [UInt8]) {
    let end = line.firstIndex(of: UInt8(ascii: "\n")) ?? line.endIndex
    var fields = Fields(line[..<end], separator: UInt8(ascii: " "))
    guard let magic = fields.next(), magic.elementsEqual("atmos-auth-facts".utf8),
      fields.nextUnsigned() == 1, let generation = fields.nextUnsigned(),
      let expiry = fields.nextInteger(), let until = fields.nextInteger(),
      let word = fields.nextText(), let state = State(rawValue: word),
      let account = fields.nextText(), let region = fields.nextText(),
      let identity = fields.nextText()
    else { return nil }
    self.init(
      generation: generation,
      expiresAt: expiry > 0 ? Instant(secondsSince1970: expiry) : nil,
      renewableUntil: Instant(secondsSince1970: until), state: state,
      account: account == "-" ? nil : account, region: region == "-" ? nil : region,
      identity: identity)
  }

  /// Reads the facts in a file; `nil` if it is missing, unreadable or of another release.
  ///
  /// A prompt has nothing to say about a damaged file but to do without, so no error is thrown.
  public static func read(_ path: String) -> Facts? {
    guard let bytes = try? FileSystem.readFile(path, limit: limit) else { return nil }
    return Facts(line: bytes)
  }

  /// Replaces the facts in a file and sets its modification time to the expiry.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public func write(_ path: String) throws(AuthError) {
    // A time in the past for what has ended, so that fish shows no countdown either.
    let time = state == .ended ? Instant(secondsSince1970: 0) : expiresAt
    try FileSystem.writeAtomically(path, line.utf8, modificationTime: time)
  }
}
