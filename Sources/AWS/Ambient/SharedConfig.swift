import Core

/// The AWS SDKs' shared files, `~/.aws/config` and `~/.aws/credentials`.
struct SharedConfig: Equatable {
  /// A section: its settings, and the settings indented below a key.
  struct Section: Equatable {
    var settings: [String: String] = [:]
    var nested: [String: [String: String]] = [:]

    /// A setting that is there and not empty.
    subscript(_ key: String) -> String? {
      settings[key].flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// The profiles, those of both files merged.
  var profiles: [String: Section] = [:]
  /// The `services` sections.
  var services: [String: Section] = [:]
  /// The `sso-session` sections.
  var sessions: [String: Section] = [:]

  /// Reads both files; one that is missing counts as empty.
  ///
  /// - Throws: ``AuthError`` with code `system` if a file is there and cannot be read.
  init(environment: [String: String]) throws(AuthError) {
    let paths = SharedConfigPaths(environment: environment)
    func file(_ path: String) throws(AuthError) -> SharedConfigFile {
      SharedConfigFile(try FileSystem.readFile(path, limit: 4 << 20) ?? [])
    }
    self.init(config: try file(paths.config), credentials: try file(paths.credentials))
  }

  /// Puts both files together.
  init(config: SharedConfigFile, credentials: SharedConfigFile) {
    for section in config.sections {
      switch SharedConfigTitle(config: section.title) {
      case .profile(let name): merge(Section(section), into: name)
      case .services(let name): services[name, default: Section()].merge(Section(section))
      case .session(let name): sessions[name, default: Section()].merge(Section(section))
      case .other: continue
      }
    }
    for section in credentials.sections {
      // Keys belong together: a session token of the other file is not this pair's.
      if section["aws_access_key_id"] != nil {
        for key in ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"] {
          profiles[section.title]?.settings[key] = nil
        }
      }
      merge(Section(section), into: section.title)
    }
  }

  private mutating func merge(_ section: Section, into profile: String) {
    profiles[profile, default: Section()].merge(section)
  }

  /// What a profile says about endpoints, its `services` section included.
  func endpoints(of profile: String, for service: AWSService = .sts) -> EndpointSettings {
    guard let section = profiles[profile] else { return EndpointSettings() }
    func isTrue(_ key: String) -> Bool { section[key]?.lowercased() == "true" }
    return EndpointSettings(
      serviceURL: section["services"].flatMap {
        services[$0]?.nested[service.variableSuffix.lowercased()]?["endpoint_url"]
      },
      url: section["endpoint_url"],
      ignoresConfiguredURLs: isTrue("ignore_configured_endpoint_urls"),
      usesFIPS: isTrue("use_fips_endpoint"), usesDualStack: isTrue("use_dualstack_endpoint"),
      regionalEndpoints: section["sts_regional_endpoints"]?.lowercased())
  }
}

extension SharedConfig.Section {
  /// Takes a section's settings without their places.
  init(_ section: SharedConfigFile.Section) {
    for setting in section.settings {
      settings[setting.key] = setting.value
      for inner in setting.nested { nested[setting.key, default: [:]][inner.key] = inner.value }
    }
  }

  /// Whether its credentials come from us: an identity that took them for ambient would ask itself.
  var isOurs: Bool {
    guard let words = self["credential_process"].flatMap({ ShellWords.command($0, .shlex) }),
      let index = words.firstIndex(of: "credential-process"), index > 0
    else { return false }
    return words[index - 1] == "atmos-auth" || words[index - 1].hasSuffix("/atmos-auth")
  }

  /// Takes over the settings of another section of the same name.
  mutating func merge(_ other: Self) {
    settings.merge(other.settings) { $1 }
    nested.merge(other.nested) { $0.merging($1) { $1 } }
  }
}
