import Core

/// How a profile gets its credentials.
struct ProfileLink {
  /// The ways there are.
  indirect enum Means {
    /// It assumes a role.
    case role(from: Base)
    /// It assumes a role for a token that lies in a file.
    case webIdentity(role: String, tokenFile: String)
    /// A permission set of IAM Identity Center; the session that it names, if it does.
    case permissionSet(SingleSignOn)
    /// Its own keys.
    case keys(KeyPair)
    /// A login of the AWS CLI's `aws login`: whom it is of.
    case login(session: String)
    /// A program that prints credentials.
    case process(String)
  }

  /// What a role is assumed with.
  enum Base {
    /// The credentials of a profile.
    case profile(ProfileLink)
    /// What is at a `credential_source`.
    case place(AmbientSearch.Place)
  }

  /// Keys that stand in a file.
  struct KeyPair {
    var id: String
    var secret: String
    /// The token of a session; `nil` for lasting keys.
    var token: String?
    /// File and line.
    var place: String
  }

  /// A permission set.
  struct SingleSignOn {
    var startURL: String
    var region: String
    var account: String
    var role: String
    /// The `sso-session` section that gives the address.
    var session: String?
  }

  /// The profile.
  var profile: SharedConfig.Section
  /// How.
  var means: Means
  /// Whether it has a role that does not count here, since the profile is another one's source and
  /// has keys.
  var skipsRole = false

  /// What starts the chain of roles; `nil` where that is a place and not a profile.
  var start: ProfileLink? {
    guard case .role(let base) = means else { return self }
    guard case .profile(let link) = base else { return nil }
    return link.start
  }
}

/// Why a profile cannot work.
struct ProfileFault: Error, Equatable {
  /// The profile that is at fault.
  var profile: String
  /// File and line of it.
  var place: String
  /// What is the matter, as in "it has …".
  var text: String
  /// Whether several profiles are at fault together, so that the text says it all.
  var isOfSeveral = false
}

/// Finds out how profiles get their credentials; the one place where that is decided.
///
/// The order is botocore's: a role, unless there is a token file; the token file; single sign-on;
/// keys of the credentials file; `aws login`; a program; keys of the config file. Where a profile
/// is another one's source and has keys, its role does not count. A setting counts by being there,
/// even if it is empty. Source: `credentials.py` of botocore.
struct ProfileResolver {
  let config: SharedConfig

  /// How a profile that was chosen gets its credentials.
  ///
  /// - Parameters:
  ///   - name: The profile.
  ///   - isSource: Whether it is looked at as another profile's source.
  /// - Returns: How; `nil` when it gives none, or does not exist.
  /// - Throws: ``ProfileFault`` where botocore refuses to go on.
  func link(_ name: String, isSource: Bool = false) throws(ProfileFault) -> ProfileLink? {
    guard let profile = config.profiles[name] else { return nil }
    if isSource { return try sourceLink(profile, visited: [name]) }
    return Self.hasRole(profile)
      ? try roleLink(profile, visited: [name]) : try ownLink(profile, skipsRole: false)
  }

  private static func hasRole(_ profile: SharedConfig.Section) -> Bool {
    profile.has("role_arn") && !profile.has("web_identity_token_file")
  }

  private static func hasKeys(_ profile: SharedConfig.Section) -> Bool {
    profile.has("aws_access_key_id") || profile.has("aws_secret_access_key")
  }

  private func sourceLink(
    _ profile: SharedConfig.Section, visited: [String]
  ) throws(ProfileFault) -> ProfileLink? {
    let hasRole = Self.hasRole(profile)
    if hasRole, !Self.hasKeys(profile) { return try roleLink(profile, visited: visited) }
    return try ownLink(profile, skipsRole: hasRole)
  }

  private func roleLink(
    _ profile: SharedConfig.Section, visited: [String]
  ) throws(ProfileFault) -> ProfileLink {
    guard profile["role_arn"] != nil else { throw fault(profile, "its `role_arn` is empty") }
    let base: ProfileLink.Base
    switch (profile.setting("source_profile"), profile.setting("credential_source")) {
    case (.some, .some):
      throw fault(profile, "it has both `source_profile` and `credential_source`")
    case (nil, nil):
      throw fault(
        profile, "it has `role_arn`, but neither `source_profile` nor `credential_source`")
    case (nil, let source?):
      guard let place = AmbientSearch.Place(canonicalName: source.value) else {
        throw fault(
          profile,
          "its credential_source is not known: \(source.value); "
            + "it is `Environment`, `EcsContainer` or `Ec2InstanceMetadata`")
      }
      base = .place(place)
    case (let source?, nil):
      base = .profile(try self.source(source.value, of: profile, visited: visited))
    }
    return ProfileLink(profile: profile, means: .role(from: base))
  }

