import AsyncHTTPClient
import Core
public import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The network, by AsyncHTTPClient.
///
/// Requests go out over HTTP/1.1 exactly as they stand: no redirects, no compression, no headers
/// of its own but `Host`, the body's length, and `User-Agent` where the request has none. Nothing is
/// started before the first request, so a process that needs no network pays nothing. Plain `http` addresses are sent, too: whoever sets
/// an endpoint may mean this machine.
///
/// All requests that go through an HTTP proxy, those to plain `http` addresses too, are tunnelled
/// with `CONNECT`.
///
/// Limits: 10 seconds to connect, 30 seconds of silence, 2 minutes in all, 4 MiB of answer; a
/// request may ask for less time.
public final class AsyncHTTPTransport: Transport {
  private static let overallLimit = Duration.seconds(120)
  private static let bodyLimit = 4 << 20
  private static let userAgent = "atmos-auth/\(Version.current)"

  private let environment: [String: String]
  private let rules: ProxyRules
  private let state = Mutex(State())

  private struct State {
    var clients: [Route: HTTPClient] = [:]
    var relays: [ProxyRelay] = []
    var isShutDown = false
  }

  /// What one client is set to for good.
  ///
  /// A client cannot be closed before its attempts to connect have ended, so a request that has one
  /// second gets a client that tries for one second.
  private struct Route: Hashable {
    var proxy: ProxyServer?
    var connectLimit: Duration
  }

  /// Creates a transport.
  ///
  /// - Parameter environment: Where `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`,
  ///   `AWS_CA_BUNDLE`, `SSL_CERT_FILE`, `SSL_CERT_DIR` and `REQUESTS_CA_BUNDLE` are looked up.
  public init(environment: [String: String]) {
    self.environment = environment
    rules = ProxyRules(environment: environment)
  }

  deinit {
    // A client that was never closed traps in debug builds; it outlives us until it is closed.
    let (clients, relays) = state.withLock { (Array($0.clients.values), $0.relays) }
    for client in clients { client.shutdown { _ in } }
    for relay in relays { relay.close() }
  }

  /// Sends a request along the route that the environment gives for its host.
  ///
  /// - Throws: ``TransportFailure``: `notSent` for what fails before anything is sent, `maybeSent`
  ///   for what fails later, `misconfigured` for addresses, proxies and CA files that cannot be
  ///   used and for answers over 4 MiB, `cancelled` after ``shutdown()`` or in a cancelled task.
  public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    guard let url = URL(string: request.url), let host = url.host(), !host.isEmpty,
      let scheme = url.scheme?.lowercased(), ["http", "https"].contains(scheme)
    else {
      throw TransportFailure(.misconfigured, "`\(request.url)` is not an http or https address")
    }
    let port = url.port ?? (scheme == "https" ? 443 : 80)
    let proxy: ProxyServer?
    do {
      proxy = try rules.proxy(scheme: scheme, host: host, port: port)
    } catch {
      throw TransportFailure(.misconfigured, error.description)
    }
    let limit = min(request.timeout ?? Self.overallLimit, Self.overallLimit)
    let route = Route(proxy: proxy, connectLimit: Self.connectLimit(of: request))
    let client = try client(for: route)

    var message = HTTPClientRequest(url: request.url)
    message.method = HTTPMethod(rawValue: request.method)
    for header in request.headers { message.headers.add(name: header.name, value: header.value) }
    if !message.headers.contains(name: "User-Agent") {
      message.headers.add(name: "User-Agent", value: Self.userAgent)
    }
    if !request.body.isEmpty {
      message.body = .bytes(request.body.withBytes { ByteBuffer(bytes: $0) })
    }
    do {
      let answer = try await client.execute(message, deadline: .now() + TimeAmount(limit))
      let body = try await answer.body.collect(upTo: Self.bodyLimit)
      return HTTPResponse(
        status: Int(answer.status.code), headers: answer.headers.map { ($0.name, $0.value) },
        body: Array(body.readableBytesView))
    } catch {
      throw FailureReport(host: "\(host):\(port)", proxy: proxy).failure(error)
    }
  }

  /// Closes all connections; afterwards nothing can be sent, and a program that is started inherits
  /// nothing of it.
  ///
  /// Safe to call twice.
  public func shutdown() async {
    let (clients, relays) = state.withLock { state in
      state.isShutDown = true
      defer { (state.clients, state.relays) = ([:], []) }
      return (Array(state.clients.values), state.relays)
    }
    for client in clients { try? await client.shutdown() }
    for relay in relays { relay.close() }
    if !clients.isEmpty { EventPolls.closeOnExec() }
  }

  /// How long a request tries to connect, and how long a shutdown may have to wait for it at most.
  static func connectLimit(of request: HTTPRequest) -> Duration {
    min(request.timeout ?? overallLimit, .seconds(10))
  }

  private func client(for route: Route) throws(TransportFailure) -> HTTPClient {
    try state.withLock { state throws(TransportFailure) in
      if let client = state.clients[route] { return client }
      guard !state.isShutDown else {
        throw TransportFailure(.cancelled, "the network was shut down")
      }
      if state.clients.isEmpty { try Self.checkDescriptors() }
      var configuration = try configuration(route)
      if let proxy = route.proxy, proxy.kind == .https {
        let relay = try Self.relay(to: proxy, route, configuration.tlsConfiguration)
        state.relays.append(relay)
        configuration.proxy = Self.proxy(proxy, host: "127.0.0.1", port: relay.port)
      }
      let client = HTTPClient(
        eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
      state.clients[route] = client
      return client
    }
  }

  private static func proxy(
    _ proxy: ProxyServer, host: String, port: Int
  ) -> HTTPClient.Configuration.Proxy {
    .server(
      host: host, port: port,
      authorization: proxy.user.map { .basic(username: $0, password: proxy.password ?? "") })
  }

  private static func relay(
    to proxy: ProxyServer, _ route: Route, _ tls: TLSConfiguration?
  ) throws(TransportFailure) -> ProxyRelay {
    do {
      return try ProxyRelay(
        to: proxy, tls: tls ?? .makeClientConfiguration(), connectLimit: route.connectLimit,
        group: HTTPClient.defaultEventLoopGroup)
    } catch {
      throw TransportFailure(.notSent, "no way to the proxy \(proxy.host) can be opened")
    }
  }

  private static func checkDescriptors() throws(TransportFailure) {
    do throws(AuthError) {
      try FreeDescriptors.requireThoseOfLogin()
    } catch {
      throw TransportFailure(.misconfigured, error.message)
    }
  }

  private func configuration(
    _ route: Route
  ) throws(TransportFailure) -> HTTPClient.Configuration {
    var tls = TLSConfiguration.makeClientConfiguration()
    do {
      if let roots = try TrustRoots.load(environment: environment) {
        tls.trustRoots = .certificates(roots)
      }
    } catch {
      throw TransportFailure(.misconfigured, error.description)
    }
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(route.connectLimit), read: .seconds(30)),
      decompression: .disabled)
    configuration.httpVersion = .http1Only
    // The caller decides whether to try again, since it knows what was in the request.
    configuration.connectionPool.retryConnectionEstablishment = false
    // So is how many are under way at once; a connection each.
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
    if let proxy = route.proxy {
      switch proxy.kind {
      case .http:
        configuration.proxy = Self.proxy(proxy, host: proxy.host, port: proxy.port)
      // It leads to a port that has to be opened first.
      case .https: break
      case .socks:
        configuration.proxy = .socksServer(host: proxy.host, port: proxy.port)
      }
    }
    return configuration
  }
}
