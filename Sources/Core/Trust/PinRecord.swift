/// What a shell was pinned to: `pins/DIGEST` in the state directory, to which the marker's digest of
/// the activation refers.
///
/// A pin is not only a name: in another directory the name may stand for somebody else. A record is
/// written by `use` and read by every command in that shell; one that was ended makes the hook let go.
public struct PinRecord: Equatable, Sendable {
  /// The options that give the configuration anywhere.
  public var arguments: [String]
  /// The identity's name.
  public var identity: String
  /// The fingerprint of what it does; `nil` for the person's own configuration, which is followed.
  public var fingerprint: String?
  /// Whether a command found another fingerprint since.
  public var isEnded = false

  /// Creates a record.
  public init(arguments: [String], identity: String, fingerprint: String?) {
    self.arguments = arguments
    self.identity = identity
    self.fingerprint = fingerprint
  }

  private static let magic = "atmos-auth-pin 1"

  /// Where the record of an activation is.
  public static func path(_ paths: StatePaths, digest: UInt64) -> String {
    "\(paths.state)/pins/\(Hash.hex(digest))"
  }

  /// The record of an activation; `nil` if there is none that only this person can have written.
  public static func read(_ paths: StatePaths, digest: UInt64) -> PinRecord? {
    guard let bytes = FileSystem.readOwn(path(paths, digest: digest), limit: 1 << 16) else {
      return nil
    }
    var lines = Fields(bytes[...], separator: UInt8(ascii: "\n"))
    guard lines.next().map({ $0.elementsEqual(magic.utf8) }) == true else { return nil }
    var record = PinRecord(arguments: [], identity: "", fingerprint: nil)
    while let line = lines.next(), !line.isEmpty {
      var fields = Fields(line, separator: UInt8(ascii: "\t"))
      guard let word = fields.nextText(), let value = fields.nextText(), fields.isAtEnd else {
        return nil
      }
      switch word {
      case "identity": record.identity = value
      case "fingerprint": record.fingerprint = value
      case "argument": record.arguments.append(value)
      case "ended": record.isEnded = true
      default: return nil
      }
    }
    return record.identity.isEmpty ? nil : record
  }

  /// Stores it.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public func write(_ paths: StatePaths, digest: UInt64) throws(AuthError) {
    var text = "\(Self.magic)\nidentity\t\(Percent.encode(identity))\n"
    if let fingerprint { text += "fingerprint\t\(Percent.encode(fingerprint))\n" }
    for argument in arguments { text += "argument\t\(Percent.encode(argument))\n" }
    if isEnded { text += "ended\t1\n" }
    try FileSystem.writeAtomically(Self.path(paths, digest: digest), text.utf8)
  }
}
