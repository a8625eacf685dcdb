/// Goes through the bytes of a file, and passes over what need not be understood.
///
/// Source: the syntax of HCL, https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
struct HCLCursor {
  let file: HCLFile
  var index: Int
  let end: Int

  /// How deep brackets, texts and templates may lie in each other.
  static let maximumDepth = 64

  init(_ text: HCLText) {
    file = text.file
    index = text.range.lowerBound
    end = text.range.upperBound
  }

  /// The byte at the cursor; `nil` at the end.
  var byte: UInt8? { index < end ? file.bytes[index] : nil }

  func byte(after count: Int) -> UInt8? {
    index + count < end ? file.bytes[index + count] : nil
  }

  func isAt(_ text: StaticString) -> Bool {
    guard index + text.utf8CodeUnitCount <= end else { return false }
    for offset in 0..<text.utf8CodeUnitCount
    where file.bytes[index + offset] != text.utf8Start[offset] {
      return false
    }
    return true
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard self.byte == byte else { return false }
    index += 1
    return true
  }

  func fault(_ what: String, _ kind: HCLFault.Kind = .mistake) -> HCLFault {
    HCLFault(kind: kind, place: file.place(index), what: what)
  }

  // MARK: Blanks and comments

  /// Passes over blanks and comments, and over line ends where these mean nothing.
  mutating func skipBlanks(lines: Bool) throws(HCLFault) {
    while let byte {
      if Byte.isBlank(byte) || lines && byte == Byte.newline {
        index += 1
      } else if startsComment {
        try skipComment()
      } else {
        return
      }
    }
  }

  private var startsComment: Bool { byte == Byte.hash || isAt("//") || isAt("/*") }

  private mutating func skipComment() throws(HCLFault) {
    guard isAt("/*") else {
      while let byte, byte != Byte.newline { index += 1 }
      return
    }
    let start = index
    index += 2
    while !isAt("*/") {
      guard index < end else {
        index = start
        throw fault("a comment without an end")
      }
      index += 1
    }
    index += 2
  }

  // MARK: Names

  mutating func name() -> String? {
    guard let byte, Byte.startsName(byte) else { return nil }
    let start = index
    while let byte = self.byte, Byte.continuesName(byte) { index += 1 }
    return String(decoding: file.bytes[start..<index], as: UTF8.self)
  }

  // MARK: Passing over

  /// Passes over an expression up to the end of its line, or to a byte that ends it.
  ///
  /// - Returns: The expression.
  mutating func expression(
    endingAt stops: [UInt8], lines: Bool = true
  ) throws(HCLFault) -> HCLText {
    let start = index
    var open: [UInt8] = []
    while let byte {
      if open.isEmpty, stops.contains(byte) || lines && byte == Byte.newline { break }
      switch byte {
      case Byte.quote:
        try skipText(depth: open.count)
        continue
      case Byte.less where try skipHeredoc(): continue
      case _ where startsComment:
        try skipComment()
        continue
      case Byte.openParenthesis: open.append(Byte.closeParenthesis)
      case Byte.openBracket: open.append(Byte.closeBracket)
      case Byte.openBrace: open.append(Byte.closeBrace)
      case Byte.closeParenthesis, Byte.closeBracket, Byte.closeBrace:
        guard open.popLast() == byte else { throw fault("a bracket that does not fit") }
      default: break
      }
      guard open.count <= Self.maximumDepth else { throw fault("too many brackets", .unread) }
      index += 1
    }
    guard open.isEmpty else {
      throw HCLFault(kind: .mistake, place: file.place(start), what: "a bracket without an end")
    }
    return HCLText(file: file, range: start..<index)
  }

  /// Passes over a text in quotes, with the expressions in it.
  mutating func skipText(depth: Int) throws(HCLFault) {
    let start = index
    guard depth < Self.maximumDepth else { throw fault("too many texts in texts", .unread) }
    index += 1
    while let byte {
      switch byte {
      case Byte.quote:
        index += 1
        return
      case Byte.backslash: index = min(index + 2, end)
      case Byte.newline: throw fault("a text without an end")
      case Byte.dollar, Byte.percent: try skipTemplate(depth: depth)
      default: index += 1
      }
    }
    index = start
    throw fault("a text without an end")
  }

  /// Passes over `${…}` or `%{…}`, or over the sign alone.
  mutating func skipTemplate(depth: Int) throws(HCLFault) {
    let sign = byte
    guard byte(after: 1) == Byte.openBrace else {
      // A doubled sign stands for itself.
      index += byte(after: 1) == sign && byte(after: 2) == Byte.openBrace ? 3 : 1
      return
    }
    index += 2
    try skipBraced(depth: depth + 1)
  }

  // To behind the brace that closes one that is open.
  private mutating func skipBraced(depth: Int) throws(HCLFault) {
    let start = index
    guard depth < Self.maximumDepth else { throw fault("too many texts in texts", .unread) }
    var open = 1
    while let byte {
      switch byte {
      case Byte.quote:
        try skipText(depth: depth + 1)
        continue
      case Byte.openBrace: open += 1
      case Byte.closeBrace: open -= 1
      default: break
      }
      index += 1
      if open == 0 { return }
    }
    index = start
    throw fault("a template without an end")
  }

  /// Passes over `<<NAME` or `<<-NAME` and its lines, up to the end of the last.
  ///
  /// - Returns: `false` if there is none at the cursor.
  mutating func skipHeredoc() throws(HCLFault) -> Bool {
    let start = index
    guard let marker = heredocMarker() else {
      index = start
      return false
    }
    while index < end {
      let line = nextLine()
      if HCLFile.trimmed(file.bytes[line]) == marker.name {
        // The line's end ends the expression, too.
        index = line.upperBound
        return true
      }
    }
    index = start
    throw fault("a text without an end")
  }

  /// Reads `<<NAME` up to its line's end.
  ///
  /// - Returns: Whether indentation is taken off, and the name; `nil` for anything else.
  mutating func heredocMarker() -> (isIndented: Bool, name: [UInt8])? {
    guard isAt("<<") else { return nil }
    index += 2
    let isIndented = take(UInt8(ascii: "-"))
    guard let name = name() else { return nil }
    while let byte, Byte.isBlank(byte) { index += 1 }
    guard take(Byte.newline) else { return nil }
    return (isIndented, Array(name.utf8))
  }

  /// Passes over a line with its end.
  ///
  /// - Returns: The line without its end.
  mutating func nextLine() -> Range<Int> {
    let start = index
    while let byte, byte != Byte.newline { index += 1 }
    let line = start..<index
    if index < end { index += 1 }
    return line
  }
}

extension HCLFile {
  /// Bytes without the blanks around them.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = bytes
    while let first = bytes.first, Byte.isBlank(first) { bytes.removeFirst() }
    while let last = bytes.last, Byte.isBlank(last) { bytes.removeLast() }
    return Array(bytes)
  }
}
