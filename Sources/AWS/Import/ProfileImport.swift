public import Core

/// Turns the profiles of a person's `~/.aws/config` and `credentials` into definitions with the
/// same meaning.
///
/// What a profile means is what the AWS CLI makes of it: the order in which botocore tries what a
/// profile offers, and that static keys win over a role where a profile is another one's source.
/// Source: botocore's `credentials.py`.
public struct ProfileImport {
  /// Why a profile cannot be taken.
  struct Obstacle: Error {
    var text: String
  }

  /// How a profile is used.
  struct Use: Hashable {
    var profile: String
    /// By its keys, though it has a role as well.
    var skipsRole: Bool
  }

  let sources: SharedSources
  let shared: SharedProfiles
  var result = ImportedConfiguration()
  var identityNames = FittedNames()
  var providerNames = FittedNames()
  /// The identities of profiles; `nil` for those that cannot be taken.
  private var links: [Use: String?] = [:]
  /// The names that profiles have as identities.
  private(set) var fitted: [String: String] = [:]
  /// The identities of `credential_source`s.
  var places: [String: String] = [:]
  /// The providers of start URLs and regions.
  var providers: [String: String] = [:]
  /// Settings that found their place, by profile.
  var used: [String: Set<String>] = [:]

  /// Prepares an import.
  public init(_ sources: SharedSources) {
    self.sources = sources
    shared = SharedProfiles(sources)
    // Names that fit must not go to others that are made to.
    let isFit: (String) -> Bool = {
      IdentityName.isShellSafe($0) && !IdentityName.isOff($0)
    }
    for name in shared.order.filter(isFit) + shared.order.filter({ !isFit($0) }) {
      fitted[name] = identityNames.take(name)
    }
  }

  /// Takes the profiles called `names`, and those they come from; all when there are none.
  ///
  /// - Throws: ``AuthError`` with code `usage` for a name that no profile has.
  public mutating func take(_ names: [String]) throws(AuthError) -> ImportedConfiguration {
    for name in names where shared.profiles[name] == nil {
      throw AuthError(
        .usage, "there is no AWS profile `\(DisplayText.sanitized(name))`",
        hints: ["there are: \(shared.order.prefix(20).joined(separator: ", "))"])
    }
    result.notes += shared.remarks
    if names.isEmpty {
      result.leftOut += shared.strange
      for session in shared.sessions.values.sorted(by: { $0.name < $1.name }) {
        do throws(Obstacle) {
          _ = try provider(ofSession: session.name)
        } catch {
          result.leftOut.append(.init(place: session.place, text: error.text))
        }
      }
    }
    for name in names.isEmpty ? shared.order : names {
      _ = link(Use(profile: name, skipsRole: false), visited: [])
    }
    tellUnusedSettings()
    return result
  }

  /// The identity for a use of a profile, made if need be.
  mutating func link(_ use: Use, visited: [String]) -> String? {
    if let known = links[use] { return known }
    guard let profile = shared.profiles[use.profile] else { return nil }
    let name: String?
    do throws(Obstacle) {
      name = try make(profile, skipsRole: use.skipsRole, visited: visited)
    } catch {
      name = nil
      leaveOut(profile, error.text)
    }
    links[use] = .some(name)
    return name
  }

  /// What gives a profile its credentials.
  private enum Method {
    case role, webIdentity, signOn, keys, login, process
  }

  private func method(_ profile: SharedProfiles.Profile, skipsRole: Bool) -> Method? {
    if profile.hasRole, !skipsRole { return .role }
    if profile["web_identity_token_file"] != nil { return .webIdentity }
    if profile["sso_account_id"] != nil || profile["sso_role_name"] != nil { return .signOn }
    if profile.hasKeys, profile.settings["aws_access_key_id"]?.isFromCredentials == true {
      return .keys
    }
    if profile["login_session"] != nil { return .login }
    if profile["credential_process"] != nil { return .process }
    return profile.hasKeys ? .keys : nil
  }

  private mutating func make(
    _ profile: SharedProfiles.Profile, skipsRole: Bool, visited: [String]
  ) throws(Obstacle) -> String {
    switch method(profile, skipsRole: skipsRole) {
    case .role: return try role(profile, visited: visited)
    case .signOn: return try permissionSet(profile)
    case .keys: return try user(profile, isBesideRole: skipsRole)
    case .webIdentity:
      return try onProfile(
        profile, "web identity", ["web_identity_token_file", "role_arn", "role_session_name"])
    case .process:
      if SharedConfig.Section(profile).isOurs { throw Obstacle(text: "it comes from atmos-auth") }
      return try onProfile(profile, "credential_process", ["credential_process"])
    case .login:
      throw Obstacle(text: "it signs in by `aws login`, which atmos-auth does not have")
    case nil:
      throw Obstacle(
        text: profile["sso_session"] ?? profile["sso_start_url"] != nil
          ? "it has neither `sso_account_id` nor `sso_role_name`, so it gives no AWS credentials"
          : "it gives no credentials")
    }
  }

  /// The credentials that a role is assumed with.
  mutating func source(
    of profile: SharedProfiles.Profile, visited: [String]
  ) throws(Obstacle) -> String {
    use(profile, "source_profile", "credential_source")
    switch (profile["source_profile"], profile["credential_source"]) {
    case (.some, .some):
      throw Obstacle(text: "it has both `source_profile` and `credential_source`")
    case (nil, nil):
      throw Obstacle(
        text: "it has `role_arn`, but neither `source_profile` nor `credential_source`")
    case (nil, let place?): return try self.place(place, profile)
    case (let name?, nil):
      guard let source = shared.profiles[name] else {
        throw Obstacle(text: "its source_profile `\(name)` does not exist")
      }
      let path = visited + [profile.name]
      if name == profile.name, !source.hasKeys {
        throw Obstacle(text: "its source_profile is itself, and it has no keys")
      }
      guard name == profile.name || !path.contains(name) else {
        throw Obstacle(
          text: "the source_profile settings form a circle: "
            + (path + [name]).joined(separator: " → "))
      }
      let skipsRole = source.hasKeys && source.hasRole
      guard let link = link(Use(profile: name, skipsRole: skipsRole), visited: path) else {
        throw Obstacle(text: "its source_profile `\(name)` was not imported")
      }
      return link
    }
  }

  mutating func use(_ profile: SharedProfiles.Profile, _ keys: String...) {
    used[profile.name, default: []].formUnion(keys)
  }

  mutating func note(_ profile: SharedProfiles.Profile, _ text: String) {
    result.notes.append(ImportedConfiguration.Remark(place: profile.place, text: text))
  }

  private mutating func leaveOut(_ profile: SharedProfiles.Profile, _ reason: String) {
    used[profile.name] = Set(profile.settings.keys)
    result.leftOut.append(
      ImportedConfiguration.Remark(
        place: profile.place, text: "profile `\(profile.name)`: \(reason)"))
  }
}

extension SharedConfig.Section {
  /// A profile's settings without their places.
  init(_ profile: SharedProfiles.Profile) {
    settings = profile.settings.mapValues(\.value)
  }
}
