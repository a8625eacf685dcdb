public import Model

/// Shows a person what they are waiting for, once a service has not answered for a while.
public struct PatientTransport: Transport {
  /// How long a person waits without a word.
  public static let patience = Duration.seconds(1)

  private let transport: any Transport
  private let sleep: @Sendable (Duration) async throws -> Void
  private let progress: @Sendable (String?) -> Void

  /// Creates a transport that sends by another one.
  ///
  /// - Parameters:
  ///   - transport: The other one.
  ///   - sleep: Waits; throws when the task is cancelled.
  ///   - progress: Shows a line instead of the one before; `nil` removes it.
  public init(
    _ transport: any Transport, sleep: @escaping @Sendable (Duration) async throws -> Void,
    progress: @escaping @Sendable (_ line: String?) -> Void
  ) {
    self.transport = transport
    self.sleep = sleep
    self.progress = progress
  }

  /// Sends `request`.
  ///
  /// - Throws: ``TransportFailure``: what the other transport threw.
  public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let line = "waiting for \(Self.host(of: request.url))…"
    let note = Task { [sleep, progress] in
      try await sleep(Self.patience)
      try Task.checkCancellation()
      progress(line)
    }
    let outcome = await withTaskCancellationHandler {
      do throws(TransportFailure) {
        return Result<HTTPResponse, TransportFailure>.success(try await transport.send(request))
      } catch {
        return .failure(error)
      }
    } onCancel: {
      note.cancel()
    }
    note.cancel()
    if case .success = await note.result { progress(nil) }
    return try outcome.get()
  }

  // Never the rest of an address: it may hold what signs somebody in.
  private static func host(of url: String) -> String {
    guard let scheme = url.firstRange(of: "://") else { return "an answer" }
    let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
    return String(authority.split(separator: "@").last ?? "an answer")
  }
}
