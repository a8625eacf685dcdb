internal import Core
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// A port of this machine that leads to a proxy which is spoken to by TLS.
///
/// AsyncHTTPClient speaks to proxies in plain text only. So it is given this port, and what it says
/// goes on to the proxy encrypted. What else finds the port gets no further than to the proxy, and
/// without the proxy's password not even there.
struct ProxyRelay: Sendable {
  /// The port of 127.0.0.1.
  let port: Int
  private let server: any Channel

  /// Opens the port.
  ///
  /// - Parameters:
  ///   - proxy: The proxy.
  ///   - tls: Which certificates it may have.
  ///   - connectLimit: How long it may take to be reached.
  ///   - group: What connections are served by.
  /// - Throws: What the system or the TLS library says.
  init(
    to proxy: ProxyServer, tls: TLSConfiguration, connectLimit: Duration, group: any EventLoopGroup
  ) throws {
    let context = try NIOSSLContext(configuration: tls)
    let name = IPAddress(proxy.host) == nil ? proxy.host : nil
    server = try ServerBootstrap(group: group)
      .childChannelInitializer { inbound in
        ClientBootstrap(group: inbound.eventLoop)
          .connectTimeout(TimeAmount(connectLimit))
          .channelInitializer { outbound in
            outbound.eventLoop.makeCompletedFuture {
              try outbound.pipeline.syncOperations.addHandlers(
                NIOSSLClientHandler(context: context, serverHostname: name),
                Forward(to: inbound))
            }
          }
          .connect(host: proxy.host, port: proxy.port)
          .flatMapThrowing { outbound in
            try inbound.pipeline.syncOperations.addHandler(Forward(to: outbound))
          }
      }
      .bind(host: "127.0.0.1", port: 0).wait()
    port = server.localAddress?.port ?? 0
  }

  /// Closes the port; connections end with those who use them.
  func close() { server.close(promise: nil) }

  /// Hands on to another channel what comes from one, its end included.
  private final class Forward: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
      other.close(promise: nil)
      context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }
}
