import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A request for a token to a service that is not a cloud's: sent again where that helps, and never
/// sent on to another host.
struct TokenCall {
  private static let tries = 4
  /// The longest token that AWS takes, and more than any issuer writes.
  private static let limit = 20_000
  /// The most that is read of a file with a token in it.
  static let fileLimit = 64 << 10

  /// Whom the token is for, for errors: ``provider `ci` ``.
  let subject: String
  /// What people call the service.
  let service: String
  /// Everything outside the process.
  let effects: Effects

  /// The successful answer.
  ///
  /// - Parameters:
  ///   - request: The request; asking twice for a token does no harm.
  ///   - refusal: What a person can do about a status of 400...499.
  /// - Returns: An answer with a status of 200...299.
  /// - Throws: ``AuthError``: `refused`, or `unavailable` once all tries are spent.
  func response(
    _ request: HTTPRequest, refusal: (_ status: Int) -> [String]
  ) async throws(AuthError) -> HTTPResponse {
    var number = 1
    while true {
      let outcome: Result<HTTPResponse, TransportFailure>
      do {
        outcome = .success(try await effects.transport.send(request))
      } catch {
        outcome = .failure(error)
      }
      guard number < Self.tries, Self.isPassing(outcome) else {
        return try read(outcome, refusal)
      }
      let jitter = effects.randomBytes(1).first.map { Int($0) } ?? 0
      do {
        try await effects.sleep(.milliseconds((250 + jitter) << (number - 1)))
      } catch {
        throw AuthError(.unavailable, "\(subject): the request for a token was interrupted")
      }
      number += 1
    }
  }

  private static func isPassing(_ outcome: Result<HTTPResponse, TransportFailure>) -> Bool {
    switch outcome {
    case .success(let response): response.status == 429 || response.status >= 500
    case .failure(let failure): [.notSent, .maybeSent].contains(failure.reason)
    }
  }

  private func read(
    _ outcome: Result<HTTPResponse, TransportFailure>, _ refusal: (Int) -> [String]
  ) throws(AuthError) -> HTTPResponse {
    let response: HTTPResponse
    switch outcome {
    case .success(let answer): response = answer
    case .failure(let failure):
      throw AuthError(
        failure.reason == .misconfigured ? .badConfiguration : .unavailable,
        "\(subject): cannot reach the token service of \(service)",
        hints: failure.reason == .misconfigured
          ? [] : ["look at the network, `HTTPS_PROXY` and `NO_PROXY`"], cause: failure)
    }
    switch response.status {
    case 200...299: return response
    case 300...399:
      throw AuthError(
        .refused,
        "\(subject): the token service of \(service) leads elsewhere (status \(response.status)), "
          + "which is not followed",
        hints: ["the request holds a token that no other host may see"])
    case 400...499 where response.status != 429:
      throw AuthError(
        .refused, "\(subject): \(service) refused a token (status \(response.status))",
        hints: refusal(response.status))
    default:
      throw AuthError(
        .unavailable,
        "\(subject): the token service of \(service) answers with status \(response.status)",
        hints: ["try again in a moment"])
    }
  }

  /// The token in a JSON answer.
  ///
  /// - Parameters:
  ///   - response: The answer.
  ///   - member: The member of the answer's object that has it.
  /// - Returns: The token.
  /// - Throws: ``AuthError`` with code `refused` if there is none.
  func token(in response: HTTPResponse, member: String) throws(AuthError) -> IdentityToken {
    let answer = try? JSONDecoder().decode([String: Member].self, from: Data(response.body))
    guard let text = answer?[member]?.text else {
      throw AuthError(
        .refused, "\(subject): the answer of \(service) has no token in `\(member)`",
        hints: ["a proxy or a sign-in page may be in the way"])
    }
    return try token(Secret(text))
  }

  /// The token that `text` is.
  ///
  /// - Throws: ``AuthError`` with code `refused` for text that no cloud would take as one.
  func token(_ text: Secret) throws(AuthError) -> IdentityToken {
    let token = IdentityToken(text)
    let dots = token.token.withBytes { $0.count { $0 == UInt8(ascii: ".") } }
    let isPrintable = token.token.withBytes { $0.allSatisfy { $0 > 0x20 && $0 < 0x7f } }
    guard dots == 2, isPrintable, token.token.count <= Self.limit else {
      throw AuthError(
        .refused, "\(subject): what \(service) gave is not an identity token (a JWT)")
    }
    return token
  }

  private struct Member: Decodable {
    var text: String?

    init(from decoder: any Decoder) throws {
      text = try? decoder.singleValueContainer().decode(String.self)
    }
  }
}
