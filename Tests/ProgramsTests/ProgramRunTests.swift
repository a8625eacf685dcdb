import Core
import Foundation
import Synchronization
import Testing

@testable import Programs

@Suite struct ProgramRunTests {
  private static let environment = ["PATH": "/usr/bin:/bin", "WORD": "from here"]

  private func shell(
    _ script: String, input: Secret? = nil, within limit: Duration = .seconds(60),
    onErrorLine: (@Sendable (String) -> Void)? = nil
  ) async -> ProgramRun.Outcome {
    signal(SIGPIPE, SIG_IGN)
    return await ProgramRun(
      ["sh", "-c", script], environment: Self.environment, input: input, onErrorLine: onErrorLine
    ).result(within: limit)
  }

  private func ended(_ outcome: ProgramRun.Outcome) throws -> ProgramRun.Result {
    guard case .ended(let result) = outcome else {
      throw AuthError(.system, "it did not end by itself: \(outcome)")
    }
    return result
  }

  @Test func `it gets its input and environment, and what it prints is a secret`() async throws {
    let result = try ended(await shell("cat; printf %s \"$WORD\"", input: Secret("in, ")))
    #expect(result.status == 0)
    #expect(result.output.revealed() == "in, from here")
    #expect(!"\(result)".contains("from here"))
  }

  @Test func `without input there is nothing to read`() async throws {
    #expect(try ended(await shell("cat; echo end")).output.revealed() == "end\n")
  }

  @Test func `lines of its standard error are told when they come, and the last is kept`()
    async throws
  {
    let lines = Mutex<[String]>([])
    let result = try ended(
      await shell("printf 'one\\ntw' >&2; printf 'o\\n\\nthree' >&2; exit 3") { line in
        lines.withLock { $0.append(line) }
      })
    #expect(result.status == 3)
    #expect(result.lastLine == "three")
    #expect(lines.withLock { $0 } == ["one", "two", ""])
  }

  @Test func `a signal is a status`() async throws {
    #expect(try ended(await shell("kill -TERM $$")).status == 128 + SIGTERM)
  }

  @Test func `input that nobody reads holds nothing up`() async throws {
    let much = Secret([UInt8](repeating: 0x61, count: 1 << 20))
    #expect(
      try ended(await shell("exec <&-; echo done", input: much)).output.revealed() == "done\n")
  }

  @Test func `one whose time is up is ended, whatever its children do`() async {
    guard case .tookTooLong = await shell("sleep 600 & sleep 600", within: .milliseconds(50)) else {
      Issue.record("it was not ended")
      return
    }
  }

  @Test func `one that is not wanted any more is ended`() async {
    let task = Task { await shell("sleep 600") }
    task.cancel()
    guard case .tookTooLong = await task.value else {
      Issue.record("it was not ended")
      return
    }
  }

  @Test func `a program that is not there is looked for along the path it gets`() async {
    let run = ProgramRun(["sh", "-c", "true"], environment: ["PATH": "/nowhere"])
    guard case .notFound = await run.result(within: .seconds(60)) else {
      Issue.record("it was found along another path")
      return
    }
  }

  @Test func `a file that is no program is told by name`() async {
    let run = ProgramRun(["/etc/passwd"], environment: [:])
    guard case .notStarted(let reason) = await run.result(within: .seconds(60)) else {
      Issue.record("it was started")
      return
    }
    #expect(reason.contains("/etc/passwd"))
  }

  @Test func `in a directory of its own it is found and runs there, whatever PATH says`()
    async throws
  {
    let directory = FileManager.default.temporaryDirectory.path + "/run-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let path = "\(directory)/tool"
    try "#!/bin/sh\npwd; echo $PWD\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    func run(_ words: [String], _ path: String) async -> ProgramRun.Outcome {
      await ProgramRun(words, environment: ["PATH": path], in: directory)
        .result(within: .seconds(60))
    }
    let real = try #require(FileSystem.realPath(directory))
    let result = try ended(await run(["./tool"], "/usr/bin:/bin"))
    #expect(result.output.revealed() == "\(real)\n\(directory)\n")
    for relative in ["", ".", ":/usr/bin:."] {
      guard case .notFound = await run(["tool"], relative) else {
        Issue.record("it was found along `\(relative)`")
        return
      }
    }
  }
}
