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
    (#"x "a\n\$b""#, ["x", #"a\n$b"#], false), ("x ''", ["x", ""], false),
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

  // One statement of each option: the parser's. What it says is written down for speed.
  @Test func `the completion table is what the parser says`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Commands/Completion/CompletionTable+Generated.swift")
      .standardizedFileURL
    let source = try CompletionTableSource.text()
    // scripts/make-completion-table asks for the file; else it is compared.
    if ProcessInfo.processInfo.environment["ATMOS_AUTH_MAKE_COMPLETION_TABLE"] != nil {
      try source.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(
      try String(contentsOf: file, encoding: .utf8) == source,
      "run scripts/make-completion-table, then build")
  }
}
