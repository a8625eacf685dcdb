import AuthConfiguration
package import Core
package import Model
import OneTimeCodes

/// What an identity does to the environment of a program.
package struct Delivery {
  /// Variables to set, sorted by name.
  package var set: [(name: String, value: String)]
  /// Variables to remove, sorted.
  package var unset: [String]
  /// The names of those variables to set that hold a secret.
  package var secret: Set<String> = []

  package init(set: [(name: String, value: String)], unset: [String]) {
    self.set = set
    self.unset = unset
  }

  /// The variables of who acts.
  ///
  /// The session, if one is known, gives the expiry, and with `isStatic` the keys. With `isForChild`
  /// they go into a program's environment and nowhere else.
  package init(
    _ who: Resolution, credential: Credential?, isStatic: Bool, isForChild: Bool = false,
    context: CommandContext
  ) throws(AuthError) {
    let record = who.record
    var activation = try context.activation(of: who, isStatic: isStatic)
    let changed = Set(activation.unset + activation.set.map(\.name))
    // A chain that starts with what the surroundings offer starts there; what was allowed of any
    // goes by what led elsewhere before.
    let lost =
      record.startsAmbient && !record.isAmbient
      ? changed : changed.intersection(context.configuration.request.redirects.map(\.name))
    if !isStatic, !lost.isEmpty {
      let clouds = context.registry.clouds
      let ambient = AmbientVariables(
        without: context.paths, context.surroundings.environment, clouds: clouds)
      let plain = isForChild ? nil : context.registry.plainVariables
      if let text = CarriedEnvironment.text(lost, of: ambient.values, plain: plain) {
        activation.apply([.set(CarriedEnvironment.variable, to: text)])
      }
    }
    if let credential, let cloud = context.registry.cloud(record.cloud) {
      // A profile's region is known only once it was looked at.
      if record.chain.count == 1, record.startsAmbient, activation.region == nil,
        let region = credential.region
      {
        activation.apply(cloud.variables.regions.map { .set($0, to: region) })
      }
      if isStatic, let changes = cloud.plainText(credential) {
        activation.apply(changes)
        for case .set(let name, _) in changes where !cloud.variables.plain.contains(name) {
          secret.insert(name)
        }
      }
      if let name = cloud.variables.expiry, let expiresAt = credential.expiresAt {
        activation.apply([.set(name, to: Timestamp.rfc3339(expiresAt))])
      }
    }
    let names = Set(activation.set.map(\.name))
    let plain = context.registry.plainVariables
    secret.formUnion(names.filter { !plain.contains($0) && Masking.isSensitive($0) })
    set = activation.set.map { ($0.name, $0.value) }.sorted { $0.0 < $1.0 }
    var gone = activation.unset
    if !record.isAmbient, let labels = context.registry.cloud(record.cloud)?.variables.labels {
      let environment = context.surroundings.environment
      gone += labels.filter { environment[$0] != nil }
    }
    unset = gone.filter { !names.contains($0) }.sorted()
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
