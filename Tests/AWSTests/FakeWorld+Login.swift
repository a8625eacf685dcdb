import Core
import Model
import Testing

@testable import AWS

extension FakeWorld {
  /// Logs in to IAM Identity Center.
  func logIn(
    after previous: Credential? = nil, _ body: [String: Any] = [:]
  ) async throws -> Credential {
    try await IdentityCenterTests.source(body).credential(
      LinkRequest(
        realm: "", upstream: nil, previous: previous, loginCommand: "atmos-auth login dev",
        effects: effects))
  }

  /// Logs in in vain.
  func failure(
    after previous: Credential? = nil, _ body: [String: Any] = [:]
  ) async throws -> AuthError {
    try await #require(throws: AuthError.self) { _ = try await logIn(after: previous, body) }
  }
}
