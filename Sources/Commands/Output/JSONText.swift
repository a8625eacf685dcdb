/// JSON written by hand: members stay in the order they are given, which an encoder does not
/// promise, and nothing is looked up at run time, which the hot commands cannot afford.
enum JSONText {
  /// A JSON string (RFC 8259 §7).
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// An object on one line; values are JSON already.
  static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { string($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
  }

  /// An array on one line; elements are JSON already.
  static func array(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ",") + "]"
  }

  /// The same JSON on several lines, two blanks a level, as atmos prints it.
  static func indented(_ json: String) -> String {
    var result = ""
    var depth = 0
    var inString = false
    var isEscaped = false
    var scalars = Array(json.unicodeScalars)[...]
    func newline() -> String { "\n" + String(repeating: "  ", count: depth) }
    while let scalar = scalars.popFirst() {
      if inString {
        result.unicodeScalars.append(scalar)
        if isEscaped {
          isEscaped = false
        } else if scalar == "\\" {
          isEscaped = true
        } else if scalar == "\"" {
          inString = false
        }
        continue
      }
      switch scalar {
      case "\"":
        inString = true
        result += "\""
      case "{", "[":
        result.unicodeScalars.append(scalar)
        if let next = scalars.first, next == "}" || next == "]" {
          result.unicodeScalars.append(next)
          scalars.removeFirst()
        } else {
          depth += 1
          result += newline()
        }
      case "}", "]":
        depth -= 1
        result += newline()
        result.unicodeScalars.append(scalar)
      case ",": result += "," + newline()
      case ":": result += ": "
      case " ", "\n", "\t", "\r": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\n"
  }
}
