import Core
import Model
import XML

/// Calls STS.
struct STSClient: Sendable {
  private let client: QueryClient

  /// Creates a client; it remembers the server's clock and the retry quota while it lives.
  init(_ endpoint: ServiceEndpoint, effects: Effects) {
    client = QueryClient(endpoint, signingName: "sts", version: "2011-06-15", effects: effects)
  }

  /// Seconds the server's clock is ahead of this one, if an error showed a difference; else 0.
  var skew: Int64 { client.skew }

  /// Calls an action of the API of 2011-06-15; see ``QueryClient/call(_:_:signedWith:isRepeatable:)``.
  ///
  /// - Returns: The `<ActionResult>` element.
  func call(
    _ action: String, _ fields: [(name: String, value: String)], signedWith keys: AWSKeys?,
    isRepeatable: Bool = true
  ) async throws(CallFailure) -> XMLElement {
    try await client.result(action, fields, signedWith: keys, isRepeatable: isRepeatable)
  }
}
