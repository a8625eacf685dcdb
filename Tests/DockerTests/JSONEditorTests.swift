import Testing

@testable import Docker

@Suite struct JSONEditorTests {
  private func changed(
    _ text: String, _ body: (inout JSONEditor) throws(JSONEditor.Fault) -> Void
  ) throws -> String {
    var editor = try JSONEditor(Array(text.utf8))
    try body(&editor)
    return String(decoding: editor.bytes, as: UTF8.self)
  }

  @Test(
    arguments: [
      ("{}", "{\n\t\"a\": {\n\t\t\"k\": 1\n\t}\n}"),
      ("{\"b\":2}", "{\"b\":2,\"a\": {\n\t\t\"k\": 1\n\t}}"),
      ("{\n  \"b\": 2\n}\n", "{\n  \"b\": 2,\n  \"a\": {\n    \"k\": 1\n  }\n}\n"),
      ("{\"a\":{\"x\":0}}", "{\"a\":{\"x\":0,\"k\": 1}}"),
      ("{\"a\":{ \"k\" : [1, 2] }}", "{\"a\":{ \"k\" : 1 }}"),
      ("{\r\n \"a\": {}\r\n}", "{\r\n \"a\": {\r\n  \"k\": 1\r\n }\r\n}"),
    ])
  func `a value is put where it belongs, and all else stays`(before: String, after: String) throws {
    let result = try changed(before) { (editor) throws(JSONEditor.Fault) in
      try editor.set("a", "k", to: "1")
    }
    #expect(result == after)
  }

  @Test(
    arguments: [
      ("{\"a\":{\"k\":1}}", "{\"a\":{}}"), ("{\"a\":{\"k\":1, \"x\":2}}", "{\"a\":{\"x\":2}}"),
      ("{\"a\":{\"w\":0 , \"k\":1, \"x\":2}}", "{\"a\":{\"w\":0, \"x\":2}}"),
      ("{\"a\":{\"x\":2}}", "{\"a\":{\"x\":2}}"), ("{}", "{}"),
    ])
  func `a value is taken away with its comma`(before: String, after: String) throws {
    let result = try changed(before) { (editor) throws(JSONEditor.Fault) in
      _ = try editor.remove("a", "k")
    }
    #expect(result == after)
  }

  @Test(
    arguments: [
      "", "[]", "{", "{\"a\"}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\":1}x", "{a:1}",
      "{\"a\":01x}", "{\"a\":\"\\x\"}", "{\"a\":\"\n\"}", "{\"a\":1,\"a\":2}", "{\"a\":tru}",
    ])
  func `what is not JSON, or not clear, is refused`(text: String) {
    #expect(throws: JSONEditor.Fault.self) { try JSONEditor(Array(text.utf8)) }
  }

  @Test func `depth ends somewhere`() {
    let text = String(repeating: "{\"a\":", count: 100_000)
    #expect(throws: JSONEditor.Fault.self) { try JSONEditor(Array(text.utf8)) }
  }

  @Test func `escaped keys and values are read`() throws {
    let editor = try JSONEditor(Array(#"{"a":{"\u006b":"\ud83d\ude00\n"}}"#.utf8))
    #expect(editor.string("a", "k") == "😀\n")
  }
}
