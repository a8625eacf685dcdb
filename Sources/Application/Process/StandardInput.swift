import CLibrary
package import Core

/// What standard input holds.
package enum StandardInput {
  /// One line, and not a byte more: the rest belongs to the program that is started.
  ///
  /// - Returns: The line without its end, or `nil` if it is longer than `limit` bytes.
  package static func line(limit: Int) -> Secret? {
    var bytes: [UInt8] = []
    defer { bytes.wipe() }
    bytes.reserveCapacity(limit + 1)
    while bytes.count <= limit, let byte = next(), byte != 0x0A { bytes.append(byte) }
    return bytes.count <= limit ? Secret(bytes) : nil
  }

  /// All of it without the white space at its end, or `nil` if that is more than `limit` bytes.
  package static func all(limit: Int) -> Secret? {
    var bytes: [UInt8] = []
    defer { bytes.wipe() }
    // A line end of two bytes more.
    bytes.reserveCapacity(limit + 3)
    while bytes.count < limit + 3, let byte = next() { bytes.append(byte) }
    while let last = bytes.last, last == 0x0A || last == 0x0D || last == 0x20 {
      bytes.removeLast()
    }
    return bytes.count <= limit ? Secret(bytes) : nil
  }

  private static func next() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = read(0, &byte, 1)
      if count == 1 { return byte }
      guard count < 0, errno == EINTR else { return nil }
    }
  }
}
