/// The words of a shell's command line as far as they could be names of files.
enum FileWords {
  /// The words as a shell takes them apart, and what is left of them where quotes and operators count
  /// as blanks: more is looked at then than is run, and never less.
  static func words(of line: String) -> [String] {
    let line = withoutOutputs(line)
    let parts = line.split { $0.isWhitespace || "'\"`;|&()<>=${}\\".contains($0) }
      .map(String.init)
    let known = Set(parts)
    return parts + quoted(line).filter { !known.contains($0) }
  }

  /// Words, and what is in those that are a shell's line: `sh -c 'cat tools/code'`.
  static func inside(_ words: [String]) -> [String] {
    words.flatMap { word in
      word.contains { $0.isWhitespace || ";|&()<>$`".contains($0) }
        ? [word] + self.words(of: word) : [word]
    }
  }

  // A file that a command writes, and that no other word names, decides nothing.
  private static func withoutOutputs(_ line: String) -> String {
    var kept = ""
    var quote: Character?
    var rest = line[...]
    // `<>` opens a file for reading as well.
    while let character = rest.popFirst() {
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == "\\" {
        kept.append(character)
        if let next = rest.popFirst() { kept.append(next) }
        continue
      } else if character == ">", kept.last != "<" {
        kept.append(" ")
        let after = rest.drop { ">|&".contains($0) }.drop { $0 == " " || $0 == "\t" }
        let isPlain = after.first.map { !"'\"(\\$`".contains($0) } ?? false
        if isPlain { rest = after.drop { !$0.isWhitespace && !";|&()<>".contains($0) } }
        continue
      }
      kept.append(character)
    }
    return kept
  }

  private static func quoted(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    var isEscaped = false
    for character in line {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character.isWhitespace || ";|&()<>`".contains(character) {
        words.append(word)
        word = ""
      } else {
        word.append(character)
      }
    }
    return (words + [word]).filter { !$0.isEmpty }
  }
}
