public import Core

/// Sends a browser to an address that nobody may see, such as one that logs whoever opens it in.
///
/// A browser is told its page in its arguments, and every user of a machine can read those. So the
/// browser is told an address of this process with a random path, which sends it on (`302`) once;
/// on Linux, only when the connection belongs to the same user.
public struct LoopbackRedirect: Sendable {
  private let randomBytes: @Sendable (Int) -> [UInt8]
  private let isOtherUser: @Sendable (_ peer: Int, _ port: Int) -> Bool

  /// Creates a redirect.
  ///
  /// - Parameter randomBytes: Random bytes for the path.
  public init(randomBytes: @escaping @Sendable (Int) -> [UInt8]) {
    self.init(randomBytes: randomBytes, isOtherUser: PeerOwner.isOtherUser)
  }

  init(
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    isOtherUser: @escaping @Sendable (_ peer: Int, _ port: Int) -> Bool
  ) {
    self.randomBytes = randomBytes
    self.isOtherUser = isOtherUser
  }

  /// Opens `url` by way of this process, and waits until the browser has been sent there.
  ///
  /// - Parameters:
  ///   - url: Where to send the browser.
  ///   - timeout: How long the browser may take to come.
  ///   - open: Starts the browser with the address it is given; whether it started.
  /// - Returns: Whether the browser came; `false` when it did not start, did not come in time, or
  ///   the task was cancelled.
  /// - Throws: ``AuthError`` with code `system` if no port can be had.
  public func open(
    _ url: Secret, within timeout: Duration, by open: (_ address: Secret) async -> Bool
  ) async throws(AuthError) -> Bool {
    let path = "/" + Hex.lowercase(randomBytes(16))
    let bound = BoundPort()
    let isOtherUser = isOtherUser
    let server = OneAnswerServer<Bool>(limits: LoopbackLimits()) { request, peer in
      if let refusal = LoopbackReply<Bool>.refusal(of: request, path: path, port: bound.port) {
        return refusal
      }
      guard let peer, !isOtherUser(peer, bound.port) else {
        return LoopbackReply(
          status: 403, page: LoopbackPage.refusal("This page belongs to another user."))
      }
      return LoopbackReply(
        status: 302, headers: [(name: "Location", value: url.revealed())],
        page: LoopbackPage.refusal("You are being sent on."), value: true)
    }
    bound.port = try await server.start()
    var isSent = false
    if await open(Secret("http://127.0.0.1:\(bound.port)\(path)")) {
      isSent = await server.value(within: timeout) ?? false
    }
    await server.close()
    return isSent
  }
}
