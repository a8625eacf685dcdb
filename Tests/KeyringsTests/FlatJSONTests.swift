import Core
import Testing

@testable import Keyrings

@Suite struct FlatJSONTests {
  @Test(arguments: [
    ("{\"a\":\"b\"}", "b"),
    (" {\n\"a\" : \"b\" , \"c\": [1, {\"d\": null}], \"e\": {} } ", "b"),
    (#"{"a":"\u00e9\n\"\\\/\t\ud83d\udd11"}"#, "é\n\"\\/\t🔑"),
    ("{\"a\":\"\u{fc}\"}", "ü"),
    ("{\"a\":\"\"}", ""),
  ])
  func `text is read with its escapes`(json: String, expected: String) throws {
    #expect(try #require(FlatJSON(Array(json.utf8)))[text: "a"] == expected)
  }

  @Test(arguments: [
    "", "{", "}", "[]", "\"a\"", "{\"a\"}", "{\"a\":}", "{\"a\":\"b\"", "{\"a\":\"b\",}",
    "{\"a\":1}x",
    #"{"a":"\x"}"#, #"{"a":"\ud800"}"#, #"{"a":"\ud83dx"}"#, #"{"a":"\u12"}"#, "{\"a\":\"\n\"}",
    "{\"a\":[}", "{a:1}", "{\"a\":" + String(repeating: "[", count: 100_000),
  ])
  func `what is no object of JSON is refused`(json: String) {
    #expect(FlatJSON(Array(json.utf8)) == nil)
  }

  @Test(arguments: ["plain", "quote\"back\\slash", "\u{0}\u{1f}\u{7f}\n", "ünï🔑", "</script>"])
  func `quoted text reads back`(text: String) throws {
    let json = Array("{\"k\":".utf8) + FlatJSON.quoted(text) + Array("}".utf8)
    #expect(try #require(FlatJSON(json))[text: "k"] == text)
  }

  // Source: RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func `base64 has the vectors of its RFC`(plain: String, encoded: String) {
    #expect(Base64.encode(plain.utf8, .standard) == Array(encoded.utf8))
    #expect(Base64.decode(Array(encoded.utf8), .standard) == Array(plain.utf8))
    let bare = encoded.filter { $0 != "=" }
    #expect(Base64.encode(plain.utf8, .url) == Array(bare.utf8))
    #expect(Base64.decode(Array(bare.utf8), .url) == Array(plain.utf8))
  }

  @Test(arguments: ["Zg", "Zg=", "Z", "Zh==", "Zm9v=", "Z g=", "Zm9-", "===="])
  func `base64 that is not whole or not canonical is refused`(text: String) {
    #expect(Base64.decode(Array(text.utf8), .standard) == nil)
  }
}
