import Core
import Model

/// What profiles become.
extension ProfileImport {
  private typealias Value = ImportedConfiguration.Value

  // MARK: Roles

  /// `role_arn` → `aws/assume-role`.
  mutating func role(
    _ profile: SharedConfig.Section, base: ProfileLink.Base
  ) throws(Obstacle) -> String {
    let arn = profile["role_arn"] ?? ""
    guard Self.isRole(arn) else {
      throw Obstacle(text: "`role_arn` is not the ARN of a role: \(arn)")
    }
    let source = try source(base, of: profile)
    use(profile, "role_arn")
    var duration: String?
    if let text = profile["duration_seconds"] {
      if let seconds = Int64(text), seconds > 0 {
        duration = "\(seconds)s"
        use(profile, "duration_seconds")
      } else {
        leaveOut(profile, "duration_seconds", "it is not a number of seconds: \(text)")
      }
    }
    let externalID = checked(profile, "external_id", "AWS takes no such external id") {
      (2...1224).contains($0.count) && STSText.isMade($0, of: "_+=,.@:/-")
    }
    let device = checked(profile, "mfa_serial", "STS asks no such device for codes") {
      (9...256).contains($0.count) && STSText.isMade($0, of: "+=/:,.@-_") && !$0.contains(":u2f/")
    }
    let sessionName = checked(profile, "role_session_name", "AWS takes no such session name") {
      SessionName.isValid($0)
    }
    if device != nil {
      note(
        profile,
        "a code is asked for each role that has `principal.mfa_arn`; "
          + "with `credentials.mfa_arn` at the user instead one code serves all of its roles")
    }
    let region = region(of: profile, inPartitionOf: arn)
    return add(
      ProfileLink(profile: profile, means: .role(from: base)), kind: "aws/assume-role",
      via: ("identity", source),
      [
        (
          "principal",
          .map(
            ("assume_role", .text(arn)), ("external_id", .optional(externalID)),
            ("session_name", .optional(sessionName)), ("duration", .optional(duration)),
            ("mfa_arn", .optional(device)), ("region", .optional(region)))
        )
      ], summary: "role \(arn), from \(source)")
  }

  // MARK: Single sign-on

