import ArgumentParser
import Testing

@testable import Commands

/// Help is wrapped by the parser, to the width of the terminal, and so never by hand.
struct HelpTests {
  private static func all(_ root: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    let groups = root.configuration.groupedSubcommands.flatMap(\.subcommands)
    return [root] + (root.configuration.subcommands + groups).flatMap(all)
  }

  private static func page(_ command: any ParsableCommand.Type, _ columns: Int) -> [String] {
    let root: any ParsableCommand.Type =
      all(ReplWords.self).contains { $0 == command } ? ReplWords.self : AtmosAuth.self
    return root.helpMessage(for: command, columns: columns)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Lines that end before the next word would have had to: where the text was wrapped by hand.
  private static func shortLines(_ page: [String], _ columns: Int) -> [String] {
    let usage = page.firstIndex { $0.hasPrefix("USAGE:") } ?? 0
    return zip(page, page.dropFirst()).enumerated().filter { number, pair in
      let (line, next) = pair
      let depth = next.prefix { $0 == " " }.count
      // Examples are indented in the overview; what follows in the column of the helps goes on.
      let isProse = number < usage ? depth == 0 && !line.hasPrefix(" ") : depth >= 26
      guard isProse, !line.isEmpty, let word = next.split(separator: " ").first else {
        return false
      }
      // The name of an option may be too long for a help beside it.
      if number > usage, line.prefix(26).count < 26 || !line.dropFirst(26).contains(" ") {
        return false
      }
      return line.count + 1 + word.count < columns
    }.map(\.element.0)
  }

  @Test(arguments: [80, 100]) func `no line of a help page is too wide or too short`(columns: Int) {
    let commands = Self.all(AtmosAuth.self) + Self.all(ReplWords.self)
    #expect(commands.count > 40)
    for command in commands {
      let page = Self.page(command, columns)
      #expect(page.filter { $0.count > columns } == [], "\(command)")
      #expect(Self.shortLines(page, columns) == [], "\(command)")
    }
  }

  @Test func `text that was wrapped by hand is found`() {
    let page = [
      "OVERVIEW: Do something.", "", "A line of text that ends", "long before it has to.", "",
      "USAGE: do",
    ]
    #expect(Self.shortLines(page, 80) == ["A line of text that ends"])
    #expect(Self.shortLines(page, 28) == [])
  }

  @Test func `no example is broken`() {
    for command in Self.all(AtmosAuth.self) + Self.all(ReplWords.self) {
      let widest =
        command.configuration.discussion.split(separator: "\n")
        .filter { $0.hasPrefix("  ") }.map(\.count).max() ?? 0
      #expect(widest <= 80, "\(command)")
    }
  }
}
