import CLibrary

/// An IP address in network order; IPv4 in IPv6's clothes (`::ffff:a.b.c.d`) counts as IPv4.
struct IPAddress: Equatable {
  /// 4 or 16 bytes.
  var bytes: [UInt8]

  /// Reads a dotted or colon-separated address; brackets around it do not matter.
  init?(_ text: String) {
    var text = text
    if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
    var buffer = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &buffer) == 1 {
      bytes = Array(buffer[..<4])
    } else if inet_pton(AF_INET6, text, &buffer) == 1 {
      let isMapped = buffer[..<10].allSatisfy { $0 == 0 } && buffer[10] == 255 && buffer[11] == 255
      bytes = isMapped ? Array(buffer[12...]) : buffer
    } else {
      return nil
    }
  }

  /// Whether the first `bits` bits are those of `network`.
  func isIn(_ network: IPAddress, bits: Int) -> Bool {
    guard bytes.count == network.bytes.count else { return false }
    for (index, (own, other)) in zip(bytes, network.bytes).enumerated() {
      let count = min(max(bits - index * 8, 0), 8)
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> count)
      if own & mask != other & mask { return false }
    }
    return true
  }

  /// 127.0.0.0/8 and ::1.
  var isLoopback: Bool {
    bytes.count == 4 ? bytes[0] == 127 : bytes == [UInt8](repeating: 0, count: 15) + [1]
  }

  /// Where clouds keep their metadata services: 169.254.0.0/16, fe80::/10 and fd00:ec2::/32.
  var isLinkLocal: Bool {
    if bytes.count == 4 { return bytes[0] == 169 && bytes[1] == 254 }
    return (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
      || Array(bytes[..<4]) == [0xFD, 0x00, 0x0E, 0xC2]
  }
}
