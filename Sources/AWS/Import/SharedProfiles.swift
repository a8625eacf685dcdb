import Core

/// The profiles of a person's two files, merged as the AWS CLI merges them, with the places where
/// everything stands.
struct SharedProfiles {
  /// A setting with its place.
  struct Setting {
    var value: String
    /// File and line.
    var place: String
    var isFromCredentials: Bool
    var nested: [SharedConfigFile.Setting]
  }

  /// A profile.
  struct Profile {
    var name: String
    /// File and line of its first section.
    var place: String
    var settings: [String: Setting] = [:]

    /// The text of a setting that is there and not empty.
    subscript(_ key: String) -> String? {
      settings[key].flatMap { $0.value.isEmpty ? nil : $0.value }
    }

    /// Whether any half of a pair of keys is there.
    var hasKeys: Bool { self["aws_access_key_id"] != nil || self["aws_secret_access_key"] != nil }

    /// Whether it assumes a role with the credentials of something else.
    var hasRole: Bool { self["role_arn"] != nil && self["web_identity_token_file"] == nil }
  }

  /// The profiles in the order of the files.
  private(set) var order: [String] = []
  private(set) var profiles: [String: Profile] = [:]
  /// The `sso-session` sections.
  private(set) var sessions: [String: Profile] = [:]
  /// The `services` sections.
  private(set) var services: [String: Profile] = [:]
  /// What the files' grammar has to say.
  private(set) var remarks: [ImportedConfiguration.Remark] = []
  /// Sections that no tool reads.
  private(set) var strange: [ImportedConfiguration.Remark] = []

  static let keyNames = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"]

  init(_ sources: SharedSources) {
    for (file, path, isCredentials) in [
      (sources.config, sources.configPath, false),
      (sources.credentials, sources.credentialsPath, true),
    ] {
      remarks += file.remarks.map {
        ImportedConfiguration.Remark(place: "\(path):\($0.line)", text: $0.text)
      }
      for section in file.sections {
        let place = "\(path):\(section.line)"
        let title =
          isCredentials
          ? SharedConfigTitle(credentials: section.title)
          : SharedConfigTitle(config: section.title)
        switch title {
        case .profile(let name):
          if profiles[name] == nil { order.append(name) }
          if isCredentials, section["aws_access_key_id"] != nil {
            // Keys belong together: a token of the other file is not this pair's.
            for key in Self.keyNames { profiles[name]?.settings[key] = nil }
          }
          Self.merge(section, into: &profiles[name], name, place, path, isCredentials)
        case .session(let name):
          Self.merge(section, into: &sessions[name], name, place, path, isCredentials)
        case .services(let name):
          Self.merge(section, into: &services[name], name, place, path, isCredentials)
        case .other(let reason):
          strange.append(
            ImportedConfiguration.Remark(place: place, text: "[\(section.title)]: \(reason)"))
        }
      }
    }
  }

  private static func merge(
    _ section: SharedConfigFile.Section, into profile: inout Profile?, _ name: String,
    _ place: String, _ path: String, _ isCredentials: Bool
  ) {
    var merged = profile ?? Profile(name: name, place: place)
    for setting in section.settings {
      merged.settings[setting.key] = Setting(
        value: setting.value, place: "\(path):\(setting.line)", isFromCredentials: isCredentials,
        nested: setting.nested)
    }
    profile = merged
  }
}

/// The two files that profiles come from.
public struct SharedSources: Sendable {
  /// `~/.aws/config`.
  public var config: SharedConfigFile
  /// What that is called in the report.
  public var configPath: String
  /// `~/.aws/credentials`.
  public var credentials: SharedConfigFile
  /// What that is called in the report.
  public var credentialsPath: String
  /// Whether these are the files that AWS tools of this person read anyway, so that an identity
  /// may rest on a profile there.
  public var areInUse: Bool

  /// Creates it from its parts.
  public init(
    config: SharedConfigFile, configPath: String, credentials: SharedConfigFile,
    credentialsPath: String, areInUse: Bool
  ) {
    self.config = config
    self.configPath = configPath
    self.credentials = credentials
    self.credentialsPath = credentialsPath
    self.areInUse = areInUse
  }
}
