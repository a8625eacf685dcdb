import Testing

@testable import SignIn

@Suite struct WebTests {
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
    jar.take("host=1", from: page)
    jar.take("all=2; Domain=.corp.example; Path=/", from: page)
    jar.take("safe=3; Secure; Path=/; HttpOnly; SameSite=None", from: page)
    jar.take("evil=4; Domain=other.example", from: page)
    jar.take("top=5; Domain=example", from: page)
    jar.take("deep=6; Path=/app/login/more", from: page)
    #expect(jar.header(for: page) == "host=1; all=2; safe=3")
    #expect(jar.header(for: try place("https://www.corp.example/")) == "all=2")
    #expect(jar.header(for: try place("http://sso.corp.example/app/x")) == "host=1; all=2")
    #expect(jar.header(for: try place("https://sso.corp.example/application")) == "all=2; safe=3")
    #expect(jar.header(for: try place("https://corp.example.evil.example/")) == nil)
    jar.take("all=; Domain=corp.example; Path=/; Max-Age=0", from: page)
    #expect(jar.header(for: try place("https://www.corp.example/")) == nil)
  }

  @Test func `a form is written as browsers write it`() {
    #expect(
      WebSession.form([("a b", "ü+&=/"), ("c", "x.y_z-1")]) == "a%20b=%C3%BC%2B%26%3D%2F&c=x.y_z-1")
  }
}
