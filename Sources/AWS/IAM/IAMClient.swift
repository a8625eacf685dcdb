import Core
import Model
import XML

/// Calls IAM.
struct IAMClient: Sendable {
  private let client: QueryClient

  /// Creates a client; it remembers the server's clock and the retry quota while it lives.
  init(_ endpoint: ServiceEndpoint, effects: Effects) {
    client = QueryClient(endpoint, signingName: "iam", version: "2010-05-08", effects: effects)
  }

  /// Calls an action of the API of 2010-05-08 that answers with something.
  ///
  /// - Returns: The `<ActionResult>` element.
  func result(
    _ action: String, _ fields: [(name: String, value: String)], signedWith keys: AWSKeys,
    isRepeatable: Bool = true
  ) async throws(CallFailure) -> XMLElement {
    try await client.result(action, fields, signedWith: keys, isRepeatable: isRepeatable)
  }

  /// Calls an action that only does something.
  func call(
    _ action: String, _ fields: [(name: String, value: String)], signedWith keys: AWSKeys
  ) async throws(CallFailure) {
    _ = try await client.call(action, fields, signedWith: keys)
  }
}

extension XMLElement {
  /// The elements of a list: `<Name><member>…</member></Name>`.
  func members(of name: String) -> [XMLElement] {
    self[name]?.children.filter { $0.name == "member" } ?? []
  }

  /// The text of a child without the white space around it; `nil` when there is none.
  func trimmedText(_ name: String) -> String? {
    self[name].map { $0.text.trimmed }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
