import Core
import Testing

@testable import AWS

/// What people paste where keys are asked for.
@Suite struct PastedKeysTests {
  private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

  @Test(arguments: [
    secret, " \(secret)\n", "\u{feff}\(secret)", "\u{a0}\(secret)\u{a0}", "\"\(secret)\"",
    "'\(secret)'", " \" \(secret)\"\r\n", "\u{200b}\(secret)\u{2060}",
  ])
  func `what came along is taken off`(pasted: String) throws {
    #expect(try PastedKeys.secretAccessKey(Secret(pasted)).revealed() == Self.secret)
  }

  @Test(arguments: [
    "", "  ", "\u{feff}", "''", "two words", "a\u{a0}b", "a\tb", "\"open", "a'b", "ключ",
    "AKIAIOSFODNN7EXAMPLE,\(secret)", "engineer,AKIAIOSFODNN7EXAMPLE,\(secret)",
    "aws_secret_access_key = \(secret)", "AWS_SECRET_ACCESS_KEY=\(secret)", "AKIAIOSFODNN7EXAMPLE",
  ])
  func `what cannot be a secret is refused without a word of it`(pasted: String) throws {
    let error = try #require(throws: AuthError.self) {
      _ = try PastedKeys.secretAccessKey(Secret(pasted))
    }
    #expect(error.code == .usage)
    let said = ([error.message] + error.hints).joined()
    #expect(!said.contains(Self.secret) && !said.contains("AKIAIOSFODNN7EXAMPLE"))
  }

  @Test(arguments: ["test", "minioadmin", "s3cr3t==", "x-y_z.1"])
  func `a word of an emulator is a secret`(word: String) throws {
    #expect(try PastedKeys.secretAccessKey(Secret(word)).revealed() == word)
  }

  @Test func `an id is cleaned in the same way`() throws {
    #expect(
      try PastedKeys.accessKeyID("\u{feff}\"AKIAIOSFODNN7EXAMPLE\" ") == "AKIAIOSFODNN7EXAMPLE")
    #expect(throws: AuthError.self) { _ = try PastedKeys.accessKeyID("AKIA,IOSFODNN7EXAMPLE") }
  }
}
