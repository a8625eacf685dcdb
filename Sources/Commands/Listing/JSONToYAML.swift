/// JSON that we wrote, as block-style YAML.
///
/// Every text is a double-quoted scalar, so that no value can be read as something else.
enum JSONToYAML {
  static func text(_ json: String) -> String {
    var reader = Reader(json)
    return reader.value(indent: 0, isNested: false)
  }

  private struct Reader {
    private var scalars: ArraySlice<Unicode.Scalar>

    init(_ json: String) { scalars = Array(json.unicodeScalars)[...] }

    mutating func value(indent: Int, isNested: Bool) -> String {
      switch scalars.first {
      case "{": return object(indent: indent, isNested: isNested)
      case "[": return array(indent: indent, isNested: isNested)
      default: return " \(scalar())\n"
      }
    }

    private mutating func object(indent: Int, isNested: Bool) -> String {
      scalars.removeFirst()
      if scalars.first == "}" {
        scalars.removeFirst()
        return " {}\n"
      }
      var result = isNested ? "\n" : ""
      repeat {
        let key = scalar()
        scalars.removeFirst()
        result += String(repeating: " ", count: indent) + "\(key):"
        result += value(indent: indent + 2, isNested: true)
      } while scalars.popFirst() == ","
      return result
    }

    private mutating func array(indent: Int, isNested: Bool) -> String {
      scalars.removeFirst()
      if scalars.first == "]" {
        scalars.removeFirst()
        return " []\n"
      }
      var result = isNested ? "\n" : ""
      repeat {
        result += String(repeating: " ", count: indent) + "-"
        result += value(indent: indent + 2, isNested: true)
      } while scalars.popFirst() == ","
      return result
    }

    // A JSON string, number or word: all of them are YAML too.
    private mutating func scalar() -> String {
      var result = ""
      guard scalars.first == "\"" else {
        while let next = scalars.first, ![",", "}", "]"].contains(next) {
          result.unicodeScalars.append(next)
          scalars.removeFirst()
        }
        return result
      }
      var isEscaped = false
      repeat {
        guard let next = scalars.popFirst() else { return result }
        result.unicodeScalars.append(next)
        if next == "\"", !isEscaped, result.unicodeScalars.count > 1 { return result }
        isEscaped = next == "\\" && !isEscaped
      } while true
    }
  }
}
