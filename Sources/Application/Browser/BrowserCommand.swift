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
  /// A `&` at the end is taken off, since browsers are never waited for.
  package static func list(_ variable: String) -> [BrowserCommand] {
    variable.split(separator: ":").compactMap { entry in
      var words = ShellWords(String(entry)).words.filter { !$0.isEmpty }
      if words.last == "&" { words.removeLast() }
      return words.isEmpty ? nil : BrowserCommand(words)
    }
  }
}
