/// What an expression stands for.
indirect enum HCLValue {
  case text(String)
  case number(String)
  case bool(Bool)
  case null
  case list([HCLValue])
  case object([String: HCLValue])
  /// A value of a file in YAML that readers take for different things.
  case ambiguous(HCLPlace)
  /// A value that is read when it is asked for.
  case unread(HCLText, HCLScope, hasTemplates: Bool)
  /// A file as `read_terragrunt_config` or `include` gives it.
  case file(HCLScope)
  /// The `locals` of a file.
  case locals(HCLScope)

  /// It as text, as it stands in a template; `nil` for what has none.
  var text: String? {
    switch self {
    case .text(let text), .number(let text): text
    case .bool(let isTrue): isTrue ? "true" : "false"
    default: nil
    }
  }

  /// Whether two values of one simple type are the same; `nil` for others.
  func equals(_ other: HCLValue) -> Bool? {
    switch (self, other) {
    case (.text(let left), .text(let right)): left == right
    case (.number(let left), .number(let right)): Double(left) == Double(right)
    case (.bool(let left), .bool(let right)): left == right
    case (.null, .null): true
    case (.null, .text), (.null, .number), (.null, .bool), (.text, .null), (.number, .null),
      (.bool, .null), (.text, .number), (.number, .text), (.text, .bool), (.bool, .text):
      false
    default: nil
    }
  }
}

/// A file in its place: what its names mean depends on the unit that it is read for.
final class HCLScope {
  /// An include block of a unit.
  struct Include {
    /// The block's label; empty without one.
    var name: String
    /// The file.
    var path: String
  }

  let file: HCLFile
  let body: HCLBody
  /// The file of the unit, whose directory functions go by.
  let unit: String
  /// What the unit includes; of an included file, that it is.
  var includes: [Include] = []
  /// The values of locals so far; `nil` for one that is just being found.
  var locals: [String: HCLValue?] = [:]

  init(_ file: HCLFile, _ body: HCLBody, unit: String) {
    self.file = file
    self.body = body
    self.unit = unit
  }

  /// The directory of the unit.
  var directory: String { Paths.parent(of: unit) }

  /// How the local of a name is written; `nil` if there is none.
  func local(_ name: String) -> HCLText? {
    body.blocks.lazy.filter { $0.type == "locals" }.compactMap { $0.body.attributes[name] }.first
  }
}
