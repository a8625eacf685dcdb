import AuthConfiguration
import Core
import Model
import Sessions

/// An integration that is to be set up, and whose it is.
struct IntegrationTask {
  /// The integration.
  var linked: LinkedIntegration
  /// The name of the identity or provider.
  var target: String
  /// The identity; `nil` for a provider.
  var record: IdentityRecord?
  /// Its credential.
  var credential: Credential
  /// The configuration that it is one of.
  var configuration: Configuration
  /// Whether it is only shown what would be written.
  var isDryRun = false
}

/// An integration with all that it takes to ask the cloud for what it needs; nothing is written yet.
struct PreparedIntegration: Sendable {
  /// What the cloud said.
  enum Answer: Sendable {
    /// It is set up; a line for the person.
    case done(String)
    /// The password of its registry.
    case password(RegistryPassword)
    /// Where its cluster is.
    case cluster(Cluster)
  }

  /// Where the password of a registry is remembered.
  struct Password: Sendable {
    var chain: Chain
    var store: SessionStore
  }

  var name: String
  var integration: any Integration
  var request: IntegrationRequest
  var password: Password?

  /// Asks the cloud.
  func ask() async -> Result<Answer, AuthError> {
    do throws(AuthError) {
      return .success(try await answer())
    } catch {
      return .failure(error)
    }
  }

  private func answer() async throws(AuthError) -> Answer {
    if let password, let login = integration as? any RegistryLogin {
      let manager = SessionManager(store: password.store, effects: request.effects)
      let credential = try await manager.credential(for: password.chain)
      return .password(try CommandContext.password(credential, login.host))
    }
    switch integration {
    case let access as any ClusterAccess: return .cluster(try await access.cluster(request))
    case let other as any StandaloneIntegration: return .done(try await other.setUp(request))
    default: throw AuthError(.notSupported, "it cannot be set up")
    }
  }
}
