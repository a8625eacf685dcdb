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
    ["exec", "--help"], ["exec", "ls"], ["env", "--unknown", "x"], ["env", "--", "x"],
    ["credential-process", "--static"], ["exec", "--min-validity", "soon", "--", "x"],
    ["login"], [], ["env", "--format"], ["env", "--mfa-code-stdin"],
    ["exec", "--mfa-code-stdin", "--", "x"], ["exec", "-i", "dev", "--mfa-code-stdin", "--", "x"],
  ])
  func `what it does not understand is left to the parser`(words: [String]) {
    #expect(HotPath(ArgumentRewriting.rewritten(words)) == nil)
  }

  @Test func `both ways of reading the command line agree on the common options`() throws {
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
