public import Core

/// Turns the profiles of a person's `~/.aws/config` and `credentials` into definitions with the
/// same meaning.
///
/// What a profile means is what the AWS CLI makes of it; ``ProfileResolver`` decides that.
public struct ProfileImport {
  /// Why a profile cannot be taken.
  struct Obstacle: Error {
    var text: String
  }

  /// How a profile is used.
  private struct Use: Hashable {
    var profile: String
    /// As another one's source by its keys or its program, though it has a role as well.
    var skipsRole: Bool
  }

  let sources: SharedSources
  let shared: SharedConfig
  var result = ImportedConfiguration()
  var identityNames = FittedNames()
  var providerNames = FittedNames()
  /// The identities of profiles, or why there is none.
  private var identities: [Use: Result<String, Obstacle>] = [:]
  /// The names that profiles have as identities.
  private(set) var fitted: [String: String] = [:]
  /// The identities of `credential_source`s.
  var places: [AmbientSearch.Place: String] = [:]
  /// The providers of start URLs and regions.
  var providers: [String: String] = [:]
  /// Settings that found their place, by profile.
  var used: [String: Set<String>] = [:]

  /// Prepares an import.
  public init(_ sources: SharedSources) {
    self.sources = sources
    shared = SharedConfig(sources)
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
    result.notes += shared.remarks.map(Self.remark)
    if names.isEmpty {
      result.leftOut += shared.strange.map(Self.remark)
      for session in shared.sessions.values.sorted(by: { $0.name < $1.name }) {
        do throws(Obstacle) {
          _ = try provider(ofSession: session.name)
        } catch {
          result.leftOut.append(.init(place: session.place, text: error.text))
        }
      }
    }
    let resolver = ProfileResolver(config: shared)
    for name in names.isEmpty ? shared.order : names {
      guard let profile = shared.profiles[name] else { continue }
      do throws(Obstacle) {
        guard let link = try Self.link(name, resolver) else {
          throw Obstacle(text: Self.whyNothing(profile))
        }
        _ = try identity(for: link)
      } catch {
        leaveOut(profile, error.text)
      }
    }
    tellUnusedSettings()
    return result
  }

  private static func remark(_ remark: SharedConfig.Remark) -> ImportedConfiguration.Remark {
    ImportedConfiguration.Remark(place: remark.place, text: remark.text)
  }

  private static func link(
    _ name: String, _ resolver: ProfileResolver
  ) throws(Obstacle) -> ProfileLink? {
    do throws(ProfileFault) {
      return try resolver.link(name)
    } catch {
      throw Obstacle(
        text: error.profile == name
          ? error.text : "profile `\(error.profile)`, on which it rests: \(error.text)")
    }
  }

  private static func whyNothing(_ profile: SharedConfig.Section) -> String {
    profile["sso_session"] ?? profile["sso_start_url"] != nil
      ? "it has neither `sso_account_id` nor `sso_role_name`, so it gives no AWS credentials"
      : "it gives no credentials"
  }

  /// The identity for a use of a profile, made if need be.
  mutating func identity(for link: ProfileLink) throws(Obstacle) -> String {
    let use = Use(profile: link.profile.name, skipsRole: link.skipsRole)
    if let known = identities[use] { return try known.get() }
    do throws(Obstacle) {
      let name = try make(link)
      identities[use] = .success(name)
      return name
    } catch {
      identities[use] = .failure(error)
      throw error
    }
  }

  private mutating func make(_ link: ProfileLink) throws(Obstacle) -> String {
    switch link.means {
    case .role(let base): return try role(link.profile, base: base)
    case .permissionSet(let signOn): return try permissionSet(link, signOn)
    case .keys(let pair): return try user(link, pair)
    case .webIdentity:
      return try onProfile(
        link, "web identity", ["web_identity_token_file", "role_arn", "role_session_name"])
    case .process:
      if link.profile.isOurs { throw Obstacle(text: "it comes from atmos-auth") }
      return try onProfile(link, "credential_process", ["credential_process"])
    case .login: return try onProfile(link, "`aws login`", ["login_session"], suffix: "-login")
    }
  }

  /// The identity that a role is assumed with.
  mutating func source(
    _ base: ProfileLink.Base, of profile: SharedConfig.Section
  ) throws(Obstacle) -> String {
    use(profile, "source_profile", "credential_source")
    switch base {
    case .place(let place): return self.place(place)
    case .profile(let link):
      do throws(Obstacle) {
        return try identity(for: link)
      } catch {
        throw Obstacle(
          text: "its source_profile `\(link.profile.name)` was not imported: \(error.text)")
      }
    }
  }

  mutating func use(_ profile: SharedConfig.Section, _ keys: String...) {
    used[profile.name, default: []].formUnion(keys)
  }

  mutating func note(_ profile: SharedConfig.Section, _ text: String) {
    result.notes.append(ImportedConfiguration.Remark(place: profile.place, text: text))
  }

  private mutating func leaveOut(_ profile: SharedConfig.Section, _ reason: String) {
    // If it is another one's source, its settings are told with that.
    used[profile.name] = Set(profile.settings.keys)
    result.leftOut.append(
      ImportedConfiguration.Remark(
        place: profile.place, text: "profile `\(profile.name)`: \(reason)"))
  }
}
