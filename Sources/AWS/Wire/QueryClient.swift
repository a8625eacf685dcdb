import Core
import Model
import XML

/// Calls a service of the query protocol: signs, sends, retries, reads.
struct QueryClient: Sendable {
  /// Where the service is.
  let endpoint: ServiceEndpoint
  private let signingName: String
  private let version: String
  private let caller: ServiceCaller

  /// Creates a client; it remembers the server's clock and the retry quota while it lives.
  ///
  /// - Parameters:
  ///   - endpoint: Where the service is.
  ///   - signingName: What signatures call it, such as `sts`.
  ///   - version: The version of its API, such as `2011-06-15`.
  ///   - effects: Everything outside the process.
  init(_ endpoint: ServiceEndpoint, signingName: String, version: String, effects: Effects) {
    self.endpoint = endpoint
    self.signingName = signingName
    self.version = version
    caller = ServiceCaller(effects: effects)
  }

  /// Seconds the server's clock is ahead of this one, if an error showed a difference; else 0.
  var skew: Int64 { caller.skew }

  /// Calls an action.
  ///
  /// - Parameters:
  ///   - action: The action, such as `AssumeRole`.
  ///   - fields: Its input, in any order.
  ///   - keys: What to sign with; `nil` for the actions whose proof is a token in the input,
  ///     which fail when they are signed with keys that are bad.
  ///   - isRepeatable: Whether doing it twice is the same as doing it once.
  /// - Returns: The `<ActionResponse>` element.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func call(
    _ action: String, _ fields: [(name: String, value: String)], signedWith keys: AWSKeys?,
    isRepeatable: Bool = true
  ) async throws(CallFailure) -> XMLElement {
    let form = [(name: "Action", value: action), (name: "Version", value: version)] + fields
    let unsigned = HTTPRequest(
      method: "POST", url: endpoint.url,
      headers: [
        (name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8")
      ],
      body: Secret(PercentEncoding.form(form)), operation: action)
    let signer = keys.map {
      SigV4Signer(keys: $0, region: endpoint.signingRegion, service: signingName)
    }
    let response = try await caller.response(
      isRepeatable: isRepeatable, error: { ServiceError($0) },
      request: { now in signer.map { $0.signed(unsigned, at: now) } ?? unsigned })
    guard let root = XMLElement.parse(response.body), root.name == "\(action)Response" else {
      throw .unreadable(status: response.status)
    }
    return root
  }

  /// The same, for actions that answer with something: the `<ActionResult>` element.
  func result(
    _ action: String, _ fields: [(name: String, value: String)], signedWith keys: AWSKeys?,
    isRepeatable: Bool = true
  ) async throws(CallFailure) -> XMLElement {
    let root = try await call(action, fields, signedWith: keys, isRepeatable: isRepeatable)
    guard let result = root["\(action)Result"] else { throw .unreadable(status: 200) }
    return result
  }
}
