internal import CShims

/// What tells one state of a file from another without reading it.
///
/// Tools that write a file in place within one tick of the file system's clock and keep its size
/// escape it; editors, git and package managers write a new file, whose inode differs. The time of
/// change notices those that put the modification time back.
public struct FileStamp: Hashable, Sendable {
  /// The file system's device number.
  public var device: UInt64
  /// The file's number on that device.
  public var inode: UInt64
  /// The size in bytes.
  public var size: Int64
  /// The modification time in nanoseconds since 1970.
  public var modified: Int64
  /// The time of the last change, of permissions and owner too, in nanoseconds since 1970; 0 in what
  /// earlier releases wrote, so that it matches no file.
  public var changed: Int64

  /// Creates a stamp.
  public init(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
  }

  init(_ file: atmos_file) {
    self.init(
      device: file.device, inode: file.inode, size: file.size,
      modified: file.seconds &* 1_000_000_000 &+ file.nanoseconds,
      changed: file.changed_seconds &* 1_000_000_000 &+ file.changed_nanoseconds)
  }

  /// Five decimal numbers with colons between them, for text files.
  public var text: String { "\(device):\(inode):\(size):\(modified):\(changed)" }

  /// Reads ``text``, or the four numbers of earlier releases; `nil` for anything else.
  public init?(text: ArraySlice<UInt8>) {
    var fields = Fields(text, separator: UInt8(ascii: ":"))
    guard let device = fields.nextUnsigned(), let inode = fields.nextUnsigned(),
      let size = fields.nextInteger(), let modified = fields.nextInteger()
    else { return nil }
    var changed: Int64 = 0
    if !fields.isAtEnd {
      guard let number = fields.nextInteger(), fields.isAtEnd else { return nil }
      changed = number
    }
    self.init(device: device, inode: inode, size: size, modified: modified, changed: changed)
  }
}
