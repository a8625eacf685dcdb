internal import Core

/// Finds the values of expressions, without running anything and without a network.
///
/// One is for one unit: it has a bound on all that it does, and notes the files that it reads.
final class HCLEvaluation {
  let environment: [String: String]
  let yaml: YAMLDecoder
  /// The files that were read, each once.
  private(set) var files: [String] = []
  private var known: [String: HCLFile] = [:]
  private var work = 0
  private var depth = 0

  /// The largest file, in bytes.
  static let fileLimit = 1 << 20
  /// How many files one unit may lead to.
  static let maximumFiles = 64
  /// The longest text, in bytes.
  static let maximumText = 1 << 16
  /// How much is done for one unit, in bytes that are looked at.
  private static let maximumWork = 32 << 20
  /// How deep values may lead to each other.
  private static let maximumDepth = 200

  init(environment: [String: String], yaml: @escaping YAMLDecoder) {
    self.environment = environment
    self.yaml = yaml
  }

  /// Notes how much is done.
  func spend(_ amount: Int, for place: @autoclosure () -> HCLPlace) throws(HCLFault) {
    work += amount
    guard work <= Self.maximumWork else {
      throw HCLFault(kind: .unread, place: place(), what: "too much to find its value")
    }
  }

  // MARK: Files

  /// Reads a file; `nil` if there is none.
  func file(
    _ path: String, for place: @autoclosure () -> HCLPlace
  ) throws(HCLFault) -> HCLFile? {
    if let file = known[path] {
      try spend(file.bytes.count, for: place())
      return file
    }
    guard files.count < Self.maximumFiles else {
      throw HCLFault(kind: .unread, place: place(), what: "too many files")
    }
    let bytes: [UInt8]?
    do throws(AuthError) {
      bytes = try FileSystem.readFile(path, limit: Self.fileLimit)
    } catch {
      throw HCLFault(kind: .unread, place: place(), what: error.message)
    }
    guard let bytes else { return nil }
    try spend(bytes.count, for: place())
    let file = HCLFile(path: path, bytes)
    files.append(path)
    known[path] = file
    return file
  }

  /// A file of terragrunt's, read for a unit; `nil` if there is none.
  func scope(
    _ path: String, unit: String, for place: @autoclosure () -> HCLPlace
  ) throws(HCLFault) -> HCLScope? {
    guard let file = try file(path, for: place()) else { return nil }
    guard !path.hasSuffix(".json") else {
      throw HCLFault(kind: .unread, place: file.place(0), what: "a file of JSON")
    }
    return HCLScope(file, try HCLBody(file), unit: unit)
  }

  // MARK: Values

  /// The value of an expression.
  func value(
    of text: HCLText, in scope: HCLScope, hasTemplates: Bool = true
  ) throws(HCLFault) -> HCLValue {
    try spend(text.range.count, for: text.place)
    let expression = try HCLExpressionReader.read(text, hasTemplates: hasTemplates)
    return try value(of: expression, Place(text, scope, hasTemplates: hasTemplates))
  }

  /// The expression around the one whose value is found.
  struct Place {
    var text: HCLText
    var scope: HCLScope
    var hasTemplates: Bool

    init(_ text: HCLText, _ scope: HCLScope, hasTemplates: Bool = true) {
      self.text = text
      self.scope = scope
      self.hasTemplates = hasTemplates
    }

    func unread(_ what: String) -> HCLFault {
      HCLFault(kind: .unread, place: text.place, what: what)
    }

    func mistake(_ what: String) -> HCLFault {
      HCLFault(kind: .mistake, place: text.place, what: what)
    }
  }

