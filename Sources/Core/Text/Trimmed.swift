extension StringProtocol where UTF8View: BidirectionalCollection {
  /// The text without white space, such as blanks, tabs and line ends, around it.
  @inlinable public var trimmed: String {
    func isVisible(_ byte: UInt8?) -> Bool { byte.map { (0x21...0x7e).contains($0) } ?? false }
    // Nearly always there is nothing to take off.
    if isVisible(utf8.first), isVisible(utf8.last) { return String(self) }
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(self[first...last])
  }
}
