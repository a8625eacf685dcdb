import AuthConfiguration
import Model
import Terragrunt

/// What `yamldecode()` in files of terragrunt's reads.
enum TerragruntYAML {
  /// The values of a text; `nil` for one that is not YAML, or has tags.
  static func decode(_ bytes: [UInt8]) -> DecodedValue? {
    let (root, faults) = ForeignYAML.read(bytes, file: "")
    var rest = maximumValues
    let value = value(of: root, &rest)
    return faults.isEmpty && rest > 0 ? value : nil
  }

  /// How many values are read; an alias counts each time.
  private static let maximumValues = 10_000

  private static func value(of node: ConfigNode, _ rest: inout Int) -> DecodedValue {
    rest -= 1
    guard node.expression == nil, rest > 0 else { return .unknown }
    switch node.content {
    case .null: return .null
    case .scalar(let text, isQuoted: true): return .text(text)
    case .scalar(let text, isQuoted: false): return plain(text)
    case .sequence(let elements): return .list(elements.map { value(of: $0, &rest) })
    case .mapping(let entries):
      return .object(
        Dictionary(entries.map { ($0.key, value(of: $0.value, &rest)) }, uniquingKeysWith: { $1 }))
    }
  }

  // What stands there without quotes: versions of YAML differ in what is a number and what is yes.
  private static func plain(_ text: String) -> DecodedValue {
    switch text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "0": return .number(text)
    default: break
    }
    if ["y", "n", "yes", "no", "on", "off", "true", "false", "<<", "="].contains(text.lowercased())
    {
      return .unknown
    }
    guard let first = text.utf8.first, "0123456789+-.".utf8.contains(first) else {
      return .text(text)
    }
    if first != UInt8(ascii: "0"), text.utf8.count <= 15,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    {
      return .number(text)
    }
    let isLikeNumber = text.utf8.allSatisfy {
      "0123456789abcdefABCDEFxXoO+-._:TZinN".utf8.contains($0)
    }
    return isLikeNumber ? .unknown : .text(text)
  }
}
