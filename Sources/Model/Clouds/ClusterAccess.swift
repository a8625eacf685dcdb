public import Core

/// Access to a Kubernetes cluster, made from an identity's credential.
///
/// What is written into a kubeconfig is decided in one place for all clouds; a cloud says where its
/// cluster is, and which command gives tokens for it.
public protocol ClusterAccess: Integration {
  /// Which kubeconfig it is written into, and how.
  var kubeconfig: KubeconfigPlace { get }

  /// The words after `atmos-auth` of the command that gives kubectl a token, without those that name
  /// the configuration and the identity.
  var tokenCommand: [String] { get }

  /// What the entry of the user is called, before whoever acts.
  func userName(of cluster: Cluster) -> String

  /// Asks the cloud where the cluster is.
  ///
  /// - Parameter request: The identity and its credential.
  /// - Returns: The cluster.
  /// - Throws: ``AuthError``, as ``CredentialSource/credential(_:)`` does.
  func cluster(_ request: IntegrationRequest) async throws(AuthError) -> Cluster
}

/// Where a cluster is written down, and how.
public struct KubeconfigPlace: Sendable, Equatable {
  /// What is done with entries of the same names.
  public enum Update: String, Sendable {
    /// They are replaced, and everything else stays.
    case merge
    /// The whole file is replaced.
    case replace
    /// They are an error.
    case error
  }

  /// The file; `nil` for our own one.
  public var path: String?
  /// Its permissions; `nil` leaves those of an existing file, and a new one is for its owner alone.
  public var mode: UInt32?
  /// What is done with entries of the same names.
  public var update: Update
  /// What the context is called; `nil` for the cluster's own name.
  public var alias: String?

  /// Creates it from its parts.
  public init(path: String?, mode: UInt32?, update: Update, alias: String?) {
    self.path = path
    self.mode = mode
    self.update = update
    self.alias = alias
  }
}

extension KubeconfigPlace {
  /// The variable that leads kubectl to the file.
  ///
  /// Its value here is the path as it is written, empty for our own file; what a shell gets is a list,
  /// with the person's own files in it.
  public static let variable = "KUBECONFIG"

  /// What it sets in the environment.
  public var environment: [VariableChange] { [.set(Self.variable, to: path ?? "")] }
}

/// A cluster, as a kubeconfig has it.
public struct Cluster: Sendable, Equatable {
  /// What its entry is called, such as its ARN.
  public var name: String
  /// The address of its API server.
  public var server: String
  /// The certificates of its authority: PEM in base64.
  public var authority: String?

  /// Creates it from its parts.
  public init(name: String, server: String, authority: String?) {
    self.name = name
    self.server = server
    self.authority = authority
  }
}

/// A token for a cluster's API server.
public struct ClusterToken: Sendable, Equatable {
  /// The token.
  public var token: Secret
  /// When it is to be replaced.
  public var expiresAt: Instant

  /// Creates it from its parts.
  public init(token: Secret, expiresAt: Instant) {
    self.token = token
    self.expiresAt = expiresAt
  }
}
