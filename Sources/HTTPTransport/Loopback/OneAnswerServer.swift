import Core
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// What a loopback server puts up with.
struct LoopbackLimits: Sendable {
  /// Bytes of a request, 1 or more.
  var requestSize = 32 << 10
  /// How long a connection may take, from the first byte to the last.
  ///
  /// Browsers open connections that they may need later and leave them idle.
  var connectionTime = Duration.seconds(15)
  /// Connections at the same time; more are closed at once.
  var connections = 64
}

/// A server at a free port of 127.0.0.1 that waits for one request among those that arrive.
///
/// Every connection is answered once and closed.
final class OneAnswerServer<Value: Sendable>: Sendable {
  /// Decides about a request; called on an event loop, so it must not wait.
  ///
  /// `peer` is the port at the other end.
  typealias Responder =
    @Sendable (_ request: LoopbackRequest, _ peer: Int?) ->
    LoopbackReply<Value>

  private struct State {
    var connections: [ObjectIdentifier: any Channel] = [:]
    var isClaimed = false
    var isOver = false
    var value: Value?
    var waiter: CheckedContinuation<Value?, Never>?
  }

  private let state = Mutex(State())
  private let listening = Mutex<(any Channel)?>(nil)
  private let limits: LoopbackLimits
  private let respond: Responder

  init(limits: LoopbackLimits, respond: @escaping Responder) {
    self.limits = limits
    self.respond = respond
  }

  /// Binds a free port and starts to listen.
  ///
  /// - Returns: The port.
  /// - Throws: ``AuthError`` with code `system` when there is none.
  func start() async throws(AuthError) -> Int {
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.backlog, value: 16)
        .childChannelInitializer { channel in
          channel.eventLoop.makeCompletedFuture { try self.prepare(channel) }
        }
        .bind(host: "127.0.0.1", port: 0).get()
      listening.withLock { $0 = channel }
      if let port = channel.localAddress?.port { return port }
    } catch {
      throw AuthError(
        .system, "cannot listen at a port of 127.0.0.1 for the browser's answer", cause: error)
    }
    throw AuthError(.system, "cannot learn the port that was bound at 127.0.0.1")
  }

  /// Waits until a request brought a value and the browser has its answer; `nil` after `timeout`
  /// and in a task that is cancelled.
  func value(within timeout: Duration) async -> Value? {
    let alarm = listening.withLock { $0 }?.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
      self.finish(nil)
    }
    defer { alarm?.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let (isOver, value) = state.withLock { state in
          if !state.isOver { state.waiter = continuation }
          return (state.isOver, state.value)
        }
        if isOver { continuation.resume(returning: value) }
      }
    } onCancel: {
      finish(nil)
    }
  }

  /// Closes the port and every connection.
  func close() async {
    let channel = listening.withLock { channel in
      defer { channel = nil }
      return channel
    }
    try? await channel?.close().get()
    let connections = state.withLock { Array($0.connections.values) }
    for connection in connections { try? await connection.close().get() }
  }

  private func finish(_ value: Value?) {
    let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
      guard !state.isOver else { return nil }
      state.isOver = true
      state.value = value
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: value)
  }

  private func prepare(_ channel: any Channel) throws {
    let key = ObjectIdentifier(channel)
    let isTooMuch = state.withLock { state in
      state.connections[key] = channel
      return state.connections.count > limits.connections
    }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { $0.connections[key] = nil }
    }
    guard !isTooMuch else { throw ChannelError.operationUnsupported }
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(SizeLimit(limits.requestSize))
    try pipeline.configureHTTPServerPipeline(
      withPipeliningAssistance: false, withErrorHandling: false)
    try pipeline.addHandler(Exchange(limits.connectionTime, answer))
  }

  /// The answer to a request, and what to do once the browser has it.
  private func answer(
    _ request: LoopbackRequest, from peer: Int?
  ) -> (LoopbackReply<Value>, (@Sendable () -> Void)?) {
    let reply = respond(request, peer)
    guard let value = reply.value else { return (reply, nil) }
    let isFirst = state.withLock { state in
      defer { state.isClaimed = true }
      return !state.isClaimed
    }
    guard isFirst else {
      let page = LoopbackPage.refusal("This was already answered. You can close this window.")
      return (LoopbackReply(status: 409, page: page), nil)
    }
    return (reply, { self.finish(value) })
  }
}

/// Closes a connection that sends more than a browser would.
private final class SizeLimit: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var left: Int

  init(_ limit: Int) { left = limit }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard left > 0 else { return }
    let buffer = Self.unwrapInboundIn(data)
    left -= buffer.readableBytes
    guard left > 0 else {
      let refusal = ByteBuffer(
        string: "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n")
      context.writeAndFlush(Self.wrapOutboundOut(refusal), promise: nil)
      context.close(promise: nil)
      return
    }
    context.fireChannelRead(data)
  }
}

/// One request and its answer.
private final class Exchange<Value: Sendable>: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let limit: Duration
  private let answer: (LoopbackRequest, Int?) -> (LoopbackReply<Value>, (@Sendable () -> Void)?)
  private var alarm: Scheduled<Void>?
  private var isAnswered = false

  init(
    _ limit: Duration,
    _ answer:
      @escaping (LoopbackRequest, Int?) -> (
        LoopbackReply<Value>, (@Sendable () -> Void)?
      )
  ) {
    self.limit = limit
    self.answer = answer
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    alarm = context.eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    alarm?.cancel()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = Self.unwrapInboundIn(data), !isAnswered else { return }
    let (reply, done) = answer(LoopbackRequest(head), context.remoteAddress?.port)
    send(reply, isBodyless: head.method == .HEAD, done, context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError, !isAnswered else {
      context.close(promise: nil)
      return
    }
    let page = LoopbackPage.refusal("This is not a request that a browser would send.")
    send(LoopbackReply<Value>(status: 400, page: page), isBodyless: false, nil, context)
  }

  private func send(
    _ reply: LoopbackReply<Value>, isBodyless: Bool, _ done: (@Sendable () -> Void)?,
    _ context: ChannelHandlerContext
  ) {
    isAnswered = true
    let body = ByteBuffer(string: reply.page)
    var headers = HTTPHeaders([
      ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", "\(body.readableBytes)"),
      ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"),
      ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
      ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
      ("Connection", "close"),
    ])
    for header in reply.headers { headers.add(name: header.name, value: header.value) }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
    context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
    if !isBodyless { context.write(Self.wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    let channel = context.channel
    context.writeAndFlush(Self.wrapOutboundOut(.end(nil))).whenComplete { _ in
      channel.close(promise: nil)
      done?()
    }
  }
}
