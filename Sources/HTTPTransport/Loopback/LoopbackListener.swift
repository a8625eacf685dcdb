public import Core
public import Model

/// Takes the result of a login from the browser, by HTTP at a free port of 127.0.0.1.
///
/// The rules are those of RFC 8252 §7.3 and §8: the port is bound before the browser starts and is
/// reachable from this machine only; nothing but a `GET` of the very path counts, sent to this
/// machine by its own name, with the `state` that is awaited, and only the first one. All else is
/// answered and changes nothing, so that a page on the internet that tries ports ends no login.
public struct LoopbackListener: CallbackListener {
  private let limits: LoopbackLimits

  /// Creates a listener; nothing is bound before it is used.
  public init() { limits = LoopbackLimits() }

  init(limits: LoopbackLimits) { self.limits = limits }

  /// Listens, sends the browser off and waits; see
  /// ``CallbackListener/callback(path:timeout:accepts:start:)``.
  public func callback(
    path: String, timeout: Duration, accepts: @escaping @Sendable ([String: String]) -> Bool,
    start: (_ port: Int) async throws(AuthError) -> Void
  ) async throws(AuthError) -> [String: String] {
    let bound = BoundPort()
    let server = OneAnswerServer<[String: String]>(limits: limits) { request, _ in
      Self.reply(to: request, path: path, port: bound.port, accepts: accepts)
    }
    bound.port = try await server.start()
    do throws(AuthError) {
      try await start(bound.port)
    } catch {
      await server.close()
      throw error
    }
    let fields = await server.value(within: timeout)
    await server.close()
    if let fields { return fields }
    if Task.isCancelled {
      throw AuthError(.loginRequired, "stopped waiting for the browser")
    }
    throw AuthError(
      .loginRequired,
      "the browser brought no answer within \(DurationText.text(timeout.components.seconds))",
      hints: [
        "log in again, and finish the login in the browser",
        "`--no-browser` shows a code to type on any other device instead",
      ])
  }

  private static func reply(
    to request: LoopbackRequest, path: String, port: Int,
    accepts: ([String: String]) -> Bool
  ) -> LoopbackReply<[String: String]> {
    func refused(_ status: Int, _ reason: String) -> LoopbackReply<[String: String]> {
      LoopbackReply(status: status, page: LoopbackPage.refusal(reason))
    }
    if let refusal = LoopbackReply<[String: String]>.refusal(of: request, path: path, port: port) {
      return refusal
    }
    guard let fields = request.fields, accepts(fields) else {
      return refused(400, "This is not the answer that the terminal is waiting for.")
    }
    guard let error = fields["error"] else {
      return LoopbackReply(status: 200, page: LoopbackPage.success, value: fields)
    }
    return LoopbackReply(
      status: 200, page: LoopbackPage.failure(fields["error_description"] ?? error),
      value: fields)
  }
}

extension LoopbackReply {
  /// The answer to a request that is not a browser's visit of `path`; `nil` if it is one.
  static func refusal(of request: LoopbackRequest, path: String, port: Int) -> Self? {
    guard request.isFor(port: port) else {
      return Self(
        status: 421, page: LoopbackPage.refusal("This address does not belong to this machine."))
    }
    guard request.path == path else {
      return Self(status: 404, page: LoopbackPage.refusal("There is no such page."))
    }
    guard request.method == "GET" else {
      return Self(
        status: 405, headers: [(name: "Allow", value: "GET")],
        page: LoopbackPage.refusal("This page can only be visited."))
    }
    guard !request.isAhead else {
      // A refused look ahead makes the browser ask again when the page is really visited.
      return Self(status: 503, page: LoopbackPage.refusal("This page cannot be fetched ahead."))
    }
    return nil
  }
}