  private func source(
    _ name: String, of profile: SharedConfig.Section, visited: [String]
  ) throws(ProfileFault) -> ProfileLink {
    guard let source = config.profiles[name] else {
      throw fault(profile, "its source_profile `\(name)` does not exist")
    }
    if visited.contains(name) {
      // Only its own keys end a circle; a profile that was passed before does not.
      guard name == profile.name else {
        let first = visited.first.flatMap { config.profiles[$0] } ?? profile
        throw ProfileFault(
          profile: first.name, place: first.place,
          text: "the source_profile settings form a circle: "
            + (visited + [name]).joined(separator: " → "), isOfSeveral: true)
      }
      guard Self.hasKeys(source) else {
        throw fault(profile, "its source_profile is itself, and it has no keys")
      }
    }
    guard let link = try sourceLink(source, visited: visited + [name]) else {
      throw fault(profile, "its source_profile `\(name)` gives no credentials")
    }
    return link
  }

  /// What a profile gives by itself, its role left out.
  private func ownLink(
    _ profile: SharedConfig.Section, skipsRole: Bool
  ) throws(ProfileFault) -> ProfileLink? {
    guard let means = try ownMeans(profile) else { return nil }
    return ProfileLink(profile: profile, means: means, skipsRole: skipsRole)
  }

  private func ownMeans(
    _ profile: SharedConfig.Section
  ) throws(ProfileFault) -> ProfileLink.Means? {
    if let file = profile["web_identity_token_file"] {
      guard let role = profile["role_arn"] else {
        throw fault(profile, "it has `web_identity_token_file`, but no `role_arn`")
      }
      return .webIdentity(role: role, tokenFile: file)
    }
    if profile.has("sso_account_id") || profile.has("sso_role_name") {
      return .permissionSet(try singleSignOn(profile))
    }
    if let pair = try keys(profile.credentials, of: profile) { return .keys(pair) }
    if let session = profile.setting("login_session") {
      guard !session.value.isEmpty else { throw fault(profile, "its `login_session` is empty") }
      return .login(session: session.value)
    }
    if let process = profile.setting("credential_process") {
      guard process.nested.isEmpty, !process.value.isEmpty else {
        throw fault(profile, "its `credential_process` is empty")
      }
      return .process(process.value)
    }
    return try keys(profile.config, of: profile).map(ProfileLink.Means.keys)
  }

  /// The keys of one of the two files: halves of a pair are never of different files.
  private func keys(
    _ settings: [String: SharedConfig.Setting], of profile: SharedConfig.Section
  ) throws(ProfileFault) -> ProfileLink.KeyPair? {
    guard let id = settings["aws_access_key_id"] else { return nil }
    guard let secret = settings["aws_secret_access_key"] else {
      throw fault(profile, "it has `aws_access_key_id` without the other half")
    }
    for (key, setting) in [("aws_access_key_id", id), ("aws_secret_access_key", secret)]
    where setting.value.isEmpty {
      throw fault(profile, "its `\(key)` is empty")
    }
    // The older name of the token comes first.
    let token = settings["aws_security_token"] ?? settings["aws_session_token"]
    return ProfileLink.KeyPair(
      id: id.value, secret: secret.value,
      token: token.flatMap { $0.value.isEmpty ? nil : $0.value }, place: id.place)
  }

  private func singleSignOn(
    _ profile: SharedConfig.Section
  ) throws(ProfileFault) -> ProfileLink.SingleSignOn {
    var settings = profile.settings
    var session: String?
    if let name = profile.setting("sso_session")?.value {
      guard let section = config.sessions[name] else {
        throw fault(profile, "its sso-session `\(name)` does not exist")
      }
      session = name
      for (key, setting) in section.settings.sorted(by: { $0.key < $1.key }) {
        if let own = settings[key], own.value != setting.value {
          throw fault(
            profile, "its `\(key)` is not that of the sso-session, which the AWS CLI refuses")
        }
        settings[key] = setting
      }
    }
    func value(_ key: String) throws(ProfileFault) -> String {
      guard let value = settings[key]?.value, !value.isEmpty else {
        throw fault(
          profile,
          key == "sso_account_id" || key == "sso_role_name"
            ? "it needs both `sso_account_id` and `sso_role_name`"
            : "it has `sso_account_id` or `sso_role_name`, but no `\(key)`")
      }
      return value
    }
    return ProfileLink.SingleSignOn(
      startURL: try value("sso_start_url"), region: try value("sso_region"),
      account: try value("sso_account_id"), role: try value("sso_role_name"), session: session)
  }

  private func fault(_ profile: SharedConfig.Section, _ text: String) -> ProfileFault {
    ProfileFault(profile: profile.name, place: profile.place, text: text)
  }
}

extension AmbientSearch.Place {
  /// Reads a `credential_source`; case counts, as in botocore.
  init?(canonicalName name: String) {
    guard let place = Self.allCases.first(where: { $0.canonicalName == name }) else { return nil }
    self = place
  }
}
