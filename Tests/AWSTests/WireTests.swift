import Core
import Model
import Testing
import XML

@testable import AWS

@Suite struct WireTests {
  @Test func `an answer is read by local names`() {
    let root = XMLElement.parse(
      Array(
        """
        <?xml version="1.0"?><s:R xmlns:s="urn:x" a="1"><s:A> x &amp; y<!-- z --></s:A>
        <B><C>1</C><C>2</C></B></s:R>
        """.utf8))
    #expect(root?.name == "R")
    #expect(root?["A"]?.text == " x & y")
    #expect(root?["B"]?.children.map(\.text) == ["1", "2"])
    #expect(root?["B", "D"] == nil)
  }

  @Test(arguments: [
    "", "<html><body><p>Bad gateway</body></html>", "<a>", "{\"a\": 1}", "<a></a><b/>",
    "<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;\">]><a>&z;</a>",
    String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40),
  ])
  func `what is not a plain document is refused whole`(text: String) {
    #expect(XMLElement.parse(Array(text.utf8)) == nil)
  }

  @Test func `a refusal with everything`() {
    let error = ServiceError(
      .refuses(
        "AccessDenied", " no\u{9B}\u{202E}31m such\nthing ",
        headers: [(name: "date", value: "Wed, 15 Jan 2025 12:00:00 GMT")]))
    #expect(error.description == "AccessDenied: no31m such thing (request r-9)")
    #expect(error.status == 403)
    #expect(error.date == .noon)
    #expect(error.requestID == "r-9")
  }

  @Test(arguments: [
    ("<html><h1>407 Proxy Authentication Required</h1></html>", 407), ("", 503),
    ("Service Unavailable", 502),
  ])
  func `trap 19: an answer that is no XML keeps its status`(body: String, status: Int) {
    let error = ServiceError(HTTPResponse(status: status, body: Array(body.utf8)))
    #expect(error.code == "HTTP \(status)")
    #expect(error.message.isEmpty)
  }

  @Test func `trap 16: the code may stand in a header, with more around it`() {
    let error = ServiceError(
      HTTPResponse(
        status: 400,
        headers: [(name: "X-Amzn-ErrorType", value: "com.x#ThrottlingException:http://internal/")]))
    #expect(error.code == "ThrottlingException")
  }

  @Test(arguments: [
    ("https://a.example/x?y=1", "https", "a.example", nil, "/x", "y=1"),
    ("http://A.example:8080", "http", "a.example", 8080, "", nil),
    ("http://[::1]:80/", "http", "[::1]", nil, "/", nil),
  ])
  func `an address comes apart`(
    text: String, scheme: String, host: String, port: Int?, path: String, query: String?
  ) {
    let address = Address(text)
    #expect(address?.scheme == scheme)
    #expect(address?.host == host)
    #expect(address?.port == port)
    #expect(address?.path == path)
    #expect(address?.query == query)
  }

  @Test(arguments: [
    "a.example", "ftp://a", "http://", "http://a b", "http://u@a", "http://a#b", "http://a:x",
    "http://[::1", "http://a:70000",
  ])
  func `what is no address`(text: String) {
    #expect(Address(text) == nil)
  }

  @Test(arguments: [
    ("3600", 3600), ("1h30m", 5400), ("1.5h", 5400), ("2d", 172_800), ("90s", 90), (".5m", 30),
    ("+1h", 3600), ("1500ms", 1), ("0", 0), ("1d12h", 129_600),
  ])
  func `durations`(text: String, seconds: Int64) {
    #expect(DurationText.seconds(text) == seconds)
  }

  @Test(arguments: ["", "h", "1", "-1h", "1x", "1h ", "1..5h", ".h", "99999999999999999999", "1 h"])
  func `texts that are no duration`(text: String) {
    #expect(text == "1" ? DurationText.seconds(text) == 1 : DurationText.seconds(text) == nil)
  }
}

@Suite struct StoredKeysTests {
  @Test func `atmos' entry is read`() throws {
    let entry = """
      {"type":"aws","data":{"access_key_id":"AKIAX","secret_access_key":"s/+=","session_token":"",
      "region":"eu-west-1","expiration":"","mfa_arn":"arn:aws:iam::123456789012:mfa/jane",
      "session_duration":"12h"}}
      """
    let keys = try #require(try StoredKeys(entry: Secret(entry)))
    #expect(
      keys
        == StoredKeys(
          accessKeyID: "AKIAX", secretAccessKey: Secret("s/+="), region: "eu-west-1",
          mfaARN: "arn:aws:iam::123456789012:mfa/jane", sessionDuration: "12h"))
  }

  @Test func `our entry, byte for byte`() throws {
    let keys = StoredKeys(
      accessKeyID: "AKIAX", secretAccessKey: Secret("s/+="), mfaARN: "arn:aws:iam::1:mfa/j")
    let text =
      #"{"data":{"access_key_id":"AKIAX","mfa_arn":"arn:aws:iam::1:mfa/j","#
      + #""secret_access_key":"s/+="},"type":"aws"}"#
    #expect(keys.entry().revealed() == text)
    #expect(try StoredKeys(entry: keys.entry()) == keys)
  }

  @Test(arguments: [
    #"{"type":"gcp","data":{"access_token":"x"}}"#, #"{"type":"aws"}"#,
    #"{"type":"aws","data":{"access_key_id":"AKIAX"}}"#,
  ])
  func `an entry without AWS keys is none`(entry: String) throws {
    #expect(try StoredKeys(entry: Secret(entry)) == nil)
  }

  @Test func `a damaged entry is an error that quotes nothing`() throws {
    let error = try #require(throws: AuthError.self) {
      _ = try StoredKeys(entry: Secret("hunter2 is no JSON"))
    }
    #expect(!error.report.contains("hunter2"))
  }

  @Test func `entries are named as atmos names them`() {
    #expect(KeyringEntry.stored(realm: "", name: "Dev") == "atmos_Dev")
    #expect(KeyringEntry.stored(realm: "r1", name: "a/b") == "atmos_r1_a/b")
  }
}
