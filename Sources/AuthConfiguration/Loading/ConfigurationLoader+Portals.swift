internal import Core
internal import Model

/// What belongs to an access portal, and not to the name of a provider.
extension ConfigurationLoader {
  /// The identities that were written down after a login with single sign-on, by atmos or by us.
  ///
  /// What a person wrote wins over them, as atmos documents it (its code does the opposite). They are
  /// as trustworthy as the provider that they come from.
  mutating func loadProvisioned() {
    for provider in merged.providers.entries {
      for identity in provisioned(provider) { merged.identities.putBelow(identity) }
    }
    for provider in own?.providers.entries ?? [] {
      let identities = provisioned(provider)
      for identity in identities where isOwnFile(identity) { own?.identities.putBelow(identity) }
    }
  }

  private func isOwnFile(_ identity: NamedNode) -> Bool { ownership.isOwn(identity.mark.file) }

  /// The identities of the portal that a provider names: those of the later of the two files, by the
  /// portal and, as atmos has them, by the provider's name.
  private mutating func provisioned(_ provider: NamedNode) -> [NamedNode] {
    guard provider.node["kind"]?.text == "aws/iam-identity-center" else { return [] }
    let place = PortalPlace(provider: provider.node)
    var paths = [request.paths.provisionedPath(provider: provider.name)]
    if let place, provider.node["auto_provision_identities"]?.bool == true {
      paths.append(place.provisionedPath(request.paths))
    }
    var latest: (file: ConfigFile, modified: Int64)?
    for path in paths {
      guard let file = parse(path),
        place?.isOf(metadata: file.settings?["_metadata"]) ?? true
      else { continue }
      let modified = FileSystem.stamp(path)?.modified ?? 0
      if latest.map({ modified >= $0.modified }) ?? true { latest = (file, modified) }
    }
    guard let file = latest?.file else { return [] }
    if reported.insert(file.path).inserted { merged.faults += file.faults }
    merged.hasTags = merged.hasTags || file.hasTags
    // So that one which others can write counts as a checkout's.
    _ = isOwn(file)
    return file.identities.map { identity in
      var identity = identity
      identity.node = identity.node.naming(provider: provider.name)
      return identity
    }
  }

  /// Takes `share_token` of a checkout away: it has tokens written down in plain text, which is for
  /// the person's own configuration of the very portal to say.
  mutating func settleTokenSharing() {
    guard !merged.foreignFiles.isEmpty else { return }
    settleLoginSharing()
    for provider in merged.providers.entries {
      guard let value = provider.node["spec", "share_token"], value.bool != false else { continue }
      let mine = own?.providers[provider.name]?.node
      let isMine =
        mine?["spec", "share_token"]?.bool == true
        && mine.flatMap(PortalPlace.init(provider:)) == PortalPlace(provider: provider.node)
      guard !isMine else { continue }
      merged.providers.replace(provider.name, provider.node.without("spec", "share_token"))
      merged.ignoredSettings.append("providers.\(provider.name).spec.share_token")
    }
  }

  /// The same of `store` of an identity that is signed in to in a browser.
  private mutating func settleLoginSharing() {
    for identity in merged.identities.entries {
      guard identity.node["spec", "store"] != nil, identity.node["kind"]?.text == "aws/user",
        own?.identities[identity.name]?.node["spec", "store"]?.text == nil
      else { continue }
      merged.identities.replace(identity.name, identity.node.without("spec", "store"))
      merged.ignoredSettings.append("identities.\(identity.name).spec.store")
    }
  }
}

extension ConfigNode {
  /// A provisioned identity as one of a provider, whose name may be another one where it was written
  /// down.
  fileprivate func naming(provider name: String) -> ConfigNode {
    guard self["via", "provider"] != nil else { return self }
    func text(_ node: ConfigNode) -> ConfigNode {
      ConfigNode(.scalar(name, isQuoted: true), mark: node.mark)
    }
    return mapping { entry in
      if Self.isSameKey(entry.key, "provider") { return text(entry.value) }
      guard Self.isSameKey(entry.key, "via") else { return entry.value }
      return entry.value.mapping { Self.isSameKey($0.key, "provider") ? text($0.value) : $0.value }
    }
  }

  /// The same without a key of a map in it.
  fileprivate func without(_ section: String, _ key: String) -> ConfigNode {
    mapping { entry in
      guard Self.isSameKey(entry.key, section) else { return entry.value }
      var value = entry.value
      value.content = .mapping(value.entries.filter { !Self.isSameKey($0.key, key) })
      return value
    }
  }

  private func mapping(_ change: (Entry) -> ConfigNode) -> ConfigNode {
    var node = self
    node.content = .mapping(
      entries.map { entry in
        var entry = entry
        entry.value = change(entry)
        return entry
      })
    return node
  }
}
