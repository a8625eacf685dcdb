/// File names of keyring entries, as the library behind atmos' keyring makes them.
enum EntryName {
  /// The longest name that file systems take.
  private static let limit = 255

  /// The file name of `key`: `%` and `/` escaped.
  ///
  /// A NUL and a leading dot are escaped too, which no entry of atmos has: names that begin with a
  /// dot are those of files being written.
  ///
  /// - Returns: `nil` for an empty name, or one too long for a file.
  static func encoded(_ key: String) -> String? {
    var bytes: [UInt8] = []
    for byte in key.utf8 {
      switch byte {
      case UInt8(ascii: "%"): bytes += "%25".utf8
      case UInt8(ascii: "/"): bytes += "%2F".utf8
      case 0: bytes += "%00".utf8
      case UInt8(ascii: ".") where bytes.isEmpty: bytes += "%2E".utf8
      default: bytes.append(byte)
      }
    }
    return 1...limit ~= bytes.count ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// The entry's name from its file's; a `%` without two digits after it stands for itself.
  static func decoded(_ name: String) -> String {
    var bytes: [UInt8] = []
    var rest = Array(name.utf8)[...]
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), digits.utf8.count == 2, digits.utf8.first != UInt8(ascii: "+"),
        let value = UInt8(digits, radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
