import Core
import Foundation
import Model
import Testing

@testable import DevTools

@Suite struct RequestCatcherTests {
  private static let visit = SignInVisit(
    page: "https://idp.example.com/\"app", profile: "corp", patterns: ["https://*end/saml*"],
    isEnd: { $0 == "https://end/saml" })

  private func started(
    _ visit: SignInVisit = visit, isHidden: Bool = false
  ) throws -> RequestCatcher {
    var catcher = RequestCatcher(visit, isHidden: isHidden)
    #expect(catcher.takeCommands().last?.method == "Target.setAutoAttach")
    if isHidden {
      _ = catcher.take(
        try message(#"{"id": 1, "result": {"userAgent": "Mozilla HeadlessChrome/1"}}"#))
    }
    return catcher
  }

  private func message(_ text: String) throws -> DevToolsMessage {
    try #require(DevToolsMessage.decode(Array(text.utf8)))
  }

  private func attached(_ session: String, _ type: String = "page") throws -> DevToolsMessage {
    try message(
      """
      {"method": "Target.attachedToTarget", "params": {"sessionId": "\(session)",
      "targetInfo": {"targetId": "t", "type": "\(type)"}, "waitingForDebugger": true}}
      """)
  }

  private func paused(
    _ url: String, _ method: String = "POST", body: String = #""postData": "SAMLResponse=x""#
  ) throws -> DevToolsMessage {
    try message(
      """
      {"method": "Fetch.requestPaused", "sessionId": "s", "params": {"requestId": "r", "networkId": "n",
      "request": {"url": "\(url)", "method": "\(method)", "headers": {}, \(body)}}}
      """)
  }

  @Test func `a page is watched before it runs, and the first one is sent to the address`() throws {
    var catcher = try started()
    #expect(catcher.take(try attached("s")) == nil)
    let commands = catcher.takeCommands()
    #expect(
      commands.map(\.method) == [
        "Target.setAutoAttach", "Network.enable", "Fetch.enable", "Runtime.runIfWaitingForDebugger",
        "Page.navigate",
      ])
    #expect(commands.allSatisfy { $0.session == "s" })
    #expect(commands[4].parameters == #"{"url":"https://idp.example.com/\"app"}"#)
    #expect(commands[2].parameters.contains("https://*end/saml*"))
  }

  @Test func `trap 53: a window that a page opens is watched, too`() throws {
    var catcher = try started()
    _ = catcher.take(try attached("s"))
    _ = catcher.takeCommands()
    _ = catcher.take(try attached("popup"))
    #expect(
      catcher.takeCommands().map(\.method) == [
        "Target.setAutoAttach", "Network.enable", "Fetch.enable", "Runtime.runIfWaitingForDebugger",
      ])
  }

  @Test(arguments: ["browser_ui", "service_worker", "tab"])
  func `what is not a page goes on its way`(type: String) throws {
    var catcher = try started()
    _ = catcher.take(try attached("s", type))
    #expect(catcher.takeCommands().map(\.method) == ["Runtime.runIfWaitingForDebugger"])
  }

  @Test(arguments: [
    #""postData": "SAMLResponse=x""#,
    #""hasPostData": true, "postDataEntries": [{"bytes": "U0FNTFJlc3Bv"}, {"bytes": "bnNlPXg="}]"#,
  ])
  func `trap 54: the body is caught, whole or in pieces, and never sent`(body: String) throws {
    var catcher = try started()
    guard case .caught(let found) = catcher.take(try paused("https://end/saml", body: body)) else {
      Issue.record("nothing was caught")
      return
    }
    #expect(found.revealed() == "SAMLResponse=x")
    #expect(catcher.takeCommands().map(\.method) == ["Fetch.fulfillRequest"])
  }

  private static let bodiesElsewhere = [
    #""hasPostData": true"#, #""hasPostData": true, "postDataEntries": [{}]"#,
    #""hasPostData": true, "postDataEntries": [{"bytes": "U0FNTFJlc3Bv"}, {}]"#,
    #""hasPostData": true, "postDataEntries": []"#,
  ]