  func value(of expression: HCLExpression, _ place: Place) throws(HCLFault) -> HCLValue {
    try spend(100, for: place.text.place)
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw place.unread("too long a way to its value") }
    switch expression {
    case .text(let parts): return .text(try text(of: parts, place))
    case .number(let text): return .number(text)
    case .bool(let isTrue): return .bool(isTrue)
    case .null: return .null
    case .name("local"): return .locals(place.scope)
    case .name("include"): return try includes(place)
    case .name(let name): throw place.unread("`\(name)`")
    case .member(let base, let name): return try member(name, of: base, place)
    case .element(let base, let key):
      return try element(try value(of: key, place), of: try value(of: base, place), place)
    case .call(let name, let arguments, let isSpread):
      guard !isSpread else { throw place.unread("`...`") }
      return try HCLCall(name, arguments, place, self).value()
    case .list(let elements):
      var values: [HCLValue] = []
      for element in elements { values.append(try value(of: element, place)) }
      return .list(values)
    case .object(let entries):
      var values: [String: HCLValue] = [:]
      for entry in entries {
        let key: String
        switch entry.key {
        case .name(let name): key = name
        case .expression(let expression):
          key = try text(try value(of: expression, place), place)
        }
        values[key] = .unread(entry.value, place.scope, hasTemplates: place.hasTemplates)
      }
      return .object(values)
    case .not(let inner): return .bool(try !bool(inner, place))
    case .operation(let operation, let left, let right):
      return .bool(try result(of: operation, left, right, place))
    case .condition(let condition, let yes, let no):
      return try value(of: try bool(condition, place) ? yes : no, place)
    }
  }

  private func text(
    of parts: [HCLExpression.Part], _ place: Place
  ) throws(HCLFault) -> String {
    var result = ""
    for part in parts {
      switch part {
      case .literal(let text): result += text
      case .expression(let expression):
        result += try text(try value(of: expression, place), place)
      }
      guard result.utf8.count <= Self.maximumText else { throw place.unread("too long a text") }
    }
    try spend(result.utf8.count, for: place.text.place)
    return result
  }

  /// A value as text.
  func text(_ value: HCLValue, _ place: Place) throws(HCLFault) -> String {
    guard let text = try simple(value).text else { throw place.mistake("a value that is not text") }
    return text
  }

  private func bool(_ expression: HCLExpression, _ place: Place) throws(HCLFault) -> Bool {
    switch try simple(try value(of: expression, place)) {
    case .bool(let isTrue): return isTrue
    case .text("true"): return true
    case .text("false"): return false
    default: throw place.mistake("a value that is neither true nor false")
    }
  }

  private func result(
    of operation: HCLExpression.Operation, _ left: HCLExpression, _ right: HCLExpression,
    _ place: Place
  ) throws(HCLFault) -> Bool {
    switch operation {
    // Both sides are looked at, as in HCL.
    case .or:
      let (left, right) = (try bool(left, place), try bool(right, place))
      return left || right
    case .and:
      let (left, right) = (try bool(left, place), try bool(right, place))
      return left && right
    case .equal, .unequal:
      let (left, right) = (
        try simple(try value(of: left, place)), try simple(try value(of: right, place))
      )
      guard let isEqual = left.equals(right) else { throw place.unread("`==` of lists or maps") }
      return isEqual == (operation == .equal)
    }
  }

  /// A value that was not read yet, read.
  func simple(_ value: HCLValue) throws(HCLFault) -> HCLValue {
    switch value {
    case .unread(let text, let scope, let hasTemplates):
      return try simple(try self.value(of: text, in: scope, hasTemplates: hasTemplates))
    case .ambiguous(let place):
      throw HCLFault(
        kind: .unread, place: place, what: "a value of `yamldecode()` without quotes")
    default: return value
    }
  }

  // MARK: Members

  private func member(
    _ name: String, of base: HCLExpression, _ place: Place
  ) throws(HCLFault) -> HCLValue {
    if case .name(let root) = base, !["local", "include"].contains(root) {
      throw place.unread("`\(root).\(name)`")
    }
    return try member(name, of: try value(of: base, place), place)
  }

  func member(_ name: String, of base: HCLValue, _ place: Place) throws(HCLFault) -> HCLValue {
    switch try simple(base) {
    case .object(let entries):
      guard let value = entries[name] else { throw place.mistake("no `\(name)`") }
      return try simple(value)
    case .locals(let scope): return try local(name, of: scope, place)
    case .file(let scope):
      if name == "locals" { return .locals(scope) }
      guard let text = scope.body.attributes[name] else { throw place.unread("`\(name)`") }
      return try value(of: text, in: scope)
    default: throw place.mistake("no `\(name)`")
    }
  }

  private func local(
    _ name: String, of scope: HCLScope, _ place: Place
  ) throws(HCLFault) -> HCLValue {
    if let known = scope.locals[name] {
      guard let known else { throw place.mistake("`local.\(name)` by itself") }
      return known
    }
    guard let text = scope.local(name) else { throw place.mistake("no `local.\(name)`") }
    guard scope.locals.count < 10_000 else { throw place.unread("too many locals") }
    scope.locals[name] = .some(nil)
    do throws(HCLFault) {
      let value = try value(of: text, in: scope)
      scope.locals[name] = value
      return value
    } catch {
      scope.locals[name] = nil
      throw error
    }
  }

  private func element(
    _ key: HCLValue, of base: HCLValue, _ place: Place
  ) throws(HCLFault) -> HCLValue {
    guard case .list(let elements) = try simple(base) else {
      return try member(try text(key, place), of: base, place)
    }
    guard let index = Int(try text(key, place)), elements.indices.contains(index) else {
      throw place.mistake("no such element")
    }
    return try simple(elements[index])
  }

  private func includes(_ place: Place) throws(HCLFault) -> HCLValue {
    var values: [String: HCLValue] = [:]
    for include in place.scope.includes {
      guard let scope = try scope(include.path, unit: place.scope.unit, for: place.text.place)
      else { continue }
      scope.includes = [include]
      guard !include.name.isEmpty else { return .file(scope) }
      values[include.name] = .file(scope)
    }
    return .object(values)
  }
}
