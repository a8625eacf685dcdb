import Core
import Testing

@testable import Keyrings

@Suite struct KeyringTextTests {
  @Test(arguments: ["", "{\"type\":\"aws\"}", "two\nlines\n", "ünï 🔑", "go-keyring"])
  func `text stays as it is, as go-keyring stores it`(text: String) {
    #expect(KeyringText.encoded(Secret(text)) == Secret(text))
    #expect(KeyringText.decoded(Secret(text)) == Secret(text))
  }

  @Test(
    arguments: [
      [0], [0xFF, 0xFE], Array("nul\u{0}".utf8), Array("go-keyring-base64:aGk=".utf8),
      Array("go-keyring-encoded:6869".utf8), Array(0...255),
    ] as [[UInt8]])
  func `what is no text, or looks encoded, is text in the keyring`(bytes: [UInt8]) {
    let text = KeyringText.encoded(Secret(bytes))
    #expect(text.revealed().hasPrefix("go-keyring-base64:"))
    #expect(text.withBytes { $0.allSatisfy { (0x20..<0x7F).contains($0) } })
    #expect(KeyringText.decoded(text) == Secret(bytes))
  }

  // Written by go-keyring on macOS.
  @Test(arguments: ["go-keyring-base64:aGVsbG8=", "go-keyring-encoded:68656c6c6f"])
  func `trap 94: the prefix of go-keyring is no part of the value`(text: String) {
    #expect(KeyringText.decoded(Secret(text)) == Secret("hello"))
  }

  @Test(arguments: ["go-keyring-base64:*", "go-keyring-encoded:0", "go-keyring-encoded:xy"])
  func `a damaged value is no value`(text: String) {
    #expect(KeyringText.decoded(Secret(text)) == nil)
  }
}
