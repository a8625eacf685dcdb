import Testing

@testable import Core

@Suite struct JSONTextTests {
  @Test func `a text escapes what RFC 8259 asks for`() {
    #expect(JSONText.string("a\"b\\c\n\t\u{1}\u{7F}é") == #""a\"b\\c\n\t\u0001\u007fé""#)
  }

  @Test func `a text escapes what terminals obey or hide`() {
    #expect(JSONText.string("a\u{202e}b\u{9b}\u{feff}😀") == #""a\u202eb\u009b\ufeff😀""#)
  }

  @Test(arguments: ["", "plain", "two words", "é", "\u{0}", "x\\"])
  func `a text is the same alone and in a longer one`(text: String) {
    var bytes: [UInt8] = []
    JSONText.append(text, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == JSONText.string(text))
  }

  @Test(arguments: [("{}", #"{"b":1}"#), (#"{"a":{}}"#, #"{"a":{},"b":1}"#), ("[]", "[]")])
  func `members are added to objects only`(object: String, more: String) {
    #expect(JSONText.adding([("b", "1")], to: object) == more)
    #expect(JSONText.adding([], to: object) == object)
  }

  @Test func `indenting keeps what is inside strings`() {
    let json = JSONText.object([
      ("a", JSONText.string("x,{y}: [z] \\ \"")), ("b", "{}"), ("c", JSONText.array(["1", "[]"])),
    ])
    #expect(
      JSONText.indented(json) == #"""
        {
          "a": "x,{y}: [z] \\ \"",
          "b": {},
          "c": [
            1,
            []
          ]
        }

        """#)
  }

  @Test(arguments: ["\"open", "\"open\\", "{", ""])
  func `indenting what is cut off ends`(json: String) {
    #expect(JSONText.indented(json).hasPrefix(json))
  }
}
