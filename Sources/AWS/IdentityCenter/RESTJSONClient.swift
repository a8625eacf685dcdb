import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls a service of the REST-JSON protocol without a signature, as both services of IAM Identity
/// Center want it: a signature or an `Authorization` header makes them refuse.
struct RESTJSONClient: Sendable {
  /// Where the service is.
  let endpoint: ServiceEndpoint
  private let caller: ServiceCaller

  /// Creates a client; it remembers the retry quota while it lives.
  init(_ endpoint: ServiceEndpoint, effects: Effects) {
    self.endpoint = endpoint
    caller = ServiceCaller(effects: effects)
  }

  /// An answer that is not looked at.
  struct Nothing: Decodable {}

  /// Posts a JSON document.
  ///
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func post<Answer: Decodable>(
    _ path: String, _ body: some Encodable, isRepeatable: Bool
  ) async throws(CallFailure) -> Answer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    // Encoding plain texts cannot fail.
    let bytes = (try? encoder.encode(body)) ?? Data()
    let request = HTTPRequest(
      method: "POST", url: endpoint.url + path,
      headers: [
        (name: "Content-Type", value: "application/json")
      ], body: Secret(bytes), operation: path)
    return try await answer(to: request, isRepeatable: isRepeatable, tries: nil)
  }

  /// Sends a request that carries a token in the header that the portal reads.
  ///
  /// - Parameters:
  ///   - method: `GET` or `POST`.
  ///   - path: The path below the endpoint.
  ///   - query: The query's names and values.
  ///   - token: The access token.
  ///   - tries: How often it is sent at most; `nil` for `AWS_MAX_ATTEMPTS`.
  /// - Returns: The answer.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func send<Answer: Decodable>(
    _ method: String, _ path: String, _ query: [(name: String, value: String)] = [],
    token: Secret, tries: Int? = nil
  ) async throws(CallFailure) -> Answer {
    let text = query.isEmpty ? "" : "?" + PercentEncoding.form(query)
    let request = HTTPRequest(
      method: method, url: endpoint.url + path + text,
      headers: [
        (name: "x-amz-sso_bearer_token", value: token.revealed())
      ], operation: path)
    return try await answer(to: request, isRepeatable: true, tries: tries)
  }

  private func answer<Answer: Decodable>(
    to request: HTTPRequest, isRepeatable: Bool, tries: Int?
  ) async throws(CallFailure) -> Answer {
    let response = try await caller.response(
      isRepeatable: isRepeatable, tries: tries, error: { ServiceError(json: $0) },
      request: { _ in request })
    if let nothing = Nothing() as? Answer { return nothing }
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)) else {
      throw .unreadable(status: response.status)
    }
    return answer
  }
}

extension Double {
  /// The number without its fraction, within what times and durations can be.
  var whole: Int64 { isNaN ? 0 : Int64(Swift.min(Swift.max(self, -1e15), 1e15)) }
}
