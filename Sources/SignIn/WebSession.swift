internal import Core
internal import HTML
internal import Model

/// A visit to web pages as browsers make it: with cookies, redirects and forms, without scripts.
struct WebSession {
  /// The page that is shown.
  struct Page {
    /// Where it is.
    var place: Location
    /// The HTTP status.
    var status: Int
    /// What it holds; `nil` for what is not a page of HTML.
    var content: HTMLPage?
    /// Its bytes.
    var body: [UInt8]
  }

  var cookies = CookieJar()
  private let effects: Effects
  private let provider: String

  /// Sites show their plain pages to browsers, and other ones to what they do not know.
  private static let userAgent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
  private static let longestWay = 15

  /// Begins a visit for a provider.
  init(_ effects: Effects, provider: String) {
    self.effects = effects
    self.provider = provider
  }

  /// Opens a page.
  mutating func open(_ place: Location) async throws(AuthError) -> Page {
    try await page(place, "GET", body: nil, type: nil)
  }

  /// Sends a form from a page.
  mutating func send(
    _ form: HTMLForm, from page: Page
  ) async throws(AuthError) -> Page {
    let base = page.content?.base.flatMap { page.place.resolving($0) } ?? page.place
    guard let target = form.action.isEmpty ? page.place : base.resolving(form.action) else {
      throw unexpected("a form that leads nowhere", at: page.place)
    }
    let body = Self.form(form.sent)
    guard form.isPosted else {
      guard let place = Location("\(target.scheme)://\(target.authority)\(target.path)?\(body)")
      else { throw unexpected("a form that leads nowhere", at: page.place) }
      return try await self.page(place, "GET", body: nil, type: nil)
    }
    return try await self.page(
      target, "POST", body: Secret(body), type: "application/x-www-form-urlencoded")
  }

  /// Where a form leads.
  func target(of form: HTMLForm, on page: Page) -> Location? {
    let base = page.content?.base.flatMap { page.place.resolving($0) } ?? page.place
    return form.action.isEmpty ? page.place : base.resolving(form.action)
  }

  /// Posts JSON and returns what is answered; redirects are not followed.
  mutating func post(
    json: String, to place: Location
  ) async throws(AuthError) -> HTTPResponse {
    let response = try await send(
      HTTPRequest(
        method: "POST", url: place.url,
        headers: headers(
          for: place, accept: "application/json", type: "application/json"),
        body: Secret(json), timeout: .seconds(30), operation: "sign-in"), place)
    keepCookies(of: response, place)
    return response
  }

  // MARK: The network

  private mutating func page(
    _ start: Location, _ method: String, body: Secret?, type: String?
  ) async throws(AuthError) -> Page {
    var (place, method, body, type) = (start, method, body, type)
    for _ in 0..<Self.longestWay {
      let response = try await send(
        HTTPRequest(
          method: method, url: place.url,
          headers: headers(
            for: place, accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", type: type),
          body: body ?? Secret(""), timeout: .seconds(30), operation: "sign-in"), place)
      keepCookies(of: response, place)
      guard (300...399).contains(response.status), response.status != 304,
        let link = response.header("Location")
      else {
        return Page(
          place: place, status: response.status, content: HTMLPage(response.body),
          body: response.body)
      }
      guard let next = place.resolving(link), next.scheme == place.scheme || next.scheme == "https"
      else { throw unexpected("a redirect to somewhere unsafe", at: place) }
      if response.status == 307 || response.status == 308 {
        // What was typed goes nowhere that it was not typed for.
        guard body == nil || next.isSameSite(as: place) else {
          throw unexpected("a redirect of a form to another site", at: place)
        }
      } else {
        (method, body, type) = ("GET", nil, nil)
      }
      place = next
    }
    throw unexpected("redirects without an end", at: place)
  }

  private func send(
    _ request: HTTPRequest, _ place: Location
  ) async throws(AuthError) -> HTTPResponse {
    do {
      return try await effects.transport.send(request)
    } catch {
      if error.reason == .cancelled {
        throw AuthError(.interrupted, "the sign-in to `\(provider)` was interrupted")
      }
      throw AuthError(
        error.reason == .misconfigured ? .badConfiguration : .unavailable,
        "cannot reach the identity provider of `\(provider)` at \(place.authority)",
        hints: ["look at `url`, the network, `HTTPS_PROXY` and `NO_PROXY`"], cause: error)
    }
  }

  private mutating func keepCookies(of response: HTTPResponse, _ place: Location) {
    for header in response.headers where header.name.lowercased() == "set-cookie" {
      cookies.take(header.value, from: place, at: effects.now())
    }
  }

  private func headers(
    for place: Location, accept: String, type: String?
  ) -> [(name: String, value: String)] {
    var headers = [
      (name: "User-Agent", value: Self.userAgent), (name: "Accept", value: accept),
      (name: "Accept-Language", value: "en-US,en;q=0.9"),
    ]
    if let type { headers.append((name: "Content-Type", value: type)) }
    if let cookie = cookies.header(for: place, at: effects.now()) {
      headers.append((name: "Cookie", value: cookie))
    }
    return headers
  }

  /// The error of a page that no sign-in has.
  func unexpected(_ what: String, at place: Location) -> AuthError {
    AuthError(
      .refused,
      "the identity provider of `\(provider)` answered with \(what) at \(place.authority)",
      hints: [BrowserNeed.hint])
  }

  /// A form's body (https://url.spec.whatwg.org/#application/x-www-form-urlencoded).
  static func form(_ fields: [(name: String, value: String)]) -> String {
    fields.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
  }

  static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        bytes.append(byte)
      default:
        bytes.append(UInt8(ascii: "%"))
        bytes += [byte >> 4, byte & 15].map { $0 < 10 ? 48 + $0 : 55 + $0 }
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What is said where an identity provider demands what only a browser has.
enum BrowserNeed {
  /// The line to change.
  static let hint =
    "sign in with a browser: write `driver: Browser` in the provider, or `driver: Paste` where none can be shown"

  /// The error; `what` completes "demands …".
  static func error(_ provider: String, _ what: String) -> AuthError {
    AuthError(
      .refused, "the identity provider of `\(provider)` demands \(what)", hints: [hint])
  }
}
