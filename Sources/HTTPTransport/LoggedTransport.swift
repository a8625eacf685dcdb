public import Logging
public import Model

/// Says in the log which service was asked for what, how it answered and how long it took; never
/// what a request or an answer holds, nor an address beyond its host.
public struct LoggedTransport<Time: Clock>: Transport where Time.Duration == Duration {
  private let transport: any Transport
  private let log: Logger
  private let clock: Time

  /// Creates a transport that sends by another one.
  public init(_ transport: any Transport, log: Logger, clock: Time) {
    self.transport = transport
    self.log = log
    self.clock = clock
  }

  /// Sends `request`, and says so.
  ///
  /// - Throws: ``TransportFailure``: what the other transport threw.
  public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    guard log.logLevel <= .debug else { return try await transport.send(request) }
    let start = clock.now
    var facts: Logger.Metadata = ["service": "\(Self.service(request.url))"]
    if !request.operation.isEmpty { facts["operation"] = "\(request.operation)" }
    do {
      let response = try await transport.send(request)
      facts["took"] = "\(Self.milliseconds(start.duration(to: clock.now))) ms"
      facts["status"] = "\(response.status)"
      // What AWS' support asks for.
      if let id = response.header("x-amzn-requestid") ?? response.header("x-amz-request-id") {
        facts["request"] = "\(id)"
      }
      log.debug("a service answered", metadata: facts)
      return response
    } catch {
      facts["took"] = "\(Self.milliseconds(start.duration(to: clock.now))) ms"
      facts["failure"] = "\(error.description)"
      log.debug("a service did not answer", metadata: facts)
      throw error
    }
  }

  /// Scheme, host and port of an address: paths and queries may be secrets, and so is what stands
  /// before an `@`.
  private static func service(_ url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return "?" }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    return String(url[..<scheme.upperBound] + (authority.split(separator: "@").last ?? "?"))
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
  }
}
