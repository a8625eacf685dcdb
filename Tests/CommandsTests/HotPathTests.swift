import ArgumentParser
import Testing

@testable import Application
@testable import Commands

@Suite struct HotPathTests {
  private func hot(_ words: String...) -> HotPath? {
    HotPath(ArgumentRewriting.rewritten(words))
  }

  @Test func `exec takes flags before the dashes and the program after them`() throws {
    let path = try #require(
      hot("exec", "-i", "dev", "--chdir", "/x", "--min-validity=30m", "--", "ls", "--static"))
    #expect(path.flags.identity == .named("dev"))
    #expect(path.flags.directory == "/x")
    guard case .exec(let request) = path.request else {
      Issue.record("not an exec")
      return
    }
    #expect(request.command == ["ls", "--static"])
    #expect(request.minimumValidity == 1800)
    #expect(!request.isStatic)
  }

  @Test func `env takes its own options`() throws {
    let path = try #require(hot("env", "--login", "-f", "fish", "--output-file=x", "--static"))
    guard case .env(let request) = path.request else {
      Issue.record("not an env")
      return
    }
    #expect(request.format == "fish")
    #expect(request.outputFile == "x")
    #expect(request.login)
    #expect(request.isStatic)
  }

  @Test(arguments: [
    (["exec", "dev", "--", "ls"], "dev"), (["exec", "--static", "dev", "--", "dev"], "dev"),
    (["env", "dev", "-f", "fish"], "dev"), (["env", "-f", "fish", "dev"], "dev"),
  ])
  func `an identity may be a word of its own`(words: [String], name: String) throws {
    let rewritten = ArgumentRewriting.rewritten(words)
    #expect(try #require(HotPath(rewritten)).flags.identity == .named(name))
    let parsed = try AtmosAuth.parseAsRoot(rewritten)
    #expect((parsed as? any PlainCommand)?.flags.identity == .named(name))
  }

  @Test(arguments: [
    ["exec", "dev"], ["exec", "a", "b", "--", "x"], ["exec", "-i", "dev", "dev", "--", "x"],
    ["env", "dev", "-i", "dev"], ["credential-process", "dev"],
    ["exec", "--help"], ["exec", "ls"], ["env", "--unknown", "x"], ["env", "--", "x"],
    ["credential-process", "--static"], ["exec", "--min-validity", "soon", "--", "x"],
    ["login"], [], ["env", "--format"], ["env", "--mfa-code-stdin"],
    ["exec", "--mfa-code-stdin", "--", "x"], ["exec", "-i", "dev", "--mfa-code-stdin", "--", "x"],
  ])
  func `what it does not understand is left to the parser`(words: [String]) {
    #expect(HotPath(ArgumentRewriting.rewritten(words)) == nil)
  }

  /// Command lines with each option that the hot path is to understand, in each spelling.
  private static let lines = CompletionTable.commands
    .filter { ["credential-process", "env", "exec"].contains($0.name) }
    .flatMap { command in
      command.allOptions.flatMap { option in
        option.names.filter { !leftToTheParser.contains($0) }.map { name in
          [command.name, name] + (option.value == nil ? [] : ["30m"])
            + (command.name == "exec" ? ["--", "ls"] : [])
        }
      }
    }

  private static let leftToTheParser = [
    "--help", "-h", "--mfa-code-stdin", "--logs-level", "--logs-file", "--stack", "--policy",
    "--read-only", "--session-duration",
  ]

  @Test(arguments: lines)
  func `an option means the same to both ways of reading it`(line: [String]) throws {
    let rewritten = ArgumentRewriting.rewritten(line)
    let hot = try #require(HotPath(rewritten))
    let parsed = try AtmosAuth.parseAsRoot(rewritten)
    #expect(hot.flags == (parsed as? any PlainCommand)?.flags)
    switch (hot.request, parsed) {
    case (.credentialProcess, is CredentialProcess): break
    case (.env(let request), let env as Env):
      #expect([request.format, request.outputFile] == [env.format, env.outputFile])
      #expect([request.login, request.isStatic] == [env.login, env.isStatic])
    case (.exec(let request), let exec as Exec):
      #expect(request.command == exec.command && request.isStatic == exec.delivery.isStatic)
      #expect(try request.minimumValidity == exec.delivery.minimumValidity())
    default: Issue.record("another command")
    }
  }

  @Test func `both ways of reading the command line agree on all of them together`() throws {
    let words = [
      "credential-process", "-i", "dev", "-C", "/a", "--base-path", "b", "--config", "x,y",
      "--config-path=z", "--profile", "p", "--no-color",
    ]
    let rewritten = ArgumentRewriting.rewritten(words)
    let hot = try #require(HotPath(rewritten))
    let parsed = try #require(
      try AtmosAuth.parseAsRoot(rewritten) as? CredentialProcess)
    #expect(hot.flags == parsed.global.flags)
  }
}
