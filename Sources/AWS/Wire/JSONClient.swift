import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls a service whose requests are signed and whose answers are JSON: of the protocols JSON 1.1
/// and REST-JSON.
struct JSONClient: Sendable {
  /// Where the service is.
  let endpoint: ServiceEndpoint
  private let signer: SigV4Signer
  private let caller: ServiceCaller

  /// Creates a client; it remembers the server's clock and the retry quota while it lives.
  ///
  /// - Parameters:
  ///   - endpoint: Where the service is.
  ///   - signingName: What signatures call it, such as `ecr`.
  ///   - keys: What to sign with.
  ///   - effects: Everything outside the process.
  init(_ endpoint: ServiceEndpoint, signingName: String, keys: AWSKeys, effects: Effects) {
    self.endpoint = endpoint
    signer = SigV4Signer(keys: keys, region: endpoint.signingRegion, service: signingName)
    caller = ServiceCaller(effects: effects)
  }

  /// Calls an operation of JSON 1.1 without input.
  ///
  /// - Parameter target: The service's name for it: `SpencerFrontendService.GetAuthorizationToken`.
  /// - Returns: The answer.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func call<Answer: Decodable>(_ target: String) async throws(CallFailure) -> Answer {
    try await answer(
      HTTPRequest(
        method: "POST", url: endpoint.url,
        headers: [
          (name: "Content-Type", value: "application/x-amz-json-1.1"),
          (name: "X-Amz-Target", value: target),
        ], body: Secret("{}"), operation: target))
  }

  /// Reads something of REST-JSON.
  ///
  /// - Parameters:
  ///   - path: Where it is below the endpoint; encoded.
  ///   - operation: What the service calls that, for logs.
  /// - Returns: The answer.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func get<Answer: Decodable>(
    _ path: String, operation: String
  ) async throws(CallFailure) -> Answer {
    try await answer(
      HTTPRequest(method: "GET", url: endpoint.url + path, operation: operation))
  }

  private func answer<Answer: Decodable>(
    _ request: HTTPRequest
  ) async throws(CallFailure) -> Answer {
    let response = try await caller.response(
      isRepeatable: true, error: { ServiceError(json: $0) },
      request: { now in signer.signed(request, at: now) })
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)) else {
      throw .unreadable(status: response.status)
    }
    return answer
  }
}
