/// Reads expressions.
///
/// What is correct but has no value here (`for`, splats, arithmetic, directives in texts) is a fault
/// that says so.
struct HCLExpressionReader {
  private var cursor: HCLCursor
  /// Whether `${` in a text means something; not in JSON, whose values are expressions as well.
  private let hasTemplates: Bool
  private var depth = 0

  init(_ text: HCLText, hasTemplates: Bool = true) {
    cursor = HCLCursor(text)
    self.hasTemplates = hasTemplates
  }

  /// Reads the whole text as one expression.
  static func read(_ text: HCLText, hasTemplates: Bool = true) throws(HCLFault) -> HCLExpression {
    var reader = HCLExpressionReader(text, hasTemplates: hasTemplates)
    try reader.cursor.skipBlanks(lines: true)
    let expression = try reader.expression(lines: false)
    try reader.cursor.skipBlanks(lines: true)
    guard reader.cursor.byte == nil else { throw reader.unread("an operator") }
    return expression
  }

  private func unread(_ what: String) -> HCLFault { cursor.fault(what, .unread) }

  // Line ends mean nothing within brackets.
  private mutating func expression(lines: Bool) throws(HCLFault) -> HCLExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= HCLCursor.maximumDepth else { throw unread("too many brackets") }
    let condition = try operation(0, lines: lines)
    try cursor.skipBlanks(lines: lines)
    guard cursor.take(UInt8(ascii: "?")) else { return condition }
    try cursor.skipBlanks(lines: true)
    let yes = try expression(lines: lines)
    try cursor.skipBlanks(lines: lines)
    guard cursor.take(Byte.colon) else { throw cursor.fault("`?` without `:`") }
    try cursor.skipBlanks(lines: true)
    return .condition(condition, yes, try expression(lines: lines))
  }

  private static let levels: [[HCLExpression.Operation]] = [[.or], [.and], [.equal, .unequal]]

  private mutating func operation(
    _ level: Int, lines: Bool
  ) throws(HCLFault) -> HCLExpression {
    guard level < Self.levels.count else { return try operand(lines: lines) }
    var left = try operation(level + 1, lines: lines)
    var count = 0
    while true {
      try cursor.skipBlanks(lines: lines)
      let found = Self.levels[level].first { operation in
        switch operation {
        case .or: cursor.isAt("||")
        case .and: cursor.isAt("&&")
        case .equal: cursor.isAt("==")
        case .unequal: cursor.isAt("!=")
        }
      }
      guard let found else { return left }
      count += 1
      guard count <= HCLCursor.maximumDepth else { throw unread("too many operators") }
      cursor.index += 2
      try cursor.skipBlanks(lines: true)
      left = .operation(found, left, try operation(level + 1, lines: lines))
    }
  }

  private mutating func operand(lines: Bool) throws(HCLFault) -> HCLExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 2 * HCLCursor.maximumDepth else { throw unread("too many operators") }
    if cursor.byte == UInt8(ascii: "!") {
      cursor.index += 1
      try cursor.skipBlanks(lines: lines)
      return .not(try operand(lines: lines))
    }
    var expression = try primary()
    var count = 0
    while let byte = cursor.byte {
      count += 1
      guard count <= HCLCursor.maximumDepth else { throw unread("too many members") }
      switch byte {
      case Byte.dot:
        cursor.index += 1
        if let name = cursor.name() {
          expression = .member(expression, name)
        } else if let number = number() {
          expression = .element(expression, .number(number))
        } else {
          throw unread("a splat")
        }
      case Byte.openBracket:
        cursor.index += 1
        try cursor.skipBlanks(lines: true)
        guard cursor.byte != Byte.star else { throw unread("a splat") }
        let key = try self.expression(lines: true)
        try cursor.skipBlanks(lines: true)
        guard cursor.take(Byte.closeBracket) else { throw unread("an operator") }
        expression = .element(expression, key)
      default: return expression
      }
    }
    return expression
  }

  private mutating func primary() throws(HCLFault) -> HCLExpression {
    guard let byte = cursor.byte else { throw cursor.fault("nothing where a value should be") }
    switch byte {
    case Byte.quote: return .text(try quoted())
    case Byte.less:
      guard let parts = try heredoc() else { throw cursor.fault("nothing where a value should be") }
      return .text(parts)
    case Byte.openParenthesis:
      cursor.index += 1
      try cursor.skipBlanks(lines: true)
      let inner = try expression(lines: true)
      try cursor.skipBlanks(lines: true)
      guard cursor.take(Byte.closeParenthesis) else { throw unread("an operator") }
      return inner
    case Byte.openBracket:
      cursor.index += 1
      return .list(try list(endingAt: Byte.closeBracket).elements)
    case Byte.openBrace: return try object()
    case _ where Byte.isDigit(byte): return .number(number() ?? "0")
    case UInt8(ascii: "-"):
      cursor.index += 1
      guard let number = number() else { throw unread("an operator") }
      return .number("-" + number)
    default: break
    }
    guard let name = cursor.name() else { throw unread("an operator") }
    switch name {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    default: break
    }
    guard !cursor.isAt("::") else { throw unread("\(name)::") }
    let end = cursor.index
    try cursor.skipBlanks(lines: false)
    guard cursor.take(Byte.openParenthesis) else {
      cursor.index = end
      return .name(name)
    }
    let (arguments, isSpread) = try list(endingAt: Byte.closeParenthesis)
    return .call(name, arguments, isSpread: isSpread)
  }

  private mutating func number() -> String? {
    let start = cursor.index
    while let byte = cursor.byte, Byte.isDigit(byte) { cursor.index += 1 }
    guard cursor.index > start else { return nil }
    if cursor.byte == Byte.dot, cursor.byte(after: 1).map(Byte.isDigit) == true {
      cursor.index += 1
      while let byte = cursor.byte, Byte.isDigit(byte) { cursor.index += 1 }
    }
    // As it stands in a text: without zeros that say nothing.
    var digits = cursor.file.bytes[start..<cursor.index]
    if digits.contains(Byte.dot) {
      while digits.last == UInt8(ascii: "0") { digits.removeLast() }
      if digits.last == Byte.dot { digits.removeLast() }
    }
    while digits.first == UInt8(ascii: "0"), digits.dropFirst().first.map(Byte.isDigit) == true {
      digits.removeFirst()
    }
    return String(decoding: digits, as: UTF8.self)
  }

  private mutating func list(
    endingAt end: UInt8
  ) throws(HCLFault) -> (elements: [HCLExpression], isSpread: Bool) {
    var elements: [HCLExpression] = []
    while true {
      try cursor.skipBlanks(lines: true)
      if cursor.take(end) { return (elements, false) }
      if elements.isEmpty, end == Byte.closeBracket, isFor { throw unread("`for`") }
      elements.append(try expression(lines: true))
      try cursor.skipBlanks(lines: true)
      if cursor.isAt("...") {
        cursor.index += 3
        try cursor.skipBlanks(lines: true)
        guard cursor.take(end) else { throw cursor.fault("`...` before the last one") }
        return (elements, true)
      }
      guard cursor.take(Byte.comma) || cursor.byte == end else { throw unread("an operator") }
    }
  }

  private var isFor: Bool {
    cursor.isAt("for") && cursor.byte(after: 3).map { !Byte.continuesName($0) } == true
  }

  private mutating func object() throws(HCLFault) -> HCLExpression {
    cursor.index += 1
    var entries: [(key: HCLExpression.Key, value: HCLText)] = []
    while true {
      try cursor.skipBlanks(lines: true)
      if cursor.take(Byte.comma) { continue }
      if cursor.take(Byte.closeBrace) { return .object(entries) }
      if entries.isEmpty, isFor { throw unread("`for`") }
      let key = try key()
      try cursor.skipBlanks(lines: false)
      guard cursor.take(Byte.equals) || cursor.take(Byte.colon) else {
        throw unread("an operator")
      }
      try cursor.skipBlanks(lines: true)
      entries.append((key, try cursor.expression(endingAt: [Byte.comma, Byte.closeBrace])))
    }
  }

  private mutating func key() throws(HCLFault) -> HCLExpression.Key {
    let start = cursor.index
    if let name = cursor.name() {
      let end = cursor.index
      try cursor.skipBlanks(lines: false)
      if cursor.byte == Byte.equals || cursor.byte == Byte.colon {
        cursor.index = end
        return .name(name)
      }
      cursor.index = start
    }
    return .expression(try operand(lines: false))
  }

  // MARK: Texts

  private mutating func quoted() throws(HCLFault) -> [HCLExpression.Part] {
    cursor.index += 1
    var parts = Parts()
    while let byte = cursor.byte {
      switch byte {
      case Byte.quote:
        cursor.index += 1
        return parts.all()
      case Byte.newline: throw cursor.fault("a text without an end")
      case Byte.backslash: parts.bytes += try escape()
      default: try readTextByte(byte, &parts)
      }
    }
    throw cursor.fault("a text without an end")
  }

  private struct Parts {
    var bytes: [UInt8] = []
    private var done: [HCLExpression.Part] = []

    mutating func append(_ expression: HCLExpression) {
      finish()
      done.append(.expression(expression))
    }

    mutating func finish() {
      if !bytes.isEmpty { done.append(.literal(String(decoding: bytes, as: UTF8.self))) }
      bytes = []
    }

    mutating func all() -> [HCLExpression.Part] {
      finish()
      return done
    }
  }

  private mutating func readTextByte(_ byte: UInt8, _ parts: inout Parts) throws(HCLFault) {
    let isSign = hasTemplates && (byte == Byte.dollar || byte == Byte.percent)
    if isSign, cursor.byte(after: 1) == byte, cursor.byte(after: 2) == Byte.openBrace {
      parts.bytes += [byte, Byte.openBrace]
      cursor.index += 3
    } else if isSign, cursor.byte(after: 1) == Byte.openBrace {
      guard byte == Byte.dollar else { throw unread("`%{`") }
      cursor.index += 2
      // `~` takes off white space around.
      guard cursor.byte != UInt8(ascii: "~") else { throw unread("`${~`") }
      try cursor.skipBlanks(lines: true)
      parts.append(try expression(lines: true))
      try cursor.skipBlanks(lines: true)
      guard cursor.take(Byte.closeBrace) else { throw unread("an operator") }
    } else {
      parts.bytes.append(byte)
      cursor.index += 1
    }
  }

  private mutating func escape() throws(HCLFault) -> [UInt8] {
    let letter = cursor.byte(after: 1)
    cursor.index += 2
    switch letter {
    case UInt8(ascii: "n"): return [Byte.newline]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b") where !hasTemplates: return [0x08]
    case UInt8(ascii: "f") where !hasTemplates: return [0x0c]
    case Byte.slash where !hasTemplates: return [Byte.slash]
    case Byte.quote, Byte.backslash: return [letter ?? 0]
    case UInt8(ascii: "u"): return try scalar(digits: 4)
    case UInt8(ascii: "U") where hasTemplates: return try scalar(digits: 8)
    default: throw cursor.fault("an escape that HCL has not")
    }
  }

  private mutating func scalar(digits: Int) throws(HCLFault) -> [UInt8] {
    let end = min(cursor.index + digits, cursor.end)
    let text = String(decoding: cursor.file.bytes[min(cursor.index, end)..<end], as: UTF8.self)
    guard text.utf8.count == digits, let value = UInt32(text, radix: 16),
      let scalar = Unicode.Scalar(value)
    else { throw unread("an escape") }
    cursor.index = end
    return Array(String(scalar).utf8)
  }

  private mutating func heredoc() throws(HCLFault) -> [HCLExpression.Part]? {
    guard let marker = cursor.heredocMarker() else { return nil }
    var lines: [Range<Int>] = []
    while cursor.index < cursor.end {
      let line = cursor.nextLine()
      guard HCLFile.trimmed(cursor.file.bytes[line]) != marker.name else {
        let rest = cursor.index
        let parts = try heredoc(lines, isIndented: marker.isIndented)
        cursor.index = min(rest, line.upperBound)
        return parts
      }
      lines.append(line)
    }
    throw cursor.fault("a text without an end")
  }

  private mutating func heredoc(
    _ lines: [Range<Int>], isIndented: Bool
  ) throws(HCLFault) -> [HCLExpression.Part] {
    let bytes = cursor.file.bytes
    func indent(_ line: Range<Int>) -> Int {
      bytes[line].prefix { $0 == 0x20 || $0 == 0x09 }.count
    }
    let filled = lines.filter { !HCLFile.trimmed(bytes[$0]).isEmpty }
    let common = isIndented ? filled.map(indent).min() ?? 0 : 0
    var parts = Parts()
    for line in lines {
      cursor.index = line.lowerBound + min(common, indent(line))
      while cursor.index < line.upperBound, let byte = cursor.byte {
        try readTextByte(byte, &parts)
      }
      parts.bytes.append(Byte.newline)
    }
    return parts.all()
  }
}
