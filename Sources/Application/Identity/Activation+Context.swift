import AuthConfiguration
import Core
import Model

extension CommandContext {
  /// What acting as somebody does to a shell or a program.
  ///
  /// With `isStatic` it gets its keys as plain variables, and managed files only where some can be
  /// written. With `isForDecision` a person has still to allow it.
  func activation(
    of who: Resolution, isStatic: Bool = false, isForDecision: Bool = false
  ) throws(AuthError) -> Activation {
    let (record, configuration) = (who.record, who.configuration)
    let catalog = try configuration.readableCatalog()
    // Resolving the chain says what is wrong with it, and where.
    if record.hasErrors || !record.isSupported {
      _ = try configuration.describedChain(for: record.name)
    }
    var activation = Activation(
      identity: record.name, realm: catalog.realm,
      set: [Activation.Variable("ATMOS_IDENTITY", record.name)], unset: [],
      isProtected: record.isProtected,
      factsPath: configuration.request.paths.factsPath(realm: catalog.realm, identity: record.name),
      style: catalog.shell.style)
    if let profiles = configuration.request.namedProfiles {
      let name = "ATMOS_PROFILE"
      if profiles.isEmpty {
        activation.unset.append(name)
      } else {
        activation.set.append(Activation.Variable(name, profiles.joined(separator: ",")))
      }
    }
    let cloud = registry.cloud(record.cloud)
    if let cloud, isStatic, !record.isAmbient, !paths.canKeepState {
      activation.apply(cloud.variables.conflicting.map { .unset($0) })
    } else if let cloud, !record.isAmbient, let renewing = cloud.renewing {
      activation.apply(try renewing(deliveryRequest(who, cloud, catalog)))
      activation.expiryVariable = cloud.variables.expiry
    }
    let regions =
      cloud?.variables.regions
      ?? configuration.kinds.kind(record.kind, .identity)?.regionVariables ?? []
    if let region = who.region {
      activation.apply(regions.map { .set($0, to: region) })
    }
    activation.apply(
      try configuration.integrationEnvironment(of: record).map { .set($0.name, to: $0.value) })
    activation.apply(try kubeconfigVariables(of: record, in: configuration))
    // Values that come from commands are not in the index.
    let pairs =
      record.isStable
      ? record.environment
      : try configuration.environment(for: record.name, isForDecision: isForDecision)
    activation.apply(environment: pairs)
    activation.region = activation.set.first { regions.contains($0.name) }?.value
    let plain = registry.plainVariables.union([
      "ATMOS_IDENTITY", "ATMOS_PROFILE", "KUBECONFIG", "KUBE_CONFIG_PATH",
    ])
    activation.plain = (activation.set.map(\.name) + activation.unset).filter(plain.contains)
    return activation
  }

  private func deliveryRequest(
    _ who: Resolution, _ cloud: Cloud, _ catalog: Catalog
  ) -> DeliveryRequest {
    let root = who.configuration.request.paths.cloudDirectory(cloud.name)
    if let narrowed = who.narrowed {
      return deliveryRequest(who, narrowed, in: root, catalog)
    }
    let directory = root + catalog.deliveryKey
    guard !who.record.isOwn, !who.configuration.isJob else {
      return DeliveryRequest(
        identity: who.record.name, directory: directory, source: catalog.contentKey,
        program: surroundings.executable, arguments: catalog.reproducingArguments,
        identities: { catalog.identities(of: cloud) })
    }
    // What a checkout says is handed out as it is allowed now, and never becomes anything else: each
    // fingerprint has files of its own, with identities that are allowed.
    let fingerprint = catalog.trust(for: who.record).fingerprint
    let grants = NameGrants(of: catalog.configurationDirectory, paths)
    return DeliveryRequest(
      identity: who.record.name, directory: "\(directory)-\(fingerprint.prefix(16))",
      source: "\(catalog.contentKey) \(grants?.stamp?.text ?? "-")",
      program: surroundings.executable, arguments: catalog.reproducingArguments,
      identities: {
        catalog.identities(of: cloud).compactMap { identity in
          let isIt = identity.name == who.record.name
          guard isIt || grants?.entry(identity.name.lowercased()) != nil,
            let record = catalog.find(identity.name)
          else { return nil }
          if record.isOwn { return identity }
          let own = catalog.trust(for: record)
          guard isIt || grants?.allows(identity.name.lowercased(), own) == true else { return nil }
          var identity = identity
          identity.fingerprint = own.fingerprint
          return identity
        }
      })
  }

  /// The files of a program that is given less: they name this one session, and no other identity.
  private func deliveryRequest(
    _ who: Resolution, _ narrowed: NarrowedSession, in root: String, _ catalog: Catalog
  ) -> DeliveryRequest {
    let record = who.record
    let isFollowed = record.isOwn || who.configuration.isJob
    let fingerprint = isFollowed ? nil : catalog.trust(for: record).fingerprint
    return DeliveryRequest(
      identity: record.name, directory: "\(root)narrowed-\(narrowed.key)",
      source: "\(catalog.deliveryKey)-\(catalog.contentKey)-\(fingerprint ?? "")",
      program: surroundings.executable,
      arguments: catalog.reproducingArguments + ["--narrowed", narrowed.key],
      identities: {
        [
          DeliveryRequest.Identity(
            name: record.name, alias: nil, region: who.region, isAmbient: false,
            fingerprint: fingerprint)
        ]
      })
  }

  /// What `env` and `exec` do for nobody: variables that an earlier activation set are taken away
  /// again, everything else stays.
  func nobodyDelivery() -> Delivery {
    let inForce = registry.clouds.filter { $0.isInForce(in: surroundings.environment, paths) }
    let names = inForce.map(\.variables).flatMap { $0.files + [$0.expiry].compactMap(\.self) }
    return Delivery(
      set: [],
      unset: (["ATMOS_IDENTITY"] + names + (names.isEmpty ? [] : [CarriedEnvironment.variable]))
        .sorted())
  }
}

extension Activation {
  /// Sets what an identity's own `env` says; of several values for one name the last counts.
  mutating func apply(environment pairs: [(name: String, value: String)]) {
    // There may be tens of thousands, so none is looked for among all the others.
    var last: [String: Int] = [:]
    for (index, pair) in pairs.enumerated() { last[pair.name] = index }
    set.removeAll { last[$0.name] != nil }
    unset.removeAll { last[$0] != nil }
    for (index, pair) in pairs.enumerated() where last[pair.name] == index {
      set.append(Variable(pair.name, pair.value))
    }
  }

  /// Does what a cloud says, over what was said before.
  mutating func apply(_ changes: [VariableChange]) {
    for change in changes {
      switch change {
      case .set(let name, let value):
        set.removeAll { $0.name == name }
        set.append(Variable(name, value))
      case .unset(let name):
        set.removeAll { $0.name == name }
        unset.append(name)
      case .keep(let name):
        set.removeAll { $0.name == name }
        unset.removeAll { $0 == name }
      }
    }
  }
}

extension Catalog {
  /// The identities of a cloud, as it delivers them.
  func identities(of cloud: Cloud) -> [DeliveryRequest.Identity] {
    let identities = identities
    let names = Set(identities.map(\.name))
    return identities.filter { $0.cloud == cloud.name }.map { record in
      let alias = record.alias.flatMap { alias in
        !names.contains(alias) && find(alias)?.name == record.name ? alias : nil
      }
      return DeliveryRequest.Identity(
        name: record.name, alias: alias, region: record.region, isAmbient: record.isAmbient)
    }
  }
}
