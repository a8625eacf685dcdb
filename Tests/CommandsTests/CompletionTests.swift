import ArgumentParser
import Core
import Foundation
import Testing

@testable import Application
@testable import Commands

@Suite struct CompletionTests {
  @Test(arguments: [
    ("atmos-auth login ", ["atmos-auth", "login", ""], false),
    ("atmos-auth -i 'a b", ["atmos-auth", "-i", "a b"], true),
    (#"atmos-auth a\ b"#, ["atmos-auth", "a b"], false),
    (#"x "q\"r" s"#, ["x", "q\"r", "s"], false),
    ("x ''", ["x", ""], false),
  ])
  func `a line is taken apart as a shell would`(line: String, words: [String], open: Bool) {
    let taken = ShellWords(line)
    #expect(taken.words == words)
    #expect(taken.isQuoteOpen == open)
  }

  @Test func `what a shell would expand is escaped`() {
    #expect(ShellWords.escaped("core:admin") == "core:admin")
    #expect(ShellWords.escaped("a b$(x)`'") == #"a\ b\$\(x\)\`\'"#)
  }

  // The dump is the parser's own description of every command and option.
  @Test func `the completion table says what the parser says`() throws {
    let dump = try JSONDecoder().decode(Dump.self, from: Data(AtmosAuth._dumpHelp().utf8))
    let commands = dump.command.subcommands ?? []
    let visible = commands.filter { $0.commandName != "help" && $0.shouldDisplay != false }
    #expect(
      Set(visible.map(\.commandName)) == Set(CompletionTable.commands.map(\.name)))
    for command in visible {
      let table = try #require(
        CompletionTable.commands.first { $0.name == command.commandName })
      try compare(command, table)
    }
  }

  private func compare(_ command: Dump.Command, _ table: CompletionTable.Command) throws {
    if !table.subcommands.isEmpty {
      for subcommand in command.subcommands ?? [] where subcommand.commandName != "help" {
        let inner = try #require(
          table.subcommands.first { $0.name == subcommand.commandName })
        try compare(subcommand, inner)
      }
      return
    }
    let parsed = (command.arguments ?? []).filter { $0.kind != "positional" && $0.shouldDisplay }
    let names = Set(parsed.flatMap { ($0.names ?? []).map(\.spelled) })
    let known = Set(table.allOptions.flatMap(\.names))
    #expect(names.subtracting(["--version"]) == known, "\(table.name)")
    for argument in parsed {
      guard let name = argument.names?.first?.spelled else { continue }
      let option = table.allOptions.first { $0.names.contains(name) }
      #expect((option?.value != nil) == (argument.kind == "option"), "\(table.name) \(name)")
    }
  }

  private struct Dump: Decodable {
    var command: Command
    struct Command: Decodable {
      var commandName: String
      var shouldDisplay: Bool?
      var subcommands: [Command]?
      var arguments: [Argument]?
    }
    struct Argument: Decodable {
      var kind: String
      var shouldDisplay: Bool
      var names: [Name]?
    }
    struct Name: Decodable {
      var kind: String
      var name: String
      var spelled: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }
  }
}
