internal import Core

/// Values as the system's keyrings hold them: text.
///
/// Their programs show values, copy and edit them, and some of them keep nothing but text. What is
/// text already stays as it is, which is how go-keyring, and so atmos, store it on Linux. Anything
/// else is written in base64 behind the mark that go-keyring uses on macOS.
///
/// Source: github.com/zalando/go-keyring, keyring_darwin.go.
enum KeyringText {
  /// What base64 begins with.
  static let mark = Array("go-keyring-base64:".utf8)
  /// What go-keyring wrote before: hexadecimal digits follow.
  private static let oldMark = Array("go-keyring-encoded:".utf8)

  /// The text for `value`; with `isAlwaysMarked` even if it is one, as on macOS.
  static func encoded(_ value: Secret, isAlwaysMarked: Bool = false) -> Secret {
    value.withBytes { bytes in
      if !isAlwaysMarked, isPlain(bytes) { return value }
      var text = mark + Base64.encode(bytes, .standard)
      defer { text.wipe() }
      return Secret(text)
    }
  }

  /// The value behind a text; `nil` if it has a mark and is damaged.
  static func decoded(_ text: Secret) -> Secret? {
    text.withBytes { bytes in
      var value: [UInt8]?
      if bytes.starts(with: mark) {
        value = Base64.decode(bytes.dropFirst(mark.count), .standard)
      } else if bytes.starts(with: oldMark) {
        value = unhexed(bytes.dropFirst(oldMark.count))
      } else {
        return text
      }
      defer { value?.wipe() }
      return value.map { Secret($0) }
    }
  }

  private static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
    !bytes.contains(0) && !bytes.starts(with: mark) && !bytes.starts(with: oldMark)
      && String(validating: bytes, as: UTF8.self) != nil
  }

  private static func unhexed(_ digits: some Collection<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = Character(UnicodeScalar(digit)).hexDigitValue else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(value))
        high = nil
      } else {
        high = UInt8(value)
      }
    }
    return bytes
  }
}
