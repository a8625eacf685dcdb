internal import CShims

/// What tells one state of a file from another without reading it.
///
/// Tools that write a file in place within one tick of the file system's clock and keep its size
/// escape it; editors, git and package managers write a new file, whose inode differs.
public struct FileStamp: Hashable, Sendable {
  /// The file system's device number.
  public var device: UInt64
  /// The file's number on that device.
  public var inode: UInt64
  /// The size in bytes.
  public var size: Int64
  /// The modification time in nanoseconds since 1970.
  public var modified: Int64

  /// Creates a stamp.
  public init(device: UInt64, inode: UInt64, size: Int64, modified: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
  }

  init(_ file: atmos_file) {
    self.init(
      device: file.device, inode: file.inode, size: file.size,
      modified: file.seconds &* 1_000_000_000 &+ file.nanoseconds)
  }

  /// Four decimal numbers with colons between them, for text files.
  public var text: String { "\(device):\(inode):\(size):\(modified)" }

  /// Reads ``text``; `nil` for anything else.
  public init?(text: ArraySlice<UInt8>) {
    var fields = Fields(text, separator: UInt8(ascii: ":"))
    guard let device = fields.nextUnsigned(), let inode = fields.nextUnsigned(),
      let size = fields.nextInteger(), let modified = fields.nextInteger(), fields.isAtEnd
    else { return nil }
    self.init(device: device, inode: inode, size: size, modified: modified)
  }
}
