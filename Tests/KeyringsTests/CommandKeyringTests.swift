import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Keyrings

@Suite struct CommandKeyringTests {
  private func keyring(
    read: String = "exit 1", write: String = "exit 1", list: String = "exit 0",
    timeout: Int64 = 20
  ) throws -> CommandKeyring {
    signal(SIGPIPE, SIG_IGN)
    func shell(_ script: String) -> [String] { ["/bin/sh", "-c", script, "sh"] }
    return try CommandKeyring(
      KeyringCommands(
        read: shell(read), write: shell(write), remove: shell("exit 0"), list: shell(list)),
      timeout: timeout, environment: ["PATH": "/usr/bin:/bin"],
      cache: UnlockCache(
        seconds: 0, now: { Instant(secondsSince1970: 0) }, randomBytes: { _ in [] })
    )
  }

  @Test(arguments: [
    (["pass", "show"], ["pass", "show", "a b$(x)"]),
    (["pass", "show", "x/{key}"], ["pass", "show", "x/a b$(x)"]),
    (["op", "{key}", "{key}/{key}"], ["op", "a b$(x)", "a b$(x)/a b$(x)"]),
  ])
  func `the name is the last word or where it is wanted, and no shell reads it`(
    command: [String], words: [String]
  ) {
    #expect(KeyringCommands.words(command, key: "a b$(x)") == words)
  }

  @Test(arguments: ["value\n", "value\r\n", "value"])
  func `the line end that programs add is no part of the value`(printed: String) async throws {
    let keyring = try keyring(read: "printf '\(printed)'")
    #expect(try await keyring.read("atmos_a")?.revealed() == "value")
  }

  @Test func `what the list does not have is absent`() async throws {
    #expect(try await keyring(list: "echo atmos_b").read("atmos_a") == nil)
    #expect(try await keyring(list: "echo atmos_b").remove("atmos_a") == false)
  }

  @Test func `what the list has and cannot be read is an error with the program's reason`()
    async throws
  {
    let keyring = try keyring(
      read: "echo first >&2; printf 'no secret key\\033[31m\\n' >&2; exit 2", list: "echo atmos_a")
    let error = try await #require(throws: AuthError.self) { try await keyring.read("atmos_a") }
    #expect(error.code == .unavailable)
    #expect(error.message.contains("status 2: no secret key"))
    #expect(!error.message.contains("\u{1B}"))
    #expect(error.report.contains("auth.keyring.spec.read"))
  }

  @Test func `a list that fails is an error, not an empty keyring`() async throws {
    await #expect(throws: AuthError.self) { try await keyring(list: "exit 1").read("atmos_a") }
  }

  @Test func `a program that is not there is named`() async throws {
    let words = ["/nonexistent/pass"]
    let keyring = try CommandKeyring(
      KeyringCommands(read: words, write: words, remove: words, list: words), timeout: nil,
      environment: [:],
      cache: UnlockCache(
        seconds: 0, now: { Instant(secondsSince1970: 0) }, randomBytes: { _ in [] })
    )
    let error = try await #require(throws: AuthError.self) { try await keyring.keys() }
    #expect(error.code == .badConfiguration)
    #expect(error.message.contains("/nonexistent/pass"))
  }

  @Test(arguments: ["exec sleep 60", "sleep 60 & wait", "sleep 60 </dev/null & cat"])
  func `a program that hangs ends by the deadline, its children or not`(script: String) async throws
  {
    let keyring = try keyring(read: script, timeout: 1)
    let error = try await #require(throws: AuthError.self) { try await keyring.read("atmos_a") }
    #expect(error.code == .unavailable)
    #expect(error.message.contains("did not end within 1s"))
    #expect(try await keyring.keys() == [], "the next call is not held up")
  }

  @Test func `a program that does not read its input is judged by its status`() async throws {
    let value = Secret([UInt8](repeating: 0x61, count: 1 << 20))
    try await keyring(write: "exit 0").write(value, "atmos_a")
    await #expect(throws: AuthError.self) {
      try await keyring(write: "exit 3").write(value, "atmos_a")
    }
  }

  @Test func `the value is on standard input and in no argument`() async throws {
    let path = Scratch.unusedPath()
    let keyring = try keyring(
      write: "tr '\\0' ' ' </proc/$$/cmdline >'\(path)'; cat >>'\(path)'")
    try await keyring.write(Secret("the value"), "atmos_a")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasSuffix("atmos_a the value"))
    #expect(text.components(separatedBy: "the value").count == 2)
  }
}
