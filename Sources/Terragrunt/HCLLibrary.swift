/// The functions of OpenTofu that names and ARNs of roles are put together with.
struct HCLLibrary {
  private let call: HCLCall

  init(_ call: HCLCall) {
    self.call = call
  }

  private var place: HCLEvaluation.Place { call.place }

  /// What the function gives.
  func value() throws(HCLFault) -> HCLValue {
    switch call.name {
    case "basename": return .text(Paths.name(of: try call.text(0)))
    case "dirname": return .text(Paths.clean(Paths.parent(of: try call.text(0))))
    case "abspath":
      return .text(Paths.absolute(try call.text(0), from: place.scope.directory))
    case "lower": return .text(try call.text(0).lowercased())
    case "upper": return .text(try call.text(0).uppercased())
    case "trimspace": return .text(try trimmed(" \t\r\n"))
    case "trim": return .text(try trimmed(try call.text(1)))
    case "trimprefix":
      let (text, prefix) = (try call.text(0), try call.text(1))
      return .text(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    case "trimsuffix":
      let (text, suffix) = (try call.text(0), try call.text(1))
      return .text(text.hasSuffix(suffix) ? String(text.dropLast(suffix.count)) : text)
    case "tostring": return .text(try call.text(0))
    case "format": return .text(try formatted())
    case "join": return .text(try joined())
    case "split": return .list(try split())
    case "replace": return .text(try replaced())
    case "lookup": return try lookedUp()
    case "element": return try element()
    case "length": return .number(try length())
    case "concat": return .list(try concatenated())
    case "merge": return .object(try merged())
    case "contains": return .bool(try contains())
    case "coalesce": return try coalesced()
    default: throw place.unread("`\(call.name)()`")
    }
  }

  private func bounded(_ text: String) throws(HCLFault) -> String {
    guard text.utf8.count <= HCLEvaluation.maximumText else {
      throw place.unread("too long a text")
    }
    return text
  }

  private func trimmed(_ characters: String) throws(HCLFault) -> String {
    let text = try call.text(0).drop { characters.contains($0) }
    return String(String(text.reversed().drop { characters.contains($0) }).reversed())
  }

  private func formatted() throws(HCLFault) -> String {
    var result = ""
    var rest = try call.text(0)[...]
    var index = 1
    while let sign = rest.firstIndex(of: "%") {
      result += rest[..<sign]
      rest = rest[sign...].dropFirst()
      switch rest.popFirst() {
      case "%": result += "%"
      case "s", "d", "v":
        result += try call.text(index)
        index += 1
      default: throw place.unread("`format()` with another verb than %s, %d and %v")
      }
      result = try bounded(result)
    }
    return try bounded(result + rest)
  }

  private func joined() throws(HCLFault) -> String {
    let separator = try call.text(0)
    var texts: [String] = []
    for index in call.arguments.indices.dropFirst() {
      for element in try call.list(index) { texts.append(try call.evaluation.text(element, place)) }
    }
    let length = texts.reduce(texts.count * separator.utf8.count) { $0 + $1.utf8.count }
    guard length <= HCLEvaluation.maximumText else { throw place.unread("too long a text") }
    return texts.joined(separator: separator)
  }

  private func split() throws(HCLFault) -> [HCLValue] {
    let (separator, text) = (try call.text(0), try call.text(1))
    guard !separator.isEmpty else { return text.map { .text(String($0)) } }
    var parts: [HCLValue] = []
    var rest = text[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(.text(String(rest[..<range.lowerBound])))
      rest = rest[range.upperBound...]
    }
    return parts + [.text(String(rest))]
  }

  private func replaced() throws(HCLFault) -> String {
    let (text, old, new) = (try call.text(0), try call.text(1), try call.text(2))
    // Between slashes it is a regular expression.
    guard !(old.hasPrefix("/") && old.hasSuffix("/") && old.utf8.count > 1), !old.isEmpty else {
      throw place.unread("`replace()` of a pattern")
    }
    return try bounded(text.replacing(old, with: new, maxReplacements: 1_000))
  }

  private func lookedUp() throws(HCLFault) -> HCLValue {
    let key = try call.text(1)
    guard case .object(let entries) = try call.argument(0) else {
      throw place.unread("`lookup()` in something else than a map")
    }
    if let value = entries[key] { return try call.evaluation.simple(value) }
    return try call.argument(2)
  }

  private func element() throws(HCLFault) -> HCLValue {
    let elements = try call.list(0)
    guard let index = Int(try call.text(1)), index >= 0, !elements.isEmpty else {
      throw place.mistake("no such element")
    }
    return try call.evaluation.simple(elements[index % elements.count])
  }

  private func length() throws(HCLFault) -> String {
    switch try call.argument(0) {
    case .text(let text): return String(text.count)
    case .list(let elements): return String(elements.count)
    case .object(let entries): return String(entries.count)
    default: throw place.unread("`length()`")
    }
  }

  private func concatenated() throws(HCLFault) -> [HCLValue] {
    var elements: [HCLValue] = []
    for index in call.arguments.indices {
      elements += try call.list(index)
      guard elements.count <= 10_000 else { throw place.unread("too long a list") }
    }
    return elements
  }

  private func merged() throws(HCLFault) -> [String: HCLValue] {
    var result: [String: HCLValue] = [:]
    for index in call.arguments.indices {
      switch try call.argument(index) {
      case .object(let entries):
        try call.evaluation.spend(50 * entries.count, for: place.text.place)
        result.merge(entries) { $1 }
      case .null: continue
      default: throw place.unread("`merge()` of something else than maps")
      }
    }
    return result
  }

  private func contains() throws(HCLFault) -> Bool {
    let wanted = try call.argument(1)
    for element in try call.list(0) {
      guard let isEqual = try call.evaluation.simple(element).equals(wanted) else {
        throw place.unread("`contains()` of lists or maps")
      }
      if isEqual { return true }
    }
    return false
  }

  private func coalesced() throws(HCLFault) -> HCLValue {
    for index in call.arguments.indices {
      switch try call.argument(index) {
      case .null, .text(""): continue
      case let value: return value
      }
    }
    throw place.mistake("`coalesce()` of nothing")
  }
}
