package import AuthConfiguration
package import Core
package import Model
import OneTimeCodes

/// What an identity does to the environment of a program.
package struct Delivery {
  /// Variables to set, sorted by name.
  package var set: [(name: String, value: String)]
  /// Variables to remove, sorted.
  package var unset: [String]

  package init(set: [(name: String, value: String)], unset: [String]) {
    self.set = set
    self.unset = unset
  }

  /// The variables of `record`.
  ///
  /// Its session, if one is known, gives the expiry, and with `isStatic` the keys. With `isForChild`
  /// they go into a program's environment and nowhere else.
  package init(
    _ record: IdentityRecord, credential: Credential?, isStatic: Bool, isForChild: Bool = false,
    context: CommandContext
  ) throws(AuthError) {
    var activation = try context.activation(of: record)
    if !isStatic, !record.isAmbient, record.chain.first?.kind == "aws/ambient" {
      let ambient = AmbientVariables(without: context.paths, context.surroundings.environment)
      let lost = Set(activation.unset + activation.set.map(\.name))
      if let text = Carried.text(lost, of: ambient.values, withSecrets: isForChild) {
        activation.set.append(Activation.Variable(Carried.variable, text))
      }
    }
    if isStatic, let keys = credential?.aws {
      // Keys in the environment beat any profile, so the profile has to go.
      let profile = ["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SDK_LOAD_CONFIG"]
      activation.set.removeAll { profile.contains($0.name) }
      activation.unset += ["AWS_PROFILE"]
      activation.set.append(Activation.Variable("AWS_ACCESS_KEY_ID", keys.accessKeyID))
      activation.set.append(
        Activation.Variable("AWS_SECRET_ACCESS_KEY", keys.secretAccessKey.revealed()))
      if let token = keys.sessionToken {
        activation.set.append(Activation.Variable("AWS_SESSION_TOKEN", token.revealed()))
      }
    }
    if let expiresAt = credential?.expiresAt, credential?.aws != nil {
      activation.set.append(
        Activation.Variable("AWS_CREDENTIAL_EXPIRATION", Timestamp.rfc3339(expiresAt)))
    }
    let names = Set(activation.set.map(\.name))
    set = activation.set.map { ($0.name, $0.value) }.sorted { $0.0 < $1.0 }
    unset = activation.unset.filter { !names.contains($0) }.sorted()
  }

  /// `environment` as a program of this identity sees it.
  package func applied(to environment: [String: String]) -> [String: String] {
    var result = environment
    // It was for this login alone.
    result[CodeBroker.variable] = nil
    for name in unset { result[name] = nil }
    for (name, value) in set { result[name] = value }
    return result
  }
}
