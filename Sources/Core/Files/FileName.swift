/// Names of files made from names that people chose.
public enum FileName {
  /// The most bytes an encoded name has; `NAME_MAX` is 255, and suffixes need room.
  public static let limit = 180

  /// A name that is safe in any directory: lower-case letters, digits, `.`, `_` and `-` stay, all
  /// else is percent-encoded, so that no two names share a file even where case does not count.
  ///
  /// A leading dot is encoded too. What would exceed ``limit`` bytes is cut, and `~` and a hash of
  /// the whole name are put after it.
  public static func encode(_ name: String) -> String {
    var encoded: [UInt8] = []
    for byte in name.utf8 {
      let isPlain =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        case UInt8(ascii: "."): !encoded.isEmpty
        default: false
        }
      if isPlain {
        encoded.append(byte)
      } else {
        Percent.append(byte, to: &encoded)
      }
    }
    if encoded.count > limit {
      encoded.removeSubrange((limit - 17)...)
      encoded.append(UInt8(ascii: "~"))
      encoded += Hash.hex(Hash.fnv1a(name.utf8)).utf8
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
