import CLibrary
import Core

/// Who is at the other end of a connection within this machine.
enum PeerOwner {
  /// Whether the connection from `peer` to `port` belongs to another user of this machine.
  ///
  /// The kernel's lists name the user of each socket (proc(5), `/proc/net/tcp`). A peer that is in
  /// none of them is none of this machine's processes, such as Windows' browser seen from WSL; and
  /// where there are no such lists, nothing is known. Root is nobody to hide from.
  static func isOtherUser(_ peer: Int, at port: Int) -> Bool {
    #if os(Linux)
    for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
      guard let bytes = try? FileSystem.readFile(path),
        let user = user(of: peer, at: port, in: String(decoding: bytes, as: UTF8.self))
      else { continue }
      return user != getuid() && user != 0
    }
    #endif
    return false
  }

  /// The user of the connection between two ports of 127.0.0.1, in the text of `/proc/net/tcp` or
  /// `/proc/net/tcp6`.
  static func user(of peer: Int, at port: Int, in list: String) -> UInt32? {
    for line in list.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: " ")
      guard fields.count > 7, isAddress(fields[1], peer), isAddress(fields[2], port) else {
        continue
      }
      return UInt32(fields[7])
    }
    return nil
  }

  // Addresses are written as words of the machine, which reads 127.0.0.1 the other way round on
  // all machines there are; in the second list it is `::ffff:127.0.0.1`.
  private static func isAddress(_ text: Substring, _ port: Int) -> Bool {
    let parts = text.split(separator: ":")
    return parts.count == 2 && parts[0].hasSuffix("0100007F")
      && Int(parts[1], radix: 16) == port
  }
}
