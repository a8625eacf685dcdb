/// A command line as a shell would take it apart, by quotes and backslashes alone: there are no
/// variables, patterns or operators.
public struct ShellWords {
  /// What a backslash does inside double quotes, and what separates words.
  public enum Rules: Sendable {
    /// As POSIX shells: it escapes `$`, `` ` ``, `"` and itself. Blanks and tabs separate words.
    case shell
    /// As Python's `shlex.split`, by which the AWS CLI splits a `credential_process`: it escapes `"`
    /// and itself. Line ends separate words as well.
    case shlex

    fileprivate var escaped: String { self == .shell ? "$`\"\\" : "\"\\" }

    fileprivate func isBlank(_ character: Character) -> Bool {
      let isBlank = character == " " || character == "\t"
      return self == .shell
        ? isBlank : isBlank || character == "\n" || character == "\r" || character == "\r\n"
    }
  }

  /// The words, quotes removed; the last one is being typed and may be empty.
  public private(set) var words: [String]
  /// Whether the last word is inside quotes.
  public private(set) var isQuoteOpen: Bool
  /// The words of a line that is finished: without an empty one after the last blank.
  public private(set) var finished: [String]
  /// Whether all quotes are closed, and no backslash is at the end.
  public private(set) var isComplete: Bool

  /// The words of a whole command; `nil` when a quote is not closed.
  public static func command(_ text: String, _ rules: Rules) -> [String]? {
    let parsed = ShellWords(text, rules)
    return parsed.isComplete ? parsed.finished : nil
  }

  /// Takes a line apart, up to the cursor.
  public init(_ line: String, _ rules: Rules = .shell) {
    var finished: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        // Inside double quotes a backslash before anything else is a backslash.
        if quote != nil, !rules.escaped.contains(character) { word = (word ?? "") + "\\" }
        word = (word ?? "") + String(character)
        isEscaped = false
      } else if let open = quote {
        if character == open {
          quote = nil
        } else if character == "\\", open == "\"" {
          isEscaped = true
        } else {
          word = (word ?? "") + String(character)
        }
      } else if character == "\\" {
        isEscaped = true
        word = word ?? ""
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if rules.isBlank(character) {
        if let done = word { finished.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    words = finished + [word ?? ""]
    self.finished = finished + (word.map { [$0] } ?? [])
    isQuoteOpen = quote != nil
    isComplete = quote == nil && !isEscaped
  }

  /// `text` with a backslash before everything that a POSIX shell would not take as it is.
  public static func escaped(_ text: String) -> String {
    text.map { character in
      character.isLetter || character.isNumber || "-_./@+:=,%".contains(character)
        ? String(character) : "\\\(character)"
    }.joined()
  }
}
