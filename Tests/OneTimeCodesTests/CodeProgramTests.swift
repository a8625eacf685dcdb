import Core
import Model
import Testing

@testable import OneTimeCodes

/// Codes that other programs make.
@Suite struct CodeProgramTests {
  @Test(arguments: [
    (
      CodeSource.yubiKey(account: nil),
      ["ykman", "oath", "accounts", "code", "--single", CodeWorld.device]
    ),
    (.yubiKey(account: "aws/jane"), ["ykman", "oath", "accounts", "code", "--single", "aws/jane"]),
    (.pass(entry: "aws/jane"), ["pass", "otp", "code", "aws/jane"]),
    (.onePassword(item: "AWS jane"), ["op", "item", "get", "AWS jane", "--otp"]),
    (
      .onePassword(item: "op://Private/AWS/one-time password?attribute=otp"),
      ["op", "read", "op://Private/AWS/one-time password?attribute=otp"]
    ),
    (.command(["my codes", "$(x)"]), ["my codes", "$(x)"]),
  ])
  func `what is run`(source: CodeSource, words: [String]) throws {
    let world = try CodeWorld()
    #expect(CodeProgram(source, world.request(), world.effects()).words == words)
  }

  @Test(arguments: [
    ("printf '123456\\n'", "123456"), ("printf 123456", "123456"), ("echo ' 123 456'", "123456"),
    ("printf 'Your code:\\n123456\\nvalid for 12 s\\n'", "123456"),
  ])
  func `the six digits are found in what it prints`(script: String, code: String) async throws {
    let world = try CodeWorld()
    let codes = world.codes([.command(["sh", "-c", script])])
    #expect(try await codes.next(after: nil)?.revealed() == code)
  }

  @Test(arguments: [
    ("echo 1234567", "`command` printed no code of six digits"),
    ("echo 12345", "`command` printed no code of six digits"),
    ("echo 123456; echo 654321", "`command` printed no code of six digits"),
    ("echo 'Error: no such entry' >&2; exit 1", "`sh` has no code: Error: no such entry"),
    ("echo 123456 >&2; exit 1", "`sh` has no code: it ended with status 1"),
    ("echo 'code 123456 was used' >&2; exit 1", "`sh` has no code: it ended with status 1"),
    ("echo 'not 123 456.' >&2; exit 1", "`sh` has no code: it ended with status 1"),
    ("echo 'no key 12345678' >&2; exit 1", "`sh` has no code: no key 12345678"),
    ("exit 5", "`sh` has no code: it ended with status 5"),
  ])
  func `what is wrong is said in one line, without what it printed`(
    script: String, words: String
  ) async throws {
    let world = try CodeWorld()
    world.types("999999")
    let codes = world.codes([.command(["sh", "-c", script]), .terminal], terminal: true)
    #expect(try await codes.next(after: nil)?.revealed() == "999999")
    #expect(world.notices == ["\(words); trying `terminal`"])
  }

  @Test(arguments: [
    (CodeSource.yubiKey(account: nil), "`ykman` is not installed", "`yubikey-manager`"),
    (.pass(entry: "x"), "`pass` is not installed", "`pass-otp`"),
    (.onePassword(item: "x"), "`op` is not installed", "1Password's command line"),
    (.command(["no-such-program"]), "`no-such-program` is not installed", "`mfa.sources`"),
  ])
  func `a program that is not there is told with what to install`(
    source: CodeSource, words: String, hint: String
  ) async throws {
    let world = try CodeWorld()
    world.sets("PATH", "/nowhere")
    let error = try await #require(throws: AuthError.self) {
      try await world.codes([source]).next(after: nil)
    }
    #expect(error.code == .loginRequired)
    #expect(error.message.hasSuffix("and no source has one: \(words)"))
    #expect(error.report.contains(hint))
  }

  @Test func `a YubiKey that wants to be touched is told of`() async throws {
    let world = try CodeWorld()
    try world.program("ykman", "echo 'Touch your YubiKey...' >&2; echo 123456")
    #expect(
      try await world.codes([.yubiKey(account: nil)]).next(after: nil)?.revealed() == "123456")
    #expect(world.notices == ["touch your YubiKey: `ykman` waits for it"])
  }

  @Test func `a code that was sent is waited out`() async throws {
    let world = try CodeWorld()
    // It makes another code each time, the first one twice.
    try world.program(
      "codes",
      "n=$(cat '\(world.root)/n' 2>/dev/null); echo x$n > '\(world.root)/n'; "
        + "case $n in x|'') echo 111111;; *) echo 222222;; esac")
    let source = CodeSource.command(["codes"])
    world.advance(10)
    #expect(try await world.codes([source]).next(after: nil)?.revealed() == "111111")
    #expect(try await world.codes([source]).next(after: nil)?.revealed() == "222222")
    #expect(world.now == CodeWorld.start + 30)
  }

  @Test func `one that always makes the same code is given up`() async throws {
    let world = try CodeWorld()
    let source = CodeSource.command(["echo", "111111"])
    #expect(try await world.codes([source]).next(after: nil)?.revealed() == "111111")
    let error = try await #require(throws: AuthError.self) {
      try await world.codes([source]).next(after: nil)
    }
    #expect(error.message.contains("`command` makes no code"))
    #expect(!error.report.contains("111111"))
  }

  @Test func `a program does not see the code that was given`() async throws {
    let world = try CodeWorld()
    world.sets("ATMOS_AUTH_MFA_CODE", "none")
    let codes = world.codes([.command(["sh", "-c", "echo ${ATMOS_AUTH_MFA_CODE-123456}"])])
    #expect(try await codes.next(after: nil)?.revealed() == "123456")
  }
}
