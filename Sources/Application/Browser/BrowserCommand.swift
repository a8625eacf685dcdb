import Core

/// A way to open a page: a program and its arguments.
package struct BrowserCommand: Equatable, Sendable {
  /// The program and its arguments; `%s` stands for the address, which comes last without it.
  package var words: [String]

  package init(_ words: [String]) { self.words = words }

  /// The program's name or path.
  package var program: String { words.first ?? "" }

  /// The arguments, the program's name among them, that open `address`.
  package func arguments(for address: String) -> [String] {
    guard words.contains(where: { $0.contains("%s") }) else { return words + [address] }
    return words.map { word in
      word.split(separator: "%s", omittingEmptySubsequences: false).joined(separator: address)
    }
  }

  /// The commands in a `BROWSER` variable: a list with colons, each a program or a command line
  /// with quotes and `%s` (https://www.catb.org/esr/BROWSER).
  ///
  /// A `&` at the end is taken off, since browsers are never waited for. An entry that begins with
  /// the path of a file is that program, blanks in its path or not.
  package static func list(
    _ variable: String, exists: (_ path: String) -> Bool = { _ in false }
  ) -> [BrowserCommand] {
    variable.split(separator: ":").compactMap { entry in
      if let (program, rest) = path(in: entry, exists) {
        return BrowserCommand(
          [program] + ShellWords(rest).words.filter { !$0.isEmpty && $0 != "&" })
      }
      var words = ShellWords(String(entry)).words.filter { !$0.isEmpty }
      if words.last == "&" { words.removeLast() }
      return words.isEmpty ? nil : BrowserCommand(words)
    }
  }

  /// The longest beginning of an entry that is the path of a file and has a blank in it, and what
  /// comes after it.
  private static func path(
    in entry: Substring, _ exists: (_ path: String) -> Bool
  ) -> (program: String, rest: String)? {
    guard entry.hasPrefix("/"), entry.utf8.count <= 4096 else { return nil }
    var end = entry.endIndex
    while let blank = entry[..<end].lastIndex(of: " ") {
      let program = String(entry[..<end])
      if exists(program) { return (program, String(entry[end...])) }
      end = blank
    }
    return nil
  }
}
