internal import CYAML
internal import Core
internal import Model

/// Says in a person's words what libyaml found wrong.
enum YAMLFault {
  /// The diagnostic for the error that `parser` stopped at.
  static func diagnostic(
    of parser: yaml_parser_t, _ text: UnsafeBufferPointer<UInt8>, file: String
  ) -> Diagnostic {
    let problem = parser.problem.map { String(cString: $0) } ?? "it is not YAML"
    let context = parser.context.map { String(cString: $0) } ?? ""
    if parser.error == YAML_READER_ERROR {
      return encoding(problem, offset: parser.problem_offset, text, file: file)
    }
    var mark = parser.problem_mark
    var sentence = problem
    var suggestion: String?
    switch problem {
    case "found character that cannot start any token":
      let character = character(at: mark.index, text)
      if character == "\t" {
        sentence = "a tab cannot indent YAML"
        suggestion = "indent with blanks"
      } else {
        sentence = "a value cannot begin with `\(DisplayText.sanitized(String(character)))`"
        suggestion = "put the value in quotes"
      }
    case "mapping values are not allowed in this context":
      sentence = "a `:` followed by a blank is not allowed here"
      suggestion = "put the value in quotes, or look at the indentation"
    case "did not find expected key", "did not find expected '-' indicator":
      sentence = "this line does not line up with the ones above it"
      suggestion = "look at the indentation here and above"
    case "could not find expected ':'":
      sentence = "a key has no `:` after it"
      suggestion = "write `key: value`, with a blank after the colon"
      if context == "while scanning a simple key" { mark = parser.context_mark }
    case "found unexpected end of stream", "found unexpected document indicator":
      if context.contains("quoted scalar") {
        sentence = "a quote is opened here and never closed"
        mark = parser.context_mark
      }
    case "did not find expected ',' or ']'":
      sentence = "a `[` is opened here and not closed"
      mark = parser.context_mark
    case "did not find expected ',' or '}'":
      sentence = "a `{` is opened here and not closed"
      mark = parser.context_mark
    case "found a tab character that violates indentation",
      "found a tab character where an indentation space is expected":
      sentence = "a tab cannot indent YAML"
      suggestion = "indent with blanks"
    case "did not find expected node content":
      sentence = "a `[` or `{` is not closed before this"
    default:
      // libyaml after 0.2.5 has a limit of its own, which counts what it read ahead.
      if problem.contains("Maximum nesting level") { sentence = "values are nested too deep" }
    }
    return Diagnostic(
      .error, "not valid YAML: \(sentence)",
      mark: SourceMark(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1),
      suggestion: suggestion, code: "syntax")
  }

  private static func encoding(
    _ problem: String, offset: Int, _ text: UnsafeBufferPointer<UInt8>, file: String
  ) -> Diagnostic {
    let before = text[..<min(offset, text.count)]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let column = String(decoding: before[start...], as: UTF8.self).unicodeScalars.count + 1
    let isControl = problem == "control characters are not allowed"
    return Diagnostic(
      .error,
      isControl
        ? "not valid YAML: there is a control character here"
        : "not valid YAML: the text is not UTF-8 here",
      mark: SourceMark(file: file, line: line, column: column),
      suggestion: isControl ? "remove it, or write it as an escape in double quotes" : nil,
      code: "syntax")
  }

  private static func character(at index: Int, _ text: UnsafeBufferPointer<UInt8>) -> Character {
    // libyaml counts characters; the byte is found by counting the bytes that begin one.
    var seen = 0
    for (offset, byte) in text.enumerated() where byte & 0xc0 != 0x80 {
      if seen == index {
        return String(decoding: text[offset..<min(offset + 4, text.count)], as: UTF8.self).first
          ?? " "
      }
      seen += 1
    }
    return " "
  }
}
