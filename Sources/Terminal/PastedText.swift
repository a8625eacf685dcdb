internal import Core

/// What a person pastes, key by key: what it is made of, and where it ends.
///
/// It ends with a line end after which nothing comes for a while, or with Ctrl-D.
struct PastedText {
  private let limit: Int
  private var bytes: [UInt8] = []
  /// Whether a line has just ended, so that the text may be complete.
  private(set) var hasLineEnd = false

  /// Creates an empty text that may have `limit` bytes.
  init(limit: Int) {
    self.limit = limit
  }

  /// The text so far.
  var secret: Secret { Secret(bytes) }

  /// Takes what came from the terminal.
  ///
  /// - Returns: The text, if Ctrl-D ended it.
  /// - Throws: ``AuthError``: `interrupted` for Ctrl-C, `declined` for Ctrl-D without a text, `usage`
  ///   for a text that is too long.
  mutating func take(_ keys: some Sequence<UInt8>) throws(AuthError) -> Secret? {
    for key in keys {
      switch key {
      case 3: throw AuthError(.interrupted, "stopped at the terminal")
      case 4:
        guard bytes.isEmpty else { return secret }
        throw AuthError(.declined, "stopped at the terminal")
      case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        hasLineEnd = true
      case 8, 127:
        _ = bytes.popLast()
      case 21:
        bytes.wipe()
        bytes = []
      case 0..<32: continue
      default:
        guard bytes.count < limit else {
          throw AuthError(.usage, "the text is longer than \(limit) bytes")
        }
        hasLineEnd = false
        bytes.append(key)
      }
    }
    return nil
  }

  /// Overwrites the text.
  mutating func wipe() { bytes.wipe() }
}
