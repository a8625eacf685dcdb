import Core
import Model

/// Calls STS: signs, sends, retries, reads.
struct STSClient: Sendable {
  /// Where STS is.
  let endpoint: ServiceEndpoint
  private let caller: ServiceCaller

  /// Creates a client; it remembers the server's clock and the retry quota while it lives.
  init(_ endpoint: ServiceEndpoint, effects: Effects) {
    self.endpoint = endpoint
    caller = ServiceCaller(effects: effects)
  }

  /// Seconds the server's clock is ahead of ours, when an error showed that they differ; else 0.
  var skew: Int64 { caller.skew }

  /// Calls an action of the API of 2011-06-15.
  ///
  /// - Parameters:
  ///   - action: The action, such as `AssumeRole`.
  ///   - fields: Its input, in any order.
  ///   - keys: What to sign with; `nil` for the actions whose proof is a token in the input,
  ///     which fail when they are signed with keys that are bad.
  ///   - isRepeatable: Whether the input holds nothing that works only once.
  /// - Returns: The `<ActionResult>` element.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func call(
    _ action: String, _ fields: [(name: String, value: String)], signedWith keys: AWSKeys?,
    isRepeatable: Bool = true
  ) async throws(CallFailure) -> XMLElement {
    let form = [(name: "Action", value: action), (name: "Version", value: "2011-06-15")] + fields
    let unsigned = HTTPRequest(
      method: "POST", url: endpoint.url,
      headers: [
        (name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8")
      ],
      body: Secret(PercentEncoding.form(form)))
    let signer = keys.map {
      SigV4Signer(keys: $0, region: endpoint.signingRegion, service: "sts")
    }
    let response = try await caller.response(
      isRepeatable: isRepeatable, error: { ServiceError($0) },
      request: { now in signer.map { $0.signed(unsigned, at: now) } ?? unsigned })
    guard let result = XMLElement.parse(response.body)?["\(action)Result"] else {
      throw .unreadable(status: response.status)
    }
    return result
  }
}