  /// `sso_account_id` and `sso_role_name` → `aws/permission-set`.
  mutating func permissionSet(
    _ link: ProfileLink, _ signOn: ProfileLink.SingleSignOn
  ) throws(Obstacle) -> String {
    let (profile, account, role) = (link.profile, signOn.account, signOn.role)
    guard account.utf8.count == 12, account.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw Obstacle(text: "`sso_account_id` is not an account id of 12 digits: \(account)")
    }
    // The section may leave one of them to the profile.
    let isWhole = signOn.session.flatMap { shared.sessions[$0] }.map {
      $0["sso_start_url"] != nil && $0["sso_region"] != nil
    }
    let provider =
      if isWhole == true, let session = signOn.session {
        try self.provider(ofSession: session)
      } else {
        try self.provider(
          startURL: signOn.startURL, region: signOn.region, name: signOn.session)
      }
    use(
      profile, "sso_account_id", "sso_role_name", "sso_session", "sso_start_url", "sso_region",
      "sso_registration_scopes")
    return add(
      link, kind: "aws/permission-set", suffix: "-sso", via: ("provider", provider),
      [
        (
          "principal",
          .map(
            ("name", .text(role)), ("account", .map(("id", .text(account)))),
            ("region", .optional(region(of: profile))))
        )
      ], summary: "permission set \(role) in \(account), from \(provider)")
  }

  /// The provider of an `sso-session` section.
  mutating func provider(ofSession name: String) throws(Obstacle) -> String {
    guard let session = shared.sessions[name] else {
      throw Obstacle(text: "its sso-session `\(name)` does not exist")
    }
    let isNew = providers["session \(name)"] == nil
    do throws(Obstacle) {
      let provider = try provider(
        startURL: session["sso_start_url"], region: session["sso_region"], name: name)
      providers["session \(name)"] = provider
      if isNew, provider != name {
        note(session, "sso-session `\(name)` is called `\(provider)`")
      }
      let scopes = session["sso_registration_scopes"] ?? "sso:account:access"
      if isNew, scopes != "sso:account:access" {
        result.leftOut.append(
          ImportedConfiguration.Remark(
            place: session.setting("sso_registration_scopes")?.place ?? session.place,
            text: "`sso_registration_scopes` of sso-session `\(name)`: atmos-auth asks for "
              + "`sso:account:access`"))
      }
      return provider
    } catch {
      throw Obstacle(text: "sso-session `\(name)`: \(error.text)")
    }
  }

  private mutating func provider(
    startURL: String?, region: String?, name: String?
  ) throws(Obstacle) -> String {
    // `https://x/start`, `https://x/start/` and `https://x/start#/` are one portal.
    var portal = String((startURL ?? "").prefix { $0 != "#" })
    while portal.hasSuffix("/") { portal.removeLast() }
    guard let address = Address(portal) else {
      throw Obstacle(text: "`sso_start_url` is missing or not an address")
    }
    guard let region, Self.isRegion(region) else {
      throw Obstacle(text: "`sso_region` is missing or not a region")
    }
    let key = "\(portal.lowercased()) \(region)"
    if let known = providers[key] { return known }
    let host = address.host.split(separator: ".").first.map(String.init) ?? "sso"
    let taken = providerNames.take(name ?? host, isProvider: true)
    providers[key] = taken
    result.providers.append(
      ImportedConfiguration.Definition(
        name: taken,
        members: [
          .init(key: "kind", value: .text("aws/iam-identity-center")),
          .init(key: "start_url", value: .text(portal)),
          .init(key: "region", value: .text(region)),
        ]))
    return taken
  }

  // MARK: Keys

  /// Static keys → `aws/user`, whose keys belong into the keyring.
  mutating func user(
    _ link: ProfileLink, _ pair: ProfileLink.KeyPair
  ) throws(Obstacle) -> String {
    let profile = link.profile
    guard pair.token == nil, !pair.id.hasPrefix("ASIA") else {
      throw Obstacle(text: "its keys are those of a session, which ends")
    }
    do throws(AuthError) {
      try StoredKeys.check(accessKeyID: pair.id)
    } catch {
      throw Obstacle(text: "`aws_access_key_id` is not an access key id")
    }
    if StoredKeys.isOfEmulator(accessKeyID: pair.id) {
      note(
        profile,
        "profile `\(profile.name)` has keys of an emulator (`\(pair.id)`); AWS does not take them"
          + (profile["endpoint_url"] ?? profile["services"] == nil
            ? ", and the profile names no other endpoint" : ""))
    }
    use(profile, "aws_access_key_id", "aws_secret_access_key")
    let name = add(
      link, kind: "aws/user", suffix: "-keys",
      [("credentials", .map(("region", .optional(region(of: profile)))))],
      summary: "user with the keys of \(pair.place)")
    result.keys.append(
      ImportedConfiguration.Keys(
        identity: name, accessKeyID: pair.id, secretAccessKey: Secret(pair.secret),
        place: pair.place))
    return name
  }

  // MARK: What stays outside

  /// A profile that only the AWS configuration itself can say → `aws/ambient` on that profile.
  mutating func onProfile(
    _ link: ProfileLink, _ what: String, _ keys: [String], suffix: String = "-process"
  ) throws(Obstacle) -> String {
    let profile = link.profile
    guard sources.areInUse else {
      throw Obstacle(
        text: "its \(what) is used where it is, and AWS tools do not read that file here")
    }
    used[profile.name, default: []].formUnion(keys)
    note(
      profile,
      "profile `\(profile.name)` must stay in this file: its identity uses the \(what) of it")
    return add(
      link, kind: "aws/ambient", suffix: suffix,
      [
        ("principal", .map(("region", .optional(region(of: profile))))),
        (
          "spec",
          .map(
            ("profile", .text(profile.name)), ("as_source", link.skipsRole ? .flag(true) : nil))
        ),
      ], summary: "\(what) of the profile")
  }

  /// A `credential_source` → `aws/ambient` that looks nowhere else.
  mutating func place(_ place: AmbientSearch.Place) -> String {
    if let known = places[place] { return known }
    let name = identityNames.take("ambient-\(place.rawValue)")
    places[place] = name
    result.identities.append(
      ImportedConfiguration.Definition(
        name: name,
        members: [
          .init(key: "kind", value: .text("aws/ambient")),
          .init(key: "spec", value: .map([.init(key: "source", value: .text(place.rawValue))])),
        ]))
    return name
  }

  // MARK: Putting together

  /// Adds an identity; where the profile's role is passed over it has a name of its own, with
  /// `suffix`.
  private mutating func add(
    _ link: ProfileLink, kind: String, suffix: String = "", via: (String, String)? = nil,
    _ parts: [(String, Value?)], summary: String
  ) -> String {
    let profile = link.profile
    let fit = fitted[profile.name] ?? profile.name
    let name = link.skipsRole ? identityNames.take(fit + suffix) : fit
    if !link.skipsRole, name != profile.name {
      note(
        profile,
        "profile `\(profile.name)` is called `\(name)`, since names are made of letters, digits "
          + "and . _ / @ + : -, and differ in more than case")
    }
    var members = [ImportedConfiguration.Member(key: "kind", value: .text(kind))]
    if profile.name == "default", !link.skipsRole {
      members.append(.init(key: "default", value: .flag(true)))
    }
    if let via {
      members.append(.init(key: "via", value: .map([.init(key: via.0, value: .text(via.1))])))
    }
    for (key, value) in parts {
      if let value { members.append(.init(key: key, value: value)) }
    }
    // What is beside a role is that of another one, and nobody's tool.
    if !link.skipsRole {
      let callsSTS = kind == "aws/assume-role" || kind == "aws/user"
      members += surroundings(of: profile, callsSTS: callsSTS)
    }
    result.identities.append(ImportedConfiguration.Definition(name: name, members: members))
    result.taken.append(
      ImportedConfiguration.Taken(
        profile: profile.name, identity: name, summary: summary, place: profile.place))
    return name
  }
}
