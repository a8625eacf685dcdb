/// The names of identities as far as shells and terminals are concerned.
public enum IdentityName {
  /// The most bytes a name may have before it reaches a shell.
  public static let limit = 128

  /// Whether a name can be put in a shell's variables and prompts:
  /// `[A-Za-z0-9][A-Za-z0-9._/@+: -]*`, ``limit`` bytes at most, no blank at the end.
  public static func isShellSafe(_ name: some StringProtocol) -> Bool {
    var name = String(name)
    return name.withUTF8 { bytes in
      guard bytes.count <= limit, let first = bytes.first, isAlphanumeric(first),
        bytes.last != UInt8(ascii: " ")
      else { return false }
      for byte in bytes {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "@"),
          UInt8(ascii: "+"), UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "-"):
          continue
        default: if !isAlphanumeric(byte) { return false }
        }
      }
      return true
    }
  }

  /// Whether a word instead of a name means that nobody is to be active: `none`, `false`, `no`,
  /// `off` or `0`, in any case.
  public static func isOff(_ word: some StringProtocol) -> Bool {
    guard word.utf8.count <= 5 else { return false }
    switch word.lowercased() {
    case "none", "false", "no", "off", "0": return true
    default: return false
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}
