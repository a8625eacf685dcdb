import AsyncHTTPClient
import CLibrary
import Model
import NIOCore
import NIOPosix
import NIOSSL

/// Says what an error of the network libraries means: for retrying, and to a person.
struct FailureReport {
  /// The server's host and port.
  var host: String
  /// The proxy in between, if any.
  var proxy: ProxyServer?

  /// The failure.
  func failure(_ error: any Error) -> TransportFailure {
    switch error {
    case let error as HTTPClientError: clientFailure(error)
    case let error as NIOConnectionError: connectionFailure(error)
    case is CancellationError: TransportFailure(.cancelled, "the request to \(host) was cancelled")
    case is NIOTooManyBytesError:
      TransportFailure(.misconfigured, "the answer of \(host) is larger than 4 MiB")
    case let error as NIOSSLError: tlsFailure(error)
    case is NIOSSLExtraError:
      TransportFailure(
        .notSent, "the certificate of \(host) is for another name")
    case is BoringSSLError:
      TransportFailure(.notSent, "no TLS connection to \(host) can be made")
    // An address that is an IP already fails with what `connect` says.
    case let error as IOError where Self.connectCodes.contains(error.errnoCode):
      TransportFailure(.notSent, "\(peer) cannot be reached: \(Self.text(of: error.errnoCode))")
    case ChannelError.connectTimeout:
      TransportFailure(.notSent, "\(peer) cannot be reached in time", isTimeout: true)
    case let error as IOError:
      TransportFailure(
        .maybeSent, "the connection to \(host) broke: \(Self.text(of: error.errnoCode))")
    case is ChannelError:
      TransportFailure(.maybeSent, "the connection to \(host) broke")
    default:
      TransportFailure(.maybeSent, "the exchange with \(host) failed: \(type(of: error))")
    }
  }

  private func clientFailure(_ error: HTTPClientError) -> TransportFailure {
    switch error {
    case .connectTimeout, .getConnectionFromPoolTimeout:
      TransportFailure(.notSent, "\(peer) cannot be reached in time", isTimeout: true)
    case .tlsHandshakeTimeout:
      TransportFailure(
        .notSent, "\(host) did not finish the TLS handshake in time", isTimeout: true)
    case .socksHandshakeTimeout, .httpProxyHandshakeTimeout:
      TransportFailure(.notSent, "\(peer) did not answer in time", isTimeout: true)
    case .readTimeout, .writeTimeout, .deadlineExceeded:
      TransportFailure(.maybeSent, "\(host) did not answer in time", isTimeout: true)
    case .cancelled, .alreadyShutdown, .requestStreamCancelled:
      TransportFailure(.cancelled, "the request to \(host) was cancelled")
    case .remoteConnectionClosed:
      TransportFailure(.maybeSent, "\(host) closed the connection without an answer")
    case .proxyAuthenticationRequired:
      TransportFailure(.misconfigured, "\(peer) requires a user and password")
    case .invalidProxyResponse:
      TransportFailure(.notSent, "\(peer) refused a connection to \(host)")
    case .invalidURL, .emptyHost, .emptyScheme:
      TransportFailure(.misconfigured, "the address of \(host) cannot be used")
    default:
      TransportFailure(.maybeSent, "the exchange with \(host) failed: \(error.shortDescription)")
    }
  }

  private func connectionFailure(_ error: NIOConnectionError) -> TransportFailure {
    for failure in error.connectionErrors {
      if let error = failure.error as? IOError {
        return TransportFailure(
          .notSent, "\(peer) cannot be reached: \(Self.text(of: error.errnoCode))")
      }
      if failure.error is ChannelError {
        return TransportFailure(.notSent, "\(peer) cannot be reached in time", isTimeout: true)
      }
    }
    if error.dnsAError != nil || error.dnsAAAAError != nil {
      return TransportFailure(.notSent, "the host name of \(peer) is not known")
    }
    return TransportFailure(.notSent, "\(peer) cannot be reached")
  }

  private func tlsFailure(_ error: NIOSSLError) -> TransportFailure {
    switch error {
    case .handshakeFailed(let reason):
      let text = "\(reason)"
      if text.contains("CERTIFICATE_VERIFY_FAILED") {
        return TransportFailure(
          .notSent,
          "the certificate of \(host) is not trusted; AWS_CA_BUNDLE can name further roots")
      }
      return TransportFailure(.notSent, "\(host) and atmos-auth do not agree on TLS")
    case .uncleanShutdown:
      return TransportFailure(.maybeSent, "the connection to \(host) broke")
    default:
      return TransportFailure(.notSent, "no TLS connection to \(host) can be made")
    }
  }

  private static let connectCodes: Set<CInt> = [
    ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL,
  ]

  /// Whom a connection is made to: the proxy, where there is one.
  private var peer: String {
    proxy.map { "proxy \($0.host):\($0.port)" } ?? host
  }

  private static func text(of code: CInt) -> String {
    strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
  }
}