  /// A catcher that has asked for the body of the awaited request, and the number of its question.
  private func asking(_ body: String) throws -> (RequestCatcher, Int) {
    var catcher = try started()
    #expect(catcher.take(try paused("https://end/saml", body: body)) == nil)
    let commands = catcher.takeCommands()
    #expect(commands.map(\.method) == ["Network.getRequestPostData"])
    #expect(commands.first?.parameters == #"{"requestId":"n"}"# && commands.first?.session == "s")
    return (catcher, try #require(commands.first?.id))
  }

  @Test(
    arguments: bodiesElsewhere,
    [
      #""postData": "SAMLResponse=x""#, #""postData": "SAMLResponse=x", "base64Encoded": false"#,
      #""postData": "U0FNTFJlc3BvbnNlPXg=", "base64Encoded": true"#,
    ])
  func `trap 54: a body that does not come with the request is asked for`(
    body: String, answer: String
  ) throws {
    var (catcher, id) = try asking(body)
    guard
      case .caught(let found) = catcher.take(
        try message(#"{"id": \#(id), "sessionId": "s", "result": {\#(answer)}}"#))
    else {
      Issue.record("nothing was caught")
      return
    }
    #expect(found.revealed() == "SAMLResponse=x")
    #expect(catcher.takeCommands().map(\.method) == ["Fetch.fulfillRequest"])
  }

  @Test(
    arguments: bodiesElsewhere,
    [#""error": {"code": -32000, "message": "No data"}"#, #""result": {}"#])
  func `trap 54: a request whose body is not to be had fails, and is never sent`(
    body: String, answer: String
  ) throws {
    var (catcher, id) = try asking(body)
    guard case .unreadable = catcher.take(try message(#"{"id": \#(id), \#(answer)}"#)) else {
      Issue.record("it goes on")
      return
    }
    let commands = catcher.takeCommands()
    #expect(commands.map(\.method) == ["Fetch.failRequest"])
    #expect(commands.first?.parameters == #"{"requestId":"r","errorReason":"Aborted"}"#)
  }

  @Test func `trap 54: one without a body is not sent either, and the awaited one may come`() throws
  {
    var catcher = try started()
    #expect(catcher.take(try paused("https://end/saml", body: #""hasPostData": false"#)) == nil)
    #expect(catcher.takeCommands().map(\.method) == ["Fetch.failRequest"])
    guard case .caught = catcher.take(try paused("https://end/saml")) else {
      Issue.record("nothing was caught")
      return
    }
  }

  @Test(arguments: [
    ("https://evil.example/?https://end/saml", "POST"), ("https://end/saml", "GET"),
  ])
  func `trap 55: every other request goes on`(url: String, method: String) throws {
    var catcher = try started()
    #expect(catcher.take(try paused(url, method)) == nil)
    #expect(catcher.takeCommands().map(\.text).first?.contains("Fetch.continueRequest") == true)
  }

  @Test func `the last page that is closed ends it`() throws {
    var catcher = try started()
    for session in ["a", "b"] { _ = catcher.take(try attached(session)) }
    let gone = #"{"method": "Target.detachedFromTarget", "params": {"sessionId": "SESSION"}}"#
    #expect(catcher.take(try message(gone.replacing("SESSION", with: "a"))) == nil)
    guard case .closed = catcher.take(try message(gone.replacing("SESSION", with: "b"))) else {
      Issue.record("it goes on")
      return
    }
  }

  @Test func `a page that cannot be opened ends it, one that is left at once does not`() throws {
    for (word, isEnd) in [("net::ERR_NAME_NOT_RESOLVED", true), ("net::ERR_ABORTED", false)] {
      var catcher = try started()
      _ = catcher.take(try attached("s"))
      let id = try #require(catcher.takeCommands().last?.id)
      let outcome = catcher.take(
        try message(#"{"id": \#(id), "result": {"frameId": "f", "errorText": "\#(word)"}}"#))
      #expect((outcome != nil) == isEnd)
    }
  }

  @Test func `without a window it looks like any other browser`() throws {
    var catcher = try started(isHidden: true)
    _ = catcher.take(try attached("s"))
    let agent = catcher.takeCommands().first { $0.method == "Emulation.setUserAgentOverride" }
    #expect(agent?.parameters == #"{"userAgent":"Mozilla Chrome/1"}"#)
  }

  @Test func `a name is filled in, and cannot be code`() throws {
    var visit = Self.visit
    visit.username = #"a"); alert("x"#
    var catcher = try started(visit)
    _ = catcher.take(try attached("s"))
    #expect(catcher.takeCommands().contains { $0.method == "Page.enable" })
    _ = catcher.take(
      try message(
        #"{"method": "Page.loadEventFired", "sessionId": "s", "params": {"timestamp": 1}}"#))
    let script = try #require(catcher.takeCommands().first)
    #expect(script.method == "Runtime.evaluate" && script.session == "s")
    #expect(script.parameters.contains(#"\\\"); alert(\\\""#))
  }
}
