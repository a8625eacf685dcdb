/// A command line as a shell would take it apart, up to the cursor.
public struct ShellWords {
  /// The words, quotes removed; the last one is being typed and may be empty.
  public private(set) var words: [String]
  /// Whether the last word is inside quotes.
  public private(set) var isQuoteOpen: Bool
  /// The words of a line that is finished: without an empty one after the last blank.
  public private(set) var finished: [String]

  /// Takes a line apart.
  public init(_ line: String) {
    var finished: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
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
      } else if character == " " || character == "\t" {
        if let done = word { finished.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    words = finished + [word ?? ""]
    self.finished = finished + (word.map { [$0] } ?? [])
    isQuoteOpen = quote != nil
  }

  /// `text` with a backslash before everything that a POSIX shell would not take as it is.
  public static func escaped(_ text: String) -> String {
    text.map { character in
      character.isLetter || character.isNumber || "-_./@+:=,%".contains(character)
        ? String(character) : "\\\(character)"
    }.joined()
  }
}
