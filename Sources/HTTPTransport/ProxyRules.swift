internal import Core

/// Which proxy a request goes through, as the environment says.
///
/// Source: Go's `golang.org/x/net/http/httpproxy`, whose grammar of `NO_PROXY` is the most
/// exact one and is what atmos and terraform follow. Two things are added: `ALL_PROXY`, as curl
/// reads it, and that the link-local addresses of cloud metadata services never go to a proxy,
/// which would fetch the credentials of its own machine.
struct ProxyRules: Equatable {
  private var httpProxy: String?
  private var httpsProxy: String?
  private var exceptions: [Exception] = []

  /// Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`; upper case wins over lower.
  init(environment: [String: String]) {
    func value(_ name: String) -> String? {
      let value = environment[name] ?? environment[name.lowercased()]
      // Blanks come along from files of settings; curl and Go leave them out, too.
      let trimmed = value?.trimmed ?? ""
      return trimmed.isEmpty ? nil : trimmed
    }
    let all = value("ALL_PROXY")
    httpsProxy = value("HTTPS_PROXY") ?? all
    // In a CGI program a client could set HTTP_PROXY with a `Proxy:` header ("httpoxy").
    httpProxy = environment["REQUEST_METHOD"] == nil ? value("HTTP_PROXY") ?? all : nil
    exceptions = (value("NO_PROXY") ?? "").split(separator: ",").compactMap { Exception($0) }
  }

  /// The proxy for an address.
  ///
  /// - Parameters:
  ///   - scheme: `http` or `https`.
  ///   - host: The host; an IPv6 address with or without its brackets.
  ///   - port: The port in use.
  /// - Returns: The proxy, or `nil` to connect straight.
  /// - Throws: ``ProxyServer/Fault`` when the variable holds no usable address.
  func proxy(scheme: String, host: String, port: Int) throws(ProxyServer.Fault) -> ProxyServer? {
    guard let text = scheme == "https" ? httpsProxy : httpProxy else { return nil }
    let host = host.lowercased()
    let address = IPAddress(host)
    if host == "localhost" || address?.isLoopback == true || address?.isLinkLocal == true {
      return nil
    }
    guard !exceptions.contains(where: { $0.matches(host, address, port) }) else { return nil }
    return try ProxyServer(text)
  }

  /// One entry of `NO_PROXY`.
  private enum Exception: Equatable {
    case everything
    case network(IPAddress, bits: Int)
    case address(IPAddress, port: Int?)
    /// The suffix begins with a dot; `includesItself` for entries written without one.
    case domain(suffix: String, includesItself: Bool, port: Int?)

    init?(_ entry: Substring) {
      let text = entry.filter { !$0.isWhitespace }.lowercased()
      guard !text.isEmpty else { return nil }
      if text == "*" {
        self = .everything
        return
      }
      let slash = text.split(separator: "/", omittingEmptySubsequences: false)
      if slash.count == 2, let network = IPAddress(String(slash[0])), let bits = Int(slash[1]),
        (0...network.bytes.count * 8).contains(bits)
      {
        self = .network(network, bits: bits)
        return
      }
      var (host, port) = (text, Int?.none)
      // One colon, or one after a bracket, sets a port apart; more make an IPv6 address.
      if let colon = text.lastIndex(of: ":"),
        text.hasPrefix("[") || text.firstIndex(of: ":") == colon,
        let number = Int(text[text.index(after: colon)...])
      {
        (host, port) = (String(text[..<colon]), number)
      }
      if let address = IPAddress(host) {
        self = .address(address, port: port)
        return
      }
      if host.hasPrefix("*.") { host.removeFirst() }
      guard !host.isEmpty else { return nil }
      let isSuffix = host.hasPrefix(".")
      self = .domain(
        suffix: isSuffix ? host : "." + host, includesItself: !isSuffix, port: port)
    }

    func matches(_ host: String, _ address: IPAddress?, _ port: Int) -> Bool {
      switch self {
      case .everything: true
      case .network(let network, let bits): address?.isIn(network, bits: bits) ?? false
      case .address(let own, let ownPort): address == own && (ownPort ?? port) == port
      case .domain(let suffix, let includesItself, let ownPort):
        (host.hasSuffix(suffix) || (includesItself && host == suffix.dropFirst()))
          && (ownPort ?? port) == port
      }
    }
  }
}

/// A proxy, taken from its address.
struct ProxyServer: Hashable {
  /// How it is spoken to.
  enum Kind: Hashable {
    /// `CONNECT` over plain HTTP.
    case http
    /// `CONNECT` over TLS.
    case https
    /// SOCKS 5.
    case socks
  }

  /// Why an address cannot be used; no part of it that may be a password is in the text.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  var kind: Kind
  var host: String
  var port: Int
  var user: String?
  var password: String?

  /// Reads `[scheme://][user:password@]host[:port][/]`.
  init(_ text: String) throws(Fault) {
    var rest = text[...]
    var scheme = "http"
    if let end = rest.firstRange(of: "://") {
      scheme = rest[..<end.lowerBound].lowercased()
      rest = rest[end.upperBound...]
    }
    switch scheme {
    case "http": kind = .http
    case "https": kind = .https
    case "socks5", "socks5h": kind = .socks
    default: throw Fault(description: "a proxy of scheme `\(scheme)` is not supported")
    }
    rest = rest.prefix { $0 != "/" && $0 != "?" }
    if let at = rest.lastIndex(of: "@") {
      let person = rest[..<at].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      user = Self.decoded(person[0])
      password = person.count == 2 ? Self.decoded(person[1]) : ""
      rest = rest[rest.index(after: at)...]
    }
    let standardPort =
      switch kind {
      case .http: 80
      case .https: 443
      case .socks: 1080
      }
    let hostText: Substring
    if rest.hasPrefix("["), let bracket = rest.firstIndex(of: "]") {
      hostText = rest[rest.index(after: rest.startIndex)..<bracket]
      rest = rest[rest.index(after: bracket)...]
    } else {
      hostText = rest.prefix { $0 != ":" }
      rest = rest.dropFirst(hostText.count)
    }
    let portText = rest.dropFirst()
    guard !hostText.isEmpty, rest.isEmpty || rest.hasPrefix(":"),
      let port = portText.isEmpty ? standardPort : Int(portText), (1...65535).contains(port)
    else { throw Fault(description: "the proxy address is not `http://host:port`") }
    self.host = String(hostText)
    self.port = port
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
