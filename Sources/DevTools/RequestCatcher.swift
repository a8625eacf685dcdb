internal import Core
internal import Model

/// The conversation with a browser, as a state machine: its messages go in, commands and the outcome
/// come out.
///
/// Every page is stopped at its start until its requests are watched, those that other pages open
/// included (trap 53 of docs/traps.md).
struct RequestCatcher {
  /// What became of the visit.
  enum Outcome {
    /// The awaited request.
    case caught(Secret)
    /// No page is left.
    case closed
    /// The page could not be opened.
    case unreachable(String)
    /// The awaited request was stopped, and the browser does not say what is in it.
    case unreadable
  }

  private let visit: SignInVisit
  private let isHidden: Bool
  private var lastID = 0
  private var commands: [DevToolsCommand] = []
  private var pages: Set<String> = []
  private var navigation: Int?
  private var version: Int?
  private var userAgent: String?
  /// The awaited requests whose bodies were asked for, by the numbers of those commands.
  private var asked: [Int: Paused] = [:]

  /// A request that waits for its fate.
  private struct Paused {
    var id: String
    var session: String?

    var member: (String, String) { ("requestId", JSONText.string(id)) }
  }

  init(_ visit: SignInVisit, isHidden: Bool) {
    self.visit = visit
    self.isHidden = isHidden
    if isHidden { version = send("Browser.getVersion", []) }
    autoAttach(nil)
  }

  /// The commands that are to be sent now, in order.
  mutating func takeCommands() -> [DevToolsCommand] {
    defer { commands = [] }
    return commands
  }

  /// Takes what the browser says.
  mutating func take(_ message: DevToolsMessage) -> Outcome? {
    if let id = message.id { return answer(id, message) }
    switch message.method {
    case "Target.attachedToTarget":
      if let session = message.params?.sessionId {
        attach(session, message.params?.targetInfo?.type ?? "")
      }
    case "Target.detachedFromTarget":
      guard let session = message.params?.sessionId, pages.remove(session) != nil else {
        return nil
      }
      if pages.isEmpty { return .closed }
    case "Fetch.requestPaused":
      guard let id = message.params?.requestId, let request = message.params?.request else {
        return nil
      }
      return stopped(
        Paused(id: id, session: message.sessionId), request, message.params?.networkId)
    case "Page.loadEventFired": fillName(message.sessionId)
    default: break
    }
    return nil
  }

  /// Asks it to end in good order, so that cookies are kept.
  mutating func close() { send("Browser.close", []) }

  private mutating func answer(_ id: Int, _ message: DevToolsMessage) -> Outcome? {
    if id == version { userAgent = message.result?.userAgent }
    if let paused = asked.removeValue(forKey: id) {
      guard let body = message.result?.body, !body.isEmpty else { return refuse(paused) }
      return caught(body, paused)
    }
    // A page that another one takes the place of at once is not a failure.
    guard id == navigation, let failure = message.result?.errorText, !failure.isEmpty,
      failure != "net::ERR_ABORTED"
    else { return nil }
    return .unreachable(failure)
  }

  private mutating func attach(_ session: String, _ type: String) {
    // Windows of the browser itself are of no interest, and workers post no forms.
    if ["page", "iframe"].contains(type) {
      autoAttach(session)
      // Bodies that do not come with a request are asked for there.
      send("Network.enable", [("maxPostDataSize", "1048576")], session)
      let patterns = visit.patterns.map {
        JSONText.object([
          ("urlPattern", JSONText.string($0)), ("requestStage", JSONText.string("Request")),
        ])
      }
      send("Fetch.enable", [("patterns", "[\(patterns.joined(separator: ","))]")], session)
      // Pages turn away browsers that say they have no window.
      if let userAgent, userAgent.contains("Headless") {
        let usual = userAgent.replacing("HeadlessChrome", with: "Chrome")
        send("Emulation.setUserAgentOverride", [("userAgent", JSONText.string(usual))], session)
      }
    }
    if type == "page" {
      pages.insert(session)
      if visit.username != nil { send("Page.enable", [], session) }
    }
    send("Runtime.runIfWaitingForDebugger", [], session)
    if type == "page", navigation == nil {
      navigation = send("Page.navigate", [("url", JSONText.string(visit.page))], session)
    }
  }

  private mutating func stopped(
    _ paused: Paused, _ request: DevToolsMessage.Request, _ networkID: String?
  ) -> Outcome? {
    guard request.method == "POST", visit.isEnd(request.url) else {
      // Trap 55: it waits for ever otherwise.
      send("Fetch.continueRequest", [paused.member], paused.session)
      return nil
    }
    if let body = request.body { return caught(body, paused) }
    // Whatever is in it, it does not go to AWS.
    guard request.isWithBody else {
      fail(paused)
      return nil
    }
    guard let networkID else { return refuse(paused) }
    let number = send(
      "Network.getRequestPostData", [("requestId", JSONText.string(networkID))], paused.session)
    asked[number] = paused
    return nil
  }

  private mutating func caught(_ body: Secret, _ paused: Paused) -> Outcome {
    send(
      "Fetch.fulfillRequest",
      [
        paused.member, ("responseCode", "200"),
        (
          "responseHeaders",
          #"[{"name":"Content-Type","value":"text/html; charset=utf-8"}]"#
        ), ("body", JSONText.string(Self.farewell)),
      ], paused.session)
    return .caught(body)
  }

  private mutating func refuse(_ paused: Paused) -> Outcome {
    fail(paused)
    return .unreadable
  }

  private mutating func fail(_ paused: Paused) {
    send(
      "Fetch.failRequest", [paused.member, ("errorReason", JSONText.string("Aborted"))],
      paused.session)
  }

  /// In base64: `<p>You are signed in. This window closes by itself.</p>`.
  private static let farewell =
    "PHA+WW91IGFyZSBzaWduZWQgaW4uIFRoaXMgd2luZG93IGNsb3NlcyBieSBpdHNlbGYuPC9wPg=="

  /// Puts the user's name where a page asks for it and nothing was typed yet.
  private mutating func fillName(_ session: String?) {
    guard let name = visit.username else { return }
    let script = """
      (name => { const field = document.querySelector('input[type=email],input[autocomplete=username],\
      input[name=username],input[name=identifier],input[name=loginfmt],input[name=UserName]');
      if (!field || field.value || field.type === 'hidden') return;
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, name);
      for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true}));
      })(\(JSONText.string(name)))
      """
    send("Runtime.evaluate", [("expression", JSONText.string(script))], session)
  }

  private mutating func autoAttach(_ session: String?) {
    send(
      "Target.setAutoAttach",
      [("autoAttach", "true"), ("waitForDebuggerOnStart", "true"), ("flatten", "true")], session)
  }

  @discardableResult
  private mutating func send(
    _ method: String, _ parameters: [(String, String)], _ session: String? = nil
  ) -> Int {
    lastID += 1
    commands.append(
      DevToolsCommand(
        id: lastID, method: method, parameters: JSONText.object(parameters), session: session))
    return lastID
  }
}
