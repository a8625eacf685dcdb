import Application
import ArgumentParser
import Core

/// `atmos-auth assume`: a role in an account, for pipelines.
struct Assume: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "assume",
    abstract: "Assume a role in an account and print its credentials, for pipelines.",
    usage: "atmos-auth assume [<options>] [<account>] [<role>]",
    discussion: """
      ACCOUNT is a name in accounts.json, twelve digits, or the ARN of a role. The role is assumed \
      with the identity of `-i`, else with what the job offers: keys in variables, web identity, \
      the role of a pod or an instance. Runs that ask for the same share one session.

        $ eval "$(atmos-auth assume prod Deploy)"
        $ atmos-auth assume arn:aws:iam::123456789012:role/Deploy --format json
        $ atmos-auth assume prod --format multienv      # a step of Atlantis
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var code: CodeFlags

  @Argument(help: ArgumentHelp("Account by name or number, or the ARN of a role."))
  var account: String?

  @Argument(help: ArgumentHelp("Role by name; default: what accounts.json says."))
  var role: String?

  @Option(
    name: .customLong("account"), help: ArgumentHelp("The same as ACCOUNT.", valueName: "account"))
  var accountOption: String?

  @Option(name: .customLong("role"), help: ArgumentHelp("The same as ROLE.", valueName: "role"))
  var roleOption: String?

  @Option(
    help: ArgumentHelp(
      "Role if neither ROLE nor accounts.json names one.", valueName: "role"))
  var defaultRole: String?

  @Option(
    help: ArgumentHelp(
      "Name of the session in logs; default: made from the pipeline's variables.",
      valueName: "name"))
  var sessionName: String?

  @Option(help: ArgumentHelp("Length of the session, 15m to 12h.", valueName: "duration"))
  var duration: String?

  @Option(
    help: ArgumentHelp("External id that the role's trust policy asks for.", valueName: "id"))
  var externalID: String?

  @Option(help: ArgumentHelp("Region to call and to print.", valueName: "region"))
  var region: String?

  @Option(help: ArgumentHelp("MFA device that the role asks for.", valueName: "arn"))
  var mfaSerial: String?

  @Option(
    help: ArgumentHelp(
      "Accounts file; default: `auth.accounts`, accounts.json beside atmos.yaml.",
      valueName: "file"),
    completion: .file())
  var accounts: String?

  @Option(
    help: ArgumentHelp("Variable with the access key id to start from.", valueName: "name"))
  var accessKeyVar: String?

  @Option(help: ArgumentHelp("Variable with the secret access key.", valueName: "name"))
  var secretKeyVar: String?

  @Option(
    help: ArgumentHelp(
      "Variable with the session token; default: AWS_SESSION_TOKEN.", valueName: "name"))
  var sessionTokenVar: String?

  @Flag(
    help: ArgumentHelp(
      "Also set AWS_SECURITY_TOKEN, and AWS_ACCOUNT_ID, _NAME and _ROLE, for prompts."))
  var accountVars = false

  @Option(
    name: [.long, .short],
    help: ArgumentHelp(
      "Output format: \(AssumeFormat.names.joined(separator: ", ")).", valueName: "format"))
  var format = "export"

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("Write to this file instead of printing.", valueName: "path"),
    completion: .file())
  var outputFile: String?

  var wantsJSON: Bool { format == "json" }

  func validate() throws {
    guard (accessKeyVar == nil) == (secretKeyVar == nil) else {
      throw ValidationError("`--access-key-var` and `--secret-key-var` go together")
    }
    guard sessionTokenVar == nil || accessKeyVar != nil else {
      throw ValidationError("`--session-token-var` goes with `--access-key-var`")
    }
    guard role == nil || roleOption == nil else {
      throw ValidationError("the role is given twice: keep ROLE or `--role`")
    }
    guard accountOption == nil || account == nil || role == nil && roleOption == nil else {
      throw ValidationError("the account is given twice: keep ACCOUNT or `--account`")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    // `--account prod Deploy` names a role.
    let words = accountOption == nil ? (account, role) : (accountOption, role ?? account)
    let role = roleOption ?? words.1
    guard let account = words.0 ?? role.flatMap({ $0.hasPrefix("arn:") ? $0 : nil }) else {
      throw AuthError(
        .usage, "no account is named",
        hints: ["such as `atmos-auth assume prod Deploy`, or the ARN of a role"])
    }
    var request = AssumeRequest(account: account)
    (request.role, request.defaultRole) = (role, defaultRole)
    request.setsAccountVariables = accountVars
    (request.sessionName, request.duration) = (sessionName, duration)
    (request.externalID, request.region, request.mfaDevice) = (externalID, region, mfaSerial)
    (request.accounts, request.outputFile) = (accounts, outputFile)
    request.format = try AssumeFormat(argument: format)
    if let accessKeyVar, let secretKeyVar {
      request.keyVariables = AssumeRequest.KeyVariables(
        id: accessKeyVar, secret: secretKeyVar, token: sessionTokenVar)
    }
    return try await request.run(try code.added(to: context))
  }
}
