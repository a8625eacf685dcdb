import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls a service of the REST-JSON protocol without a signature, as both services of IAM Identity
/// Center and the sign-in to the console want it: a signature or an `Authorization` header makes them
/// refuse.
struct RESTJSONClient: Sendable {
  /// Where the service is.
  let endpoint: ServiceEndpoint
  private let caller: ServiceCaller
  private let readError: @Sendable (HTTPResponse) -> ServiceError

  /// Creates a client; it remembers the retry quota while it lives.
  ///
  /// - Parameters:
  ///   - endpoint: Where the service is.
  ///   - effects: Everything outside the process.
  ///   - readError: Reads what the service answers when it says no.
  init(
    _ endpoint: ServiceEndpoint, effects: Effects,
    readError: @escaping @Sendable (HTTPResponse) -> ServiceError = { ServiceError(json: $0) }
  ) {
    self.endpoint = endpoint
    caller = ServiceCaller(effects: effects)
    self.readError = readError
  }

  /// An answer that is not looked at.
  struct Nothing: Decodable {}

  /// Posts a JSON document.
  ///
  /// - Parameters:
  ///   - path: The path below the endpoint.
  ///   - body: The document.
  ///   - isRepeatable: Whether sending it twice is harmless.
  ///   - headers: Further headers, which are made for each try, given the service's time.
  /// - Returns: The answer.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func post<Answer: Decodable>(
    _ path: String, _ body: some Encodable, isRepeatable: Bool,
    headers: (Instant) -> [(name: String, value: String)] = { _ in [] }
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
    return try await answer(isRepeatable: isRepeatable, tries: nil) { now in
      var request = request
      request.headers += headers(now)
      return request
    }
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
    return try await answer(isRepeatable: true, tries: tries) { _ in request }
  }

  private func answer<Answer: Decodable>(
    isRepeatable: Bool, tries: Int?, to request: (Instant) -> HTTPRequest
  ) async throws(CallFailure) -> Answer {
    let response = try await caller.response(
      isRepeatable: isRepeatable, tries: tries, error: readError, request: request)
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
