import AWS
import AuthConfiguration
import Core
import Model

/// What a role is assumed with.
struct AssumeBase {
  /// The identity, if it is one.
  let who: Resolution?
  /// What only those have who could assume the role themselves; it seals the role's session.
  let seal: Secret
  /// What tells it from others.
  let id: String
  /// Gets the credential; for a pod that is a call.
  let credential: () async throws(AuthError) -> Credential

  /// The identity that is named, else the keys of named variables, else what the surroundings offer.
  init(
    _ variables: AssumeRequest.KeyVariables?, _ context: CommandContext
  ) async throws(AuthError) {
    let environment = context.surroundings.environment
    let isNamed =
      context.flags.identity != .unstated || !(environment["ATMOS_IDENTITY"] ?? "").isEmpty
    if let variables {
      guard context.flags.identity == .unstated else {
        throw AuthError(.usage, "give only one of `--identity` and the names of variables")
      }
      try self.init(variables, environment, context)
    } else if isNamed, case .identity(let who) = try await context.chosenIdentity() {
      guard let credential = try await context.sessionUnlessAmbient(of: who) else {
        try await self.init(ambient: environment, context)
        return
      }
      self.init(credential, who)
    } else {
      try await self.init(ambient: environment, context)
    }
  }

  private init(
    who: Resolution?, seal: Secret, id: String,
    credential: @escaping () async throws(AuthError) -> Credential
  ) {
    (self.who, self.seal, self.id, self.credential) = (who, seal, id, credential)
  }

  private init(_ known: Credential, _ who: Resolution?) {
    self.init(
      who: who, seal: known.aws?.secretAccessKey ?? Secret(""), id: known.aws?.accessKeyID ?? "",
      credential: { () async throws(AuthError) in known })
  }

  // What a binding of Jenkins has set.
  private init(
    _ variables: AssumeRequest.KeyVariables, _ environment: [String: String],
    _ context: CommandContext
  ) throws(AuthError) {
    func value(_ name: String) throws(AuthError) -> String {
      guard let value = environment[name], !value.isEmpty else {
        throw AuthError(
          .loginRequired, "the variable \(DisplayText.sanitized(name)) has no key in it",
          hints: ["look at the names in the binding of the credential"])
      }
      return value
    }
    let id = try value(variables.id)
    let secret = try value(variables.secret)
    let name = variables.token ?? EnvironmentKeys.tokenVariable
    let token = environment[name].flatMap { $0.isEmpty ? nil : Secret($0) }
    self.init(try Self.keys(id, Secret(secret), token, named: name, context), nil)
  }

  private init(
    ambient environment: [String: String], _ context: CommandContext
  ) async throws(AuthError) {
    let ambient = AmbientVariables(
      without: context.paths, environment, clouds: context.registry.clouds)
    let known = EnvironmentKeys(ambient.values)
    if let (id, secret) = known.pair {
      let name = EnvironmentKeys.tokenVariable
      self.init(try Self.keys(id, secret, known.token, named: name, context), nil)
      return
    }
    let source = try AWSKinds.ambientSource()
    let configuration = context.configuration
    let ask = { () async throws(AuthError) -> Credential in
      do throws(AuthError) {
        return try await source.credential(
          LinkRequest(realm: "", upstream: nil, effects: try context.effects(in: configuration)))
      } catch {
        // What is wrong with those that were looked for comes before another way.
        var cause = error
        cause.hints = []
        throw AuthError(
          error.code, "there are no AWS credentials to assume the role with",
          hints: error.hints + ["or name an identity with `-i NAME`"], cause: cause)
      }
    }
    // The token of a pod or a job is known without a call, and changes within a day.
    if let (path, role) = known.webIdentity,
      let token = (try? FileSystem.readFile(path, limit: 1 << 20)) ?? nil, !token.isEmpty
    {
      self.init(
        who: nil, seal: Secret(token), id: "\(role) \(Hash.hex(Hash.fnv1a(token)))", credential: ask
      )
      return
    }
    self.init(try await ask(), nil)
  }

  private static func keys(
    _ id: String, _ secret: Secret, _ token: Secret?, named name: String, _ context: CommandContext
  ) throws(AuthError) -> Credential {
    if id.hasPrefix("ASIA"), token == nil {
      throw AuthError(
        .loginRequired, "the keys to start from are a session's, and its token is missing",
        hints: [
          "\(DisplayText.sanitized(name)) is empty; `--session-token-var` names another variable",
          "Jenkins' `withAWS(credentials:)` leaves the token of a credential with a role out; use "
            + "`withCredentials` with the AWS binding",
        ])
    }
    // Keys of a user have none: one that is there is left over from other keys.
    let isUsers = id.hasPrefix("AKIA")
    let environment = context.surroundings.environment
    let region = Cloud.aws.variables.regions.lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    return Credential(
      .aws(
        AWSKeys(
          accessKeyID: id, secretAccessKey: secret, sessionToken: isUsers ? nil : token,
          origin: token == nil || isUsers ? .longLived : .userSession)),
      issuedAt: context.now, expiresAt: nil, region: region)
  }
}
