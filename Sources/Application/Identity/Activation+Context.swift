package import AuthConfiguration
package import Core
package import Model

extension CommandContext {
  /// Variables that would make an AWS tool use other credentials than those of `AWS_PROFILE`.
  ///
  /// Keys in the environment beat a profile in every SDK, and web identity and container variables
  /// beat it in some.
  static let conflicting = [
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CREDENTIAL_EXPIRATION", "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY",
    "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN", "AWS_VAULT", "AWS_WEB_IDENTITY_TOKEN_FILE",
  ]

  /// What having `record` does to a shell or a program; `region` beats the identity's own.
  func activation(
    of record: IdentityRecord, region: String? = nil
  ) throws(AuthError) -> Activation {
    let catalog = try readableCatalog()
    // Resolving the chain says what is wrong with it, and where.
    if record.hasErrors || !record.isSupported { _ = try chain(for: record.name) }
    var activation = Activation(
      identity: record.name, realm: catalog.realm,
      set: [Activation.Variable("ATMOS_IDENTITY", record.name)], unset: [],
      isProtected: record.isProtected,
      factsPath: paths.factsPath(realm: catalog.realm, identity: record.name),
      style: catalog.shell.style)
    if let profiles = request.namedProfiles {
      let name = "ATMOS_PROFILE"
      if profiles.isEmpty {
        activation.unset.append(name)
      } else {
        activation.set.append(Activation.Variable(name, profiles.joined(separator: ",")))
      }
    }
    let region = region ?? followed?.region ?? record.region
    if !record.isAmbient, record.isForAWS {
      let profiles = ManagedAWSProfiles(
        catalog: catalog, paths: paths, executable: surroundings.executable)
      try profiles.write()
      activation.unset += Self.conflicting
      activation.set += [
        Activation.Variable("AWS_CONFIG_FILE", profiles.configPath),
        Activation.Variable("AWS_SHARED_CREDENTIALS_FILE", profiles.credentialsPath),
        Activation.Variable("AWS_PROFILE", record.name),
        Activation.Variable("AWS_SDK_LOAD_CONFIG", "1"),
        Activation.Variable("AWS_EC2_METADATA_DISABLED", "true"),
      ]
    }
    if let region {
      activation.set += [
        Activation.Variable("AWS_REGION", region),
        Activation.Variable("AWS_DEFAULT_REGION", region),
      ]
    }
    // Values that come from commands are not in the index.
    let pairs =
      record.isStable
      ? record.environment
      : try configuration().environment(for: record.name, commands: commandAccess)
    for (name, value) in pairs {
      activation.set.removeAll { $0.name == name }
      activation.unset.removeAll { $0 == name }
      activation.set.append(Activation.Variable(name, value))
    }
    return activation
  }

  /// What `env` and `exec` do for nobody: variables that an earlier activation set are taken away
  /// again, everything else stays.
  func nobodyDelivery() throws(AuthError) -> Delivery {
    let environment = surroundings.environment
    let managed = environment["AWS_CONFIG_FILE"]?.hasPrefix("\(paths.state)/aws/") ?? false
    guard managed else { return Delivery(set: [], unset: ["ATMOS_IDENTITY"]) }
    return Delivery(
      set: [],
      unset: [
        "ATMOS_AUTH_SURROUNDINGS", "ATMOS_IDENTITY", "AWS_CONFIG_FILE", "AWS_CREDENTIAL_EXPIRATION",
        "AWS_EC2_METADATA_DISABLED", "AWS_PROFILE", "AWS_SDK_LOAD_CONFIG",
        "AWS_SHARED_CREDENTIALS_FILE",
      ])
  }

  /// The session of `record`, or `nil` for kinds that leave credentials to the surroundings.
  package func sessionUnlessAmbient(
    of record: IdentityRecord, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Credential? {
    record.isAmbient ? nil : try await session(of: record, minimumValidity: minimumValidity)
  }
}
