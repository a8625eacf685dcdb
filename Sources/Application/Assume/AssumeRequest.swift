import AWS
import AuthConfiguration
package import Core
import Locks
import Model
import Sessions
import Terminal

/// What `assume` does, apart from the command line: a role in an account, for a pipeline.
package struct AssumeRequest {
  /// The names of the variables that hold the keys to start from.
  package struct KeyVariables {
    package var id: String
    package var secret: String
    package var token: String?

    /// Creates it from its parts.
    package init(id: String, secret: String, token: String?) {
      (self.id, self.secret, self.token) = (id, secret, token)
    }
  }

  /// The name or number of an account, or the ARN of a role.
  package var account: String
  package var role: String?
  /// The role if neither ``role`` nor the accounts file names one.
  package var defaultRole: String?
  /// Whether the variables that say which account and role it is are set as well.
  package var setsAccountVariables = false
  package var sessionName: String?
  package var duration: String?
  package var externalID: String?
  package var region: String?
  package var mfaDevice: String?
  /// The accounts file.
  package var accounts: String?
  package var keyVariables: KeyVariables?
  package var format = AssumeFormat.variables(.bash)
  package var outputFile: String?

  /// Creates a request.
  package init(account: String) {
    self.account = account
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    // Before anybody is asked for anything.
    if case .variables(let format) = format {
      _ = try EnvRequest(format: format.rawValue, outputFile: outputFile)
        .place(context.surroundings.environment)
    }
    let target = try await target(context)
    let awsu = AWSUVariables(context.surroundings.environment)
    let role = try AdHocRole([
      ("assume_role", target.arn),
      (
        "session_name",
        sessionName ?? target.sessionName
          ?? PipelineSessionName.of(context.surroundings.environment)
      ),
      ("external_id", externalID ?? target.externalID),
      ("duration", try seconds(duration ?? target.duration ?? awsu.duration)),
      ("region", target.region),
      ("mfa_arn", mfaDevice ?? target.mfaDevice ?? awsu.mfaDevice ?? enterpriseDevice(context)),
    ])
    let base = try await AssumeBase(keyVariables, context)
    let credential: Credential
    do throws(AuthError) {
      credential = try await RoleCache(role, base, context).credential()
    } catch {
      throw error.hints(of: role, on: base.who?.record.name)
    }
    try await context.writeDown(
      HandOut(role, on: base.who?.record, credential),
      in: base.who?.configuration ?? context.configuration)
    return try write(credential, target, context)
  }

  // MARK: The role

  private func target(_ context: CommandContext) async throws(AuthError) -> RoleTarget {
    guard !account.hasPrefix("arn:"), !(role ?? "").hasPrefix("arn:") else {
      let arn = account.hasPrefix("arn:") ? account : role ?? account
      return try RoleTarget(account: arn, role: nil, entry: nil, region: region)
    }
    var choice = AccountChoice(account: account, role: role, accounts: accounts)
    choice.defaultRole = defaultRole
    let (target, foreign) = try choice.target(region: region, context)
    if let foreign { try await choice.approve(foreign, context) }
    return target
  }

  /// The device that stands beside a user's keys where Terraform Enterprise took them from.
  private func enterpriseDevice(_ context: CommandContext) -> String? {
    let device = context.surroundings.environment["AWS_MFA_SERIAL_NUMBER"]
    return device.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func seconds(_ text: String?) throws(AuthError) -> String? {
    guard let text else { return nil }
    return String(try ExecRequest.seconds(text, in: AdHocRole.durations, of: "a role's session"))
  }

  // MARK: The answer

  private func write(
    _ credential: Credential, _ target: RoleTarget, _ context: CommandContext
  ) throws(AuthError) -> Int32 {
    let delivery = delivery(credential, target, context)
    switch format {
    case .variables(let format):
      return try EnvRequest(format: format.rawValue, outputFile: outputFile, isStatic: true)
        .write(delivery, context)
    case .multienv:
      // It cannot take a variable away; one without a value does nothing.
      let emptied = delivery.unset.map { (name: $0, value: "") }
      try emit(try AssumeFormat.multienv(delivery.set + emptied) + "\n", context)
    case .json: try emit(AssumeFormat.document(credential) ?? "", context)
    case .credentialProcess:
      try emit((context.registry.processAnswer(credential)?.revealed() ?? "") + "\n", context)
    }
    return 0
  }

  private func emit(_ text: String, _ context: CommandContext) throws(AuthError) {
    guard let outputFile else { return try context.emit(text) }
    let path = context.absolute(outputFile)
    try FileSystem.writeAtomically(path, Array(text.utf8))
  }

  /// The keys, and what would beat them or belongs to others.
  private func delivery(
    _ credential: Credential, _ target: RoleTarget, _ context: CommandContext
  ) -> Delivery {
    let cloud = Cloud.aws
    var set: [String: String] = [:]
    var others = cloud.variables.conflicting
    for change in cloud.plainText(credential) ?? [] {
      switch change {
      case .set(let name, let value): set[name] = value
      case .unset(let name): others.append(name)
      default: break
      }
    }
    if setsAccountVariables, let token = credential.aws?.sessionToken {
      set["AWS_SECURITY_TOKEN"] = token.revealed()
    }
    let secret = Set(set.keys.filter { !cloud.variables.plain.contains($0) })
    if setsAccountVariables, let (id, role) = target.accountAndRole {
      set["AWS_ACCOUNT_ID"] = id
      set["AWS_ACCOUNT_NAME"] = account.hasPrefix("arn:") ? id : account
      set["AWS_ACCOUNT_ROLE"] = role
    }
    if let region = region ?? credential.region {
      for name in cloud.variables.regions { set[name] = region }
    }
    if let name = cloud.variables.expiry, let end = credential.expiresAt {
      set[name] = Timestamp.rfc3339(end)
    }
    let present = context.surroundings.environment
    others.removeAll { set[$0] != nil || present[$0] == nil }
    var delivery = Delivery(
      set: set.map { (name: $0.key, value: $0.value) }.sorted { $0.name < $1.name },
      unset: others.sorted())
    delivery.secret = secret
    return delivery
  }
}
