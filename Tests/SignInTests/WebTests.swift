import Core
import Testing

@testable import SignIn

@Suite struct WebTests {
  /// 2025-01-15T12:00:00Z.
  private static let now = Instant(secondsSince1970: 1_736_942_400)

  private func place(_ text: String) throws -> Location { try #require(Location(text)) }

  @Test(arguments: [
    ("", "https://a.example:8443/x/y?q=1"), ("z", "https://a.example:8443/x/z"),
    ("/z?k=v#f", "https://a.example:8443/z?k=v"), ("?k", "https://a.example:8443/x/y?k"),
    ("../../z", "https://a.example:8443/z"), ("./z/.", "https://a.example:8443/x/z"),
    ("//b.example/c", "https://b.example/c"), ("HTTP://B.example", "http://b.example/"),
  ])
  func `links lead where browsers go`(link: String, url: String) throws {
    #expect(try place("https://A.example:8443/x/y?q=1").resolving(link)?.url == url)
  }

  @Test(arguments: [
    "javascript:alert(1)", "data:text/html,x", "https://u:p@b.example/", "mailto:a",
  ])
  func `and nowhere else`(link: String) throws {
    #expect(try place("https://a.example/").resolving(link) == nil)
  }

  @Test func `cookies go back to where they come from`() throws {
    var jar = CookieJar()
    let page = try place("https://sso.corp.example/app/login")
    jar.take("host=1", from: page, at: Self.now)
    jar.take("all=2; Domain=.corp.example; Path=/", from: page, at: Self.now)
    jar.take("safe=3; Secure; Path=/; HttpOnly; SameSite=None", from: page, at: Self.now)
    jar.take("evil=4; Domain=other.example", from: page, at: Self.now)
    jar.take("top=5; Domain=example", from: page, at: Self.now)
    jar.take("deep=6; Path=/app/login/more", from: page, at: Self.now)
    #expect(jar.header(for: page, at: Self.now) == "host=1; all=2; safe=3")
    #expect(jar.header(for: try place("https://www.corp.example/"), at: Self.now) == "all=2")
    #expect(
      jar.header(for: try place("http://sso.corp.example/app/x"), at: Self.now) == "host=1; all=2")
    #expect(
      jar.header(for: try place("https://sso.corp.example/application"), at: Self.now)
        == "all=2; safe=3")
    #expect(jar.header(for: try place("https://corp.example.evil.example/"), at: Self.now) == nil)
    jar.take("all=; Domain=corp.example; Path=/; Max-Age=0", from: page, at: Self.now)
    #expect(jar.header(for: try place("https://www.corp.example/"), at: Self.now) == nil)
  }

  @Test(arguments: [
    ("Max-Age=0", false), ("Max-Age=-1", false), ("Max-Age=60", true), ("Max-Age=soon", true),
    ("Expires=Fri, 01 Jan 2021 00:00:00 GMT", false),
    ("Expires=Wed, 15 Jan 2025 12:00:00 GMT", false),
    ("Expires=Wed, 15 Jan 2025 12:00:01 GMT", true),
    ("Expires=Thu, 01-Jan-1970 00:00:00 GMT", false), ("Expires=Thu Jan  1 00:00:10 2026", true),
    ("Expires=Sunday, 06-Nov-94 08:49:37 GMT", false), ("Expires=0", true), ("Expires=", true),
    ("Expires=Fri, 01 Jan 2021 00:00:00 GMT; Max-Age=60", true),
    ("Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT", false),
  ])
  func `a cookie ends when the page says, and Max-Age says it before Expires`(
    end: String, isKept: Bool
  ) throws {
    var jar = CookieJar()
    let page = try place("https://a.example/")
    jar.take("a=1", from: page, at: Self.now)
    jar.take("a=; \(end)", from: page, at: Self.now)
    #expect((jar.header(for: page, at: Self.now) == "a=") == isKept)
    #expect((jar.header(for: page, at: Self.now) == nil) == !isKept)
  }

  @Test func `a cookie ends while a login lasts`() throws {
    var jar = CookieJar()
    let page = try place("https://a.example/")
    jar.take("a=1; Max-Age=60", from: page, at: Self.now)
    #expect(jar.header(for: page, at: Self.now.advanced(bySeconds: 59)) == "a=1")
    #expect(jar.header(for: page, at: Self.now.advanced(bySeconds: 60)) == nil)
  }

  @Test func `a form is written as browsers write it`() {
    #expect(
      WebSession.form([("a b", "ü+&=/"), ("c", "x.y_z-1")]) == "a%20b=%C3%BC%2B%26%3D%2F&c=x.y_z-1")
  }
}
