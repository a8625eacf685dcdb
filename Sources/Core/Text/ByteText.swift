/// A text that equals another only if every byte does.
///
/// `String` calls two spellings of one character equal (`é` as one scalar and as two), which are two
/// names and two commands to everybody else.
public struct ByteText: Hashable, Sendable {
  /// The text.
  public let text: String

  /// Creates it.
  public init(_ text: String) { self.text = text }

  /// Whether every byte is the same.
  public static func == (left: ByteText, right: ByteText) -> Bool {
    var (left, right) = (left.text, right.text)
    return left.withUTF8 { left in right.withUTF8 { left.elementsEqual($0) } }
  }

  /// Feeds the bytes to a hasher.
  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
