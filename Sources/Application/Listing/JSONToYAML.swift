/// JSON that we wrote, as block-style YAML.
///
/// Every text is a double-quoted scalar, so that no value can be read as something else.
enum JSONToYAML {
  package static func text(_ json: String) -> String {
    var translator = Translator(json)
    return translator.text()
  }

  /// Works on bytes: everything that JSON means outside of strings is ASCII.
  private struct Translator {
    private let source: [UInt8]
    private var index = 0
    private var result: [UInt8] = []

    init(_ json: String) {
      source = Array(json.utf8)
      result.reserveCapacity(source.count * 2)
    }

    mutating func text() -> String {
      value(indent: 0, isNested: false)
      return String(decoding: result, as: UTF8.self)
    }

    private var next: UInt8? { index < source.count ? source[index] : nil }

    private mutating func value(indent: Int, isNested: Bool) {
      switch next {
      case UInt8(ascii: "{"):
        collection("}", empty: " {}\n", isNested) { translator in
          translator.startLine(indent)
          translator.scalar()
          translator.index += 1
          translator.result.append(UInt8(ascii: ":"))
          translator.value(indent: indent + 2, isNested: true)
        }
      case UInt8(ascii: "["):
        collection("]", empty: " []\n", isNested) { translator in
          translator.startLine(indent)
          translator.result.append(UInt8(ascii: "-"))
          translator.value(indent: indent + 2, isNested: true)
        }
      default:
        result.append(UInt8(ascii: " "))
        scalar()
        result.append(UInt8(ascii: "\n"))
      }
    }

    private mutating func startLine(_ indent: Int) {
      for _ in 0..<indent { result.append(UInt8(ascii: " ")) }
    }

    private mutating func collection(
      _ end: Unicode.Scalar, empty: String, _ isNested: Bool, _ item: (inout Translator) -> Void
    ) {
      index += 1
      guard next != UInt8(ascii: end) else {
        index += 1
        result += empty.utf8
        return
      }
      if isNested { result.append(UInt8(ascii: "\n")) }
      while true {
        item(&self)
        let isLast = next != UInt8(ascii: ",")
        index += 1
        if isLast { return }
      }
    }

    // A JSON string, number or word: all of them are YAML too.
    private mutating func scalar() {
      let start = index
      if next == UInt8(ascii: "\"") {
        index += 1
        while let byte = next, byte != UInt8(ascii: "\"") {
          index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
      } else {
        while let byte = next, !",}]".utf8.contains(byte) { index += 1 }
      }
      index = min(index, source.count)
      result += source[start..<index]
    }
  }
}
