import Core

/// The AWS SDKs' shared files, `~/.aws/config` and `~/.aws/credentials`, put together as botocore
/// does it, with the places where everything stands.
struct SharedConfig {
  /// A setting with its place.
  struct Setting: Equatable {
    var value: String
    /// File and line.
    var place: String
    var nested: [SharedConfigFile.Setting]
  }

  /// A profile, a `services` or an `sso-session` section.
  struct Section {
    var name: String
    /// File and line of its title.
    var place: String
    /// What `~/.aws/config` says, `[DEFAULT]` included.
    var config: [String: Setting] = [:]
    /// What `~/.aws/credentials` says, the `[DEFAULT]` of that file included.
    var credentials: [String: Setting] = [:]

    /// What both say; the credentials file wins.
    var settings: [String: Setting] { config.merging(credentials) { $1 } }

    /// A setting, if there is one.
    func setting(_ key: String) -> Setting? { credentials[key] ?? config[key] }

    /// Whether there is such a setting, even an empty one.
    func has(_ key: String) -> Bool { setting(key) != nil }

    /// The text of a setting that is there and not empty.
    subscript(_ key: String) -> String? {
      setting(key).flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// A setting that is indented below another one.
    func nested(_ key: String, _ inner: String) -> String? {
      setting(key)?.nested.last { $0.key == inner }?.value
    }
  }

  /// Something to be said about a line.
  struct Remark: Equatable {
    /// File and line.
    var place: String
    var text: String
  }

  /// The profiles in the order of the files.
  private(set) var order: [String] = []
  private(set) var profiles: [String: Section] = [:]
  /// The `sso-session` sections.
  private(set) var sessions: [String: Section] = [:]
  /// The `services` sections.
  private(set) var services: [String: Section] = [:]
  /// What readers do not agree upon.
  private(set) var remarks: [Remark] = []
  /// Sections that botocore does not read.
  private(set) var strange: [Remark] = []

  /// Reads both files of an environment; one that is missing counts as empty.
  ///
  /// - Throws: ``AuthError``: `system` if a file is there and cannot be read, `badConfiguration` if
  ///   it is not text.
  init(environment: [String: String]) throws(AuthError) {
    let paths = SharedConfigPaths(environment: environment)
    self.init(
      SharedSources(
        config: try SharedConfigFile.read(paths.config) ?? SharedConfigFile([]),
        configPath: SharedConfigPaths.shown(paths.config, environment),
        credentials: try SharedConfigFile.read(paths.credentials) ?? SharedConfigFile([]),
        credentialsPath: SharedConfigPaths.shown(paths.credentials, environment),
        areInUse: true))
  }

  /// Puts both files together.
  init(_ sources: SharedSources) {
    for (file, path) in [
      (sources.config, sources.configPath), (sources.credentials, sources.credentialsPath),
    ] {
      remarks += file.remarks.map { Remark(place: "\(path):\($0.line)", text: $0.text) }
    }
    readConfig(sources.config, sources.configPath)
    readCredentials(sources.credentials, sources.credentialsPath)
  }

  private mutating func readConfig(_ file: SharedConfigFile, _ path: String) {
    // Two titles can mean the same profile; then the one that comes later counts alone.
    var titles: [SharedConfigTitle: String] = [:]
    for section in file.sections {
      let place = "\(path):\(section.line)"
      let title = SharedConfigTitle(config: section.title)
      if case .other(let reason) = title {
        strange.append(Remark(place: place, text: "[\(section.title)]: \(reason)"))
        continue
      }
      let earlier = titles[title]
      if let earlier, earlier != section.title {
        // Of these two one counts in every order for all others, and in this order for botocore.
        let losesByName = section.title == "default"
        remarks.append(
          Remark(
            place: place,
            text: losesByName
              ? "[default] does not count beside [profile default]; "
                + "the AWS CLI alone takes the later one"
              : "[\(section.title)] takes the place of [\(earlier)]"))
        if losesByName { continue }
      }
      titles[title] = section.title
      let settings = Self.settings(section.settings, path)
      func added(to known: Section?, _ name: String) -> Section {
        var result =
          earlier == section.title
          ? known ?? Section(name: name, place: place) : Section(name: name, place: place)
        result.config.merge(settings) { $1 }
        return result
      }
      switch title {
      case .profile(let name):
        if profiles[name] == nil { order.append(name) }
        profiles[name] = added(to: profiles[name], name)
      case .session(let name): sessions[name] = added(to: sessions[name], name)
      case .services(let name): services[name] = added(to: services[name], name)
      case .other: continue
      }
    }
    let defaults = Self.settings(file.defaults, path)
    for name in profiles.keys { profiles[name]?.config.merge(defaults) { own, _ in own } }
    for name in sessions.keys { sessions[name]?.config.merge(defaults) { own, _ in own } }
    for name in services.keys { services[name]?.config.merge(defaults) { own, _ in own } }
  }

  private mutating func readCredentials(_ file: SharedConfigFile, _ path: String) {
    let defaults = Self.settings(file.defaults, path)
    for section in file.sections {
      let place = "\(path):\(section.line)"
      switch SharedConfigTitle(credentials: section.title) {
      case .profile(let name):
        if profiles[name] == nil { order.append(name) }
        profiles[name, default: Section(name: name, place: place)].credentials.merge(
          Self.settings(section.settings, path)
        ) { $1 }
        profiles[name]?.credentials.merge(defaults) { own, _ in own }
      case .other(let reason):
        strange.append(Remark(place: place, text: "[\(section.title)]: \(reason)"))
      case .session, .services: continue
      }
    }
  }

  private static func settings(
    _ settings: [SharedConfigFile.Setting], _ path: String
  ) -> [String: Setting] {
    Dictionary(
      settings.map {
        ($0.key, Setting(value: $0.value, place: "\(path):\($0.line)", nested: $0.nested))
      }
    ) { $1 }
  }

  /// What a profile says about endpoints, its `services` section included.
  func endpoints(of profile: String, for service: AWSService = .sts) -> EndpointSettings {
    guard let section = profiles[profile] else { return EndpointSettings() }
    func isTrue(_ key: String) -> Bool { section[key]?.lowercased() == "true" }
    return EndpointSettings(
      serviceURL: section["services"].flatMap {
        services[$0]?.nested(service.variableSuffix.lowercased(), "endpoint_url")
      },
      url: section["endpoint_url"],
      ignoresConfiguredURLs: isTrue("ignore_configured_endpoint_urls"),
      usesFIPS: isTrue("use_fips_endpoint"), usesDualStack: isTrue("use_dualstack_endpoint"),
      regionalEndpoints: section["sts_regional_endpoints"]?.lowercased())
  }
}

extension SharedConfig.Section {
  /// Whether its credentials come from us: an identity that took them for ambient would ask itself.
  var isOurs: Bool {
    guard let words = self["credential_process"].flatMap({ ShellWords.command($0, .shlex) }),
      let index = words.firstIndex(of: "credential-process"), index > 0
    else { return false }
    return words[index - 1] == "atmos-auth" || words[index - 1].hasSuffix("/atmos-auth")
  }
}
