public import Core

/// All that is true of one cloud, as a value: its kinds, and how its credentials are delivered,
/// checked, shown and ended.
///
/// Each cloud's target has one, and the registry lists them. No other code knows a cloud's kinds,
/// variables or files. What a cloud does not offer keeps its default.
public struct Cloud: Sendable {
  /// What people call it in commands, and the name of its directory among our files: `aws`.
  public var name: String
  /// The kinds that belong to it.
  public var kinds: @Sendable () -> [Kind]
  /// The variables its tools read.
  public var variables: CloudVariables
  /// What a definition says of an identity, for lists and trust.
  public var summary: @Sendable (Definition) -> IdentitySummary = { _ in IdentitySummary() }
  /// Writes the files that tools read, and says which variables lead to them.
  ///
  /// The credentials that tools get from them renew themselves. `nil` when this release delivers
  /// nothing of the cloud.
  public var renewing: (@Sendable (DeliveryRequest) throws(AuthError) -> [VariableChange])?
  /// Makes the files that ``renewing`` wrote into a directory run `program` if the one they name no
  /// longer exists.
  public var follow: (@Sendable (_ program: String, _ directory: String) throws(AuthError) -> Void)?
  /// The variables that hold the credential itself, for tools that know nothing else; `nil` for a
  /// credential that is not of this cloud.
  public var plainText: @Sendable (Credential) -> [VariableChange]? = { _ in nil }
  /// What a program that asks for a credential is given, in the form its SDK reads; `nil` for a
  /// credential that is not of this cloud.
  public var processAnswer: @Sendable (Credential) -> Secret? = { _ in nil }
  /// The name of a credential's session, as the cloud's own logs have it; `nil` where it has none.
  public var sessionName: @Sendable (Credential) -> String? = { _ in nil }
  /// Asks the cloud whom a credential stands for; `nil` where it cannot be asked.
  public var verify: (@Sendable (VerificationRequest) async throws(AuthError) -> Principal)?
  /// Ends a login of which nothing is known but its credential.
  ///
  /// Returns whether there was something to end; `false` for a credential that is not of this cloud.
  public var endLogin: @Sendable (Credential, Effects) async throws(AuthError) -> Bool = {
    (_, _) async throws(AuthError) in false
  }
  /// Whether the cloud's own tools have logins that may be ours.
  public var toolsHaveLogins: @Sendable (Effects) -> Bool = { _ in false }
  /// Removes what one of our logins left with the cloud's own tools, given its credential.
  public var takeBack: @Sendable (Credential, Effects) throws(AuthError) -> Void = {
    (_, _) throws(AuthError) in
  }
  /// The login to a container registry of this cloud, by the registry's host; `nil` for other hosts.
  public var registryLogin: @Sendable (_ host: String) -> (any RegistryLogin)? = { _ in nil }
  /// Access to a Kubernetes cluster of this cloud, by its name and region; `nil` where that is not
  /// enough.
  public var clusterAccess:
    @Sendable (_ name: String, _ region: String, _ place: KubeconfigPlace) -> (any ClusterAccess)? =
      {
        _, _, _ in nil
      }
  /// The cloud's web console; `nil` where a credential opens none.
  public var console: CloudConsole?

  /// Creates a cloud that offers nothing yet.
  public init(
    _ name: String, variables: CloudVariables = CloudVariables(),
    kinds: @escaping @Sendable () -> [Kind]
  ) {
    self.name = name
    self.variables = variables
    self.kinds = kinds
  }

  /// Whether an environment leads to files that ``renewing`` wrote.
  public func isInForce(in environment: [String: String], _ paths: StatePaths) -> Bool {
    guard let path = variables.files.first.flatMap({ environment[$0] }) else { return false }
    return path.hasPrefix(paths.cloudDirectory(name))
  }
}
