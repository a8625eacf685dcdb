import Core
import Model

/// Settings that are not about credentials, and those that find no place.
extension ProfileImport {
  /// Settings that a variable says as well; it goes into the identity's `env`.
  private static let variables = [
    "ca_bundle": "AWS_CA_BUNDLE", "cli_pager": "AWS_PAGER", "defaults_mode": "AWS_DEFAULTS_MODE",
    "max_attempts": "AWS_MAX_ATTEMPTS", "output": "AWS_DEFAULT_OUTPUT",
    "retry_mode": "AWS_RETRY_MODE", "sts_regional_endpoints": "AWS_STS_REGIONAL_ENDPOINTS",
    "use_dualstack_endpoint": "AWS_USE_DUALSTACK_ENDPOINT",
    "use_fips_endpoint": "AWS_USE_FIPS_ENDPOINT",
  ]

  /// `spec.endpoint_url` and `env` of an identity.
  mutating func surroundings(
    of profile: SharedConfig.Section, callsSTS: Bool
  ) -> [ImportedConfiguration.Member] {
    var pairs: [(name: String, value: String)] = []
    for (key, variable) in Self.variables.sorted(by: { $0.key < $1.key }) {
      guard let setting = profile.settings[key], setting.nested.isEmpty else { continue }
      used[profile.name, default: []].insert(key)
      if !setting.value.isEmpty || key == "cli_pager" { pairs.append((variable, setting.value)) }
    }
    let (sts, variables) = endpoints(of: profile, callsSTS: callsSTS)
    pairs += variables
    var members: [ImportedConfiguration.Member] = []
    if let sts {
      members.append(
        .init(key: "spec", value: .map([.init(key: "endpoint_url", value: .text(sts))])))
    }
    if !pairs.isEmpty {
      members.append(
        .init(
          key: "env",
          value: .list(
            pairs.map {
              .map([
                .init(key: "key", value: .text($0.name)),
                .init(key: "value", value: .text($0.value)),
              ])
            })))
    }
    return members
  }

  private mutating func endpoints(
    of profile: SharedConfig.Section, callsSTS: Bool
  ) -> (sts: String?, variables: [(name: String, value: String)]) {
    use(profile, "ignore_configured_endpoint_urls")
    if profile["ignore_configured_endpoint_urls"]?.lowercased() == "true" {
      use(profile, "services", "endpoint_url")
      if profile["services"] ?? profile["endpoint_url"] != nil {
        note(
          profile,
          "the endpoints of profile `\(profile.name)` do not count, by "
            + "`ignore_configured_endpoint_urls`")
      }
      return (nil, [])
    }
    var sts: String?
    var variables: [(name: String, value: String)] = []
    if let url = checked(profile, "endpoint_url", "it is not an address", Self.isAddress) {
      variables.append(("AWS_ENDPOINT_URL", url))
      sts = url
    }
    guard let name = profile["services"] else { return (callsSTS ? sts : nil, variables) }
    guard let section = shared.services[name] else {
      leaveOut(profile, "services", "there is no section [services \(name)]")
      return (callsSTS ? sts : nil, variables)
    }
    use(profile, "services")
    for (service, setting) in section.settings.sorted(by: { $0.key < $1.key }) {
      for inner in setting.nested {
        guard inner.key == "endpoint_url", Self.isAddress(inner.value) else {
          result.leftOut.append(
            ImportedConfiguration.Remark(
              place: setting.place,
              text: "`\(inner.key)` of \(service) in [services \(name)]: atmos-auth has no such "
                + "setting"))
          continue
        }
        if service == "sts", callsSTS { sts = inner.value }
        let id = service.uppercased().map { $0 == " " || $0 == "-" ? "_" : $0 }
        variables.append(("AWS_ENDPOINT_URL_\(String(id))", inner.value))
      }
    }
    return (callsSTS ? sts : nil, variables)
  }

  /// The region of a profile; of a role only one in its own partition.
  mutating func region(
    of profile: SharedConfig.Section, inPartitionOf arn: String? = nil
  ) -> String? {
    let region = checked(profile, "region", "it is not a region", Self.isRegion)
    guard let region, let partition = arn.flatMap(Partition.ofARN),
      Partition.ofRegion(region) != partition
    else { return region }
    // It was noted as used, and is not.
    used[profile.name]?.remove("region")
    leaveOut(profile, "region", "\(region) is not in the role's partition")
    return nil
  }

  /// A setting if it can be used; else it is reported.
  mutating func checked(
    _ profile: SharedConfig.Section, _ key: String, _ objection: String,
    _ isGood: (String) -> Bool
  ) -> String? {
    guard let value = profile[key] else { return nil }
    if isGood(value) {
      used[profile.name, default: []].insert(key)
      return value
    }
    // Values of some keys are nobody else's business, so none is shown.
    leaveOut(profile, key, objection)
    return nil
  }

  /// Reports a setting.
  mutating func leaveOut(
    _ profile: SharedConfig.Section, _ key: String, _ reason: String
  ) {
    guard used[profile.name, default: []].insert(key).inserted else { return }
    result.leftOut.append(
      ImportedConfiguration.Remark(
        place: profile.settings[key]?.place ?? profile.place,
        text: "`\(key)` of profile `\(profile.name)`: \(reason)"))
  }

  /// Reports what found no place in the profiles that were taken.
  mutating func tellUnusedSettings() {
    let taken = Set(result.taken.map(\.profile))
    for name in shared.order where taken.contains(name) {
      guard let profile = shared.profiles[name] else { continue }
      for key in profile.settings.keys.sorted() where used[name]?.contains(key) != true {
        leaveOut(profile, key, Self.reason(key, profile))
      }
    }
  }

  private static let keyNames = [
    "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token",
  ]

  private static func reason(_ key: String, _ profile: SharedConfig.Section) -> String {
    if profile.settings[key]?.value.isEmpty == true,
      profile.settings[key]?.nested.isEmpty == true
    {
      return "it is empty"
    }
    switch key {
    case "mfa_serial":
      return "without `role_arn` the AWS CLI asks for no code; to be asked, write "
        + "`credentials: {mfa_arn: …}`"
    case "source_profile", "credential_source", "external_id", "role_session_name",
      "duration_seconds":
      return "it has no effect here, since the credentials come from elsewhere"
    case _
    where keyNames.contains(key) || key == "credential_process"
      || key == "login_session" || key.hasPrefix("sso_"):
      return "it is not used, since an earlier setting gives the credentials"
    default: return "atmos-auth has no such setting; AWS tools read it from their own file only"
    }
  }

  // MARK: Forms

  static func isRole(_ text: String) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[0] == "arn"
      && (parts[1] == "aws" || parts[1].hasPrefix("aws-"))
      && parts[2] == "iam" && parts[4].utf8.count == 12
      && parts[4].utf8.allSatisfy { (0x30...0x39).contains($0) } && parts[5].hasPrefix("role/")
      && parts[5].utf8.count > 5
      && parts[5].unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
  }

  static func isRegion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count >= 3, let last = parts.last else { return false }
    return (1...2).contains(last.count) && last.allSatisfy { (0x30...0x39).contains($0) }
      && parts.dropLast().allSatisfy { part in
        part.count >= 2 && part.allSatisfy { (0x61...0x7A).contains($0) }
      }
  }

  static func isAddress(_ text: String) -> Bool {
    Address(text) != nil && !text.contains("@") && !text.contains(where: \.isWhitespace)
  }
}
