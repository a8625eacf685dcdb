import Testing

@testable import HTTPTransport

@Suite struct ProxyRulesTests {
  private func isProxied(_ host: String, port: Int = 443, except entries: String) throws -> Bool {
    let rules = ProxyRules(environment: ["HTTPS_PROXY": "proxy:8080", "NO_PROXY": entries])
    return try rules.proxy(scheme: "https", host: host, port: port) != nil
  }

  @Test(arguments: [" http://proxy:8080 ", "proxy:8080\n", "\thttp://proxy:8080/"])
  func `blanks around the address do not count`(address: String) throws {
    let rules = ProxyRules(environment: ["HTTPS_PROXY": address])
    let proxy = try #require(try rules.proxy(scheme: "https", host: "example.com", port: 443))
    #expect(proxy == (try ProxyServer("http://proxy:8080")))
    #expect(
      try ProxyRules(environment: ["HTTPS_PROXY": "  "])
        .proxy(scheme: "https", host: "example.com", port: 443) == nil)
  }

  typealias Exception = (entries: String, host: String, port: Int, proxied: Bool)

  /// The cases of Go's `httpproxy` tests, and those of the issue trackers that led to them.
  static let exceptions: [Exception] = [
    ("example.com", "foo.example.com", 443, false), ("example.com", "example.com", 443, false),
    ("example.com", "badexample.com", 443, true), ("example.com", "example.com.evil", 443, true),
    (".example.com", "foo.example.com", 443, false), (".example.com", "example.com", 443, true),
    ("*.example.com", "foo.example.com", 443, false), ("*.example.com", "example.com", 443, true),
    ("example.com:443", "example.com", 443, false), ("example.com:80", "example.com", 443, true),
    ("EXAMPLE.com", "example.COM", 443, false), (" a.com , b.com ", "b.com", 443, false),
    ("*", "anything", 443, false), ("a.com,*", "b.com", 443, false), ("", "a.com", 443, true),
    ("192.168.1.0/24", "192.168.1.77", 443, false), ("192.168.1.0/24", "192.168.2.1", 443, true),
    ("10.0.0.0/9", "10.127.0.1", 443, false), ("10.0.0.0/9", "10.128.0.1", 443, true),
    ("1.2.3.4", "1.2.3.4", 443, false), ("1.2.3.4:80", "1.2.3.4", 443, true),
    ("1.2.3.4:80", "1.2.3.4", 80, false), ("0.0.0.0/0", "8.8.8.8", 443, false),
    ("2001:db8::/32", "[2001:db8:1::2]", 443, false), ("2001:db8::1", "2001:db8::1", 443, false),
    ("[2001:db8::1]:443", "[2001:db8::1]", 443, false),
    ("[2001:db8::1]:80", "[2001:db8::1]", 443, true),
    ("::ffff:1.2.3.4", "1.2.3.4", 443, false), ("example.com/24", "example.com", 443, true),
  ]

  @Test(arguments: exceptions)
  func `NO_PROXY as Go reads it`(example: Exception) throws {
    #expect(
      try isProxied(example.host, port: example.port, except: example.entries) == example.proxied)
  }

  @Test(arguments: [
    "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]", "169.254.169.254",
    "169.254.170.2", "[fd00:ec2::254]", "[fe80::1]",
  ])
  func `trap 20: this machine and its metadata services never go to a proxy`(host: String) throws {
    #expect(try !isProxied(host, except: ""))
  }

  typealias Choice = (environment: [String: String], scheme: String, host: String?)

  static let choices: [Choice] = [
    (["HTTPS_PROXY": "a:1"], "https", "a"), (["https_proxy": "b:1"], "https", "b"),
    (["HTTPS_PROXY": "a:1", "https_proxy": "b:1"], "https", "a"),
    (["HTTP_PROXY": "a:1"], "https", nil), (["HTTPS_PROXY": "a:1"], "http", nil),
    (["HTTP_PROXY": "a:1"], "http", "a"), (["ALL_PROXY": "c:1"], "http", "c"),
    (["ALL_PROXY": "c:1", "HTTPS_PROXY": "a:1"], "https", "a"),
    (["HTTPS_PROXY": "", "ALL_PROXY": "c:1"], "https", "c"),
    (["HTTP_PROXY": "a:1", "REQUEST_METHOD": "GET"], "http", nil),
  ]

  @Test(arguments: choices)
  func `which variable counts`(choice: Choice) throws {
    let rules = ProxyRules(environment: choice.environment)
    let proxy = try rules.proxy(scheme: choice.scheme, host: "example.com", port: 443)
    #expect(proxy?.host == choice.host)
  }

  @Test func `a proxy with everything`() throws {
    let proxy = try ProxyServer("http://jane:p%40ss:w@[2001:db8::7]:3128/")
    #expect(proxy.kind == .http)
    #expect(proxy.host == "2001:db8::7")
    #expect(proxy.port == 3128)
    #expect(proxy.user == "jane")
    #expect(proxy.password == "p@ss:w")
  }

  @Test(arguments: [
    ("proxy", "proxy", 80), ("proxy:8080", "proxy", 8080), ("http://proxy", "proxy", 80),
    ("socks5://s", "s", 1080), ("socks5h://s:9", "s", 9), ("https://p", "p", 443),
  ])
  func `short forms`(text: String, host: String, port: Int) throws {
    let proxy = try ProxyServer(text)
    #expect(proxy.host == host)
    #expect(proxy.port == port)
  }

  @Test(arguments: [
    "ftp://user:secret@proxy:1", "http://user:secret@", "http://user:secret@p:x",
    "http://user:secret@p:99999",
  ])
  func `what is no proxy is refused without its password`(text: String) throws {
    let fault = try #require(throws: ProxyServer.Fault.self) { _ = try ProxyServer(text) }
    #expect(!fault.description.contains("secret"))
  }
}
