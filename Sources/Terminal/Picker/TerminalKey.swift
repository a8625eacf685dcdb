/// A key that a person pressed.
public enum TerminalKey: Sendable, Equatable {
  /// Something typed: a letter, or several that came at once.
  case text(String)
  case enter, escape, tab, backTab, backspace
  case up, down, pageUp, pageDown, home, end
  /// A letter with Ctrl, lower case.
  case control(Character)
}

/// Turns what a terminal in raw mode sends into keys.
///
/// Source: ECMA-48 §5.4 for control sequences, `infocmp xterm` for the keys' own.
public struct TerminalKeys: Sendable {
  private var pending: [UInt8] = []

  /// Creates a decoder.
  public init() {}

  /// Whether bytes wait for the rest of their sequence; call ``flush()`` when none comes within a
  /// twentieth of a second.
  public var isPending: Bool { !pending.isEmpty }

  /// The keys that `bytes` complete.
  public mutating func keys(_ bytes: some Sequence<UInt8>) -> [TerminalKey] {
    pending += bytes
    var keys: [TerminalKey] = []
    while let (key, length) = first() {
      pending.removeFirst(length)
      guard let key else { continue }
      if case .text(let new) = key, case .text(let old)? = keys.last {
        keys[keys.count - 1] = .text(old + new)
      } else {
        keys.append(key)
      }
    }
    return keys
  }

  /// The keys there are when nothing follows: an escape on its own is the Escape key.
  public mutating func flush() -> [TerminalKey] {
    defer { pending = [] }
    return pending.first == 0x1B ? [.escape] : []
  }

  // The first key and how many bytes it takes; `nil` while the sequence is not complete.
  private func first() -> (key: TerminalKey?, length: Int)? {
    guard let byte = pending.first else { return nil }
    switch byte {
    case 0x0D, 0x0A: return (.enter, 1)
    case 0x09: return (.tab, 1)
    case 0x7F, 0x08: return (.backspace, 1)
    case 0x1B: return escapeSequence()
    case 0x00: return (nil, 1)
    case 0x01...0x1A:
      return (.control(Character(Unicode.Scalar(byte + 0x60))), 1)
    case 0x1C...0x1F: return (nil, 1)
    case 0x20...0x7E: return (.text(String(Unicode.Scalar(byte))), 1)
    default: return character(byte)
    }
  }

  private func character(_ lead: UInt8) -> (TerminalKey?, Int)? {
    let length =
      switch lead {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    guard length > 0 else { return (nil, 1) }
    guard pending.count >= length else { return nil }
    guard let text = String(validating: pending[..<length], as: UTF8.self) else { return (nil, 1) }
    return (.text(text), length)
  }

  private func escapeSequence() -> (TerminalKey?, Int)? {
    guard pending.count > 1 else { return nil }
    guard pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
      // Escape and another key, or Alt and that key: it cannot be told, and neither is a text.
      return pending[1] == 0x1B ? (.escape, 1) : (nil, 2)
    }
    guard let last = pending[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      return pending.count > 32 ? (nil, pending.count) : nil
    }
    let parameters = String(decoding: pending[2..<last], as: UTF8.self)
    let key: TerminalKey? =
      switch (pending[last], parameters.split(separator: ";").first ?? "") {
      case (UInt8(ascii: "A"), _): .up
      case (UInt8(ascii: "B"), _): .down
      case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): .home
      case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): .end
      case (UInt8(ascii: "Z"), _): .backTab
      case (UInt8(ascii: "~"), "5"): .pageUp
      case (UInt8(ascii: "~"), "6"): .pageDown
      default: nil
      }
    return (key, last + 1)
  }
}
