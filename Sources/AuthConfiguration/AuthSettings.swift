public import Core
public import Model

/// `auth.keyring`.
public struct KeyringSettings: Sendable, Equatable {
  /// `system`, `file`, `memory` or `command`; `nil` when the configuration does not say.
  public var type: String?
  /// `spec.path` with `~` replaced, absolute.
  public var path: String?
  /// `spec.password_env`: the variable that holds the file keyring's password.
  public var passwordEnvironment: String?
  /// How long an unlocked session key is remembered, `spec.unlock_for`, in seconds; 0 is not at all.
  ///
  /// The default of eight hours is a working day.
  public var unlockFor: Int64 = 28_800
  /// `spec.timeout`: how many seconds a system keyring or a command may take to answer.
  public var timeout: Int64?
  /// `spec.read`, `spec.write`, `spec.remove` and `spec.list` as far as they are given.
  public var commands: [Command] = []

  /// One of the commands of a command keyring.
  public struct Command: Sendable, Equatable {
    /// `read`, `write`, `remove` or `list`.
    public var name: String
    /// The program and its arguments.
    public var words: [String]
    /// The files that say so, each of which has to be trusted with running commands.
    public var files: [String]

    /// The setting on one line, as trust is asked for it.
    public var expression: String {
      "keyring.spec.\(name) = \(JSONText.words(words))"
    }

    /// The settings of each file that has a part in them, for asking whether it is trusted.
    public static func byFile(
      _ commands: [Command]
    ) -> [(file: String, expressions: [String])] {
      Set(commands.flatMap(\.files)).sorted().map { file in
        (file, commands.filter { $0.files.contains(file) }.map(\.expression))
      }
    }
  }

  /// Whether it says nothing about which keyring it is.
  public var isStandard: Bool {
    type == nil && path == nil && passwordEnvironment == nil && commands.isEmpty
  }

  /// The names of commands, in the order in which they are shown.
  static let commandNames = ["read", "write", "remove", "list"]
}

/// `auth.console`: which browser the AWS console is opened in.
public struct ConsoleSettings: Sendable, Equatable {
  /// `isolated`: whether each identity has a browser profile of its own.
  public var isIsolated = false
  /// `container`: whether each identity has a container of its own in Firefox.
  public var usesContainer = false
}

/// `auth.shell`: how shells that evaluate the hook behave.
public struct ShellOptions: Sendable, Equatable {
  /// `prompt`: whether the segment is put in front of the prompt.
  public var showsPrompt = true
  /// `switch`: whether `cd` switches identities at all.
  public var switches = true
  /// `wrap`: the programs that the hook wraps, in order and each once.
  public var wraps: [String] = []
  /// `warn_before`, `symbol`, `region`, `color` and `ascii`.
  public var style = PromptStyle()
  /// `mfa`: what holds for identities that do not say it themselves.
  public var mfa = MFAPolicy()
}

/// What `auth:` says apart from providers, identities and integrations.
struct AuthSettings: Sendable {
  /// `realm`, valid; `nil` when there is none or it is not.
  var realm: String?
  var keyring = KeyringSettings()
  var shell = ShellOptions()
  /// `logs.level`.
  var logLevel: String?
  var console = ConsoleSettings()
  var trust = TrustSettings()
  var audit = AuditSettings()
  /// `accounts`: the accounts file, absolute, and the file that says so.
  var accounts: (path: String, file: String)?
  /// `mfa.sources`: where one-time codes come from for definitions that do not say.
  var codeSources: ConfigNode?
  /// `console.isolated`.
  var isConsoleIsolated: Bool { console.isIsolated }
  /// What is wrong with them.
  var faults: [Diagnostic] = []
  /// Whether a realm was given that cannot be used: nothing may be stored then.
  var hasBadRealm = false

  private static let fields: [Field] = [
    Field("realm", .text, "Namespace of stored credentials."),
    Field("providers", .any, "Read elsewhere."),
    Field("identities", .any, "Read elsewhere."),
    Field("integrations", .any, "Read elsewhere."),
    Field("extensions", .any, "Read elsewhere."),
    Field("accounts", .text, "File that lists accounts by name, for `assume`; atmos ignores this."),
    Field("logs.level", .oneOf(["Debug", "Info", "Warn", "Error"]), "How much is logged."),
    Field("logs.file", .text, "Not used, as in atmos."),
    Field(
      "keyring.type", .oneOf(["system", "file", "memory", "command"]),
      "Where long-lived secrets are."),
    Field("keyring.spec.path", .text, "Directory of the file keyring."),
    Field("keyring.spec.password_env", .text, "Variable with the file keyring's password."),
    Field("keyring.spec.unlock_for", .duration, "How long an unlocked key is remembered."),
    Field("keyring.spec.timeout", .duration, "How long a system keyring or a command may take."),
    Field("keyring.spec.read", .texts, "Command that prints an entry."),
    Field("keyring.spec.write", .texts, "Command that stores its standard input."),
    Field("keyring.spec.remove", .texts, "Command that removes an entry."),
    Field("keyring.spec.list", .texts, "Command that prints the names of all entries."),
    Field("console.isolated", .bool, "Whether each identity has a browser of its own."),
    Field(
      "console.container", .bool,
      "Whether each identity has a container in Firefox; atmos ignores this."),
    Field("mfa.sources", .any, "Where one-time codes come from, in order; atmos ignores this."),
    Field("stacks", .any, "Identity of stacks whose manifests name none; atmos ignores this."),
    Field("shell.prompt", .bool, "Whether the segment is put in front of the prompt."),
    Field("shell.switch", .bool, "Whether `cd` switches identities."),
    Field("shell.wrap", .texts, "Programs that the hook runs as the identity that applies."),
    Field("shell.warn_before", .duration, "Time left from which on a session counts as expiring."),
    Field("shell.symbol", .any, "Text in front of the identity's name."),
    Field("shell.region", .bool, "Whether the region is shown."),
    Field("shell.color", .any, "`auto` or `never`; true and false do as well."),
    Field("shell.ascii", .bool, "Whether nothing but ASCII is shown."),
    Field(
      "shell.mfa.policy", .oneOf(MFALevel.allCases.map(\.rawValue)),
      "Which commands ask for a code, where the identity does not say."),
    Field("shell.mfa.max_age", .duration, "For how long one code does."),
    Field("shell.mfa.unattended", .bool, "Whether codes that take no person will do."),
  ]

  /// Every key of the settings.
  static let allFields = fields + TrustSettings.fields + AuditSettings.fields

  /// Reads and checks the settings.
  init(_ node: ConfigNode, home: String?) {
    faults = SchemaNode(Self.allFields).faults(
      in: node, subject: Subject(section: nil, name: "auth"), suggestions: Suggestion.Allowance(),
      unknown: nil)
    readRealm(node)
    logLevel = node["logs", "level"]?.text
    if let file = node["logs", "file"] {
      faults.append(
        Diagnostic(
          .warning, "auth: `logs.file` is not used", mark: file.mark,
          suggestion: "use `--logs-file` or ATMOS_LOGS_FILE"))
    }
    console.isIsolated = node["console", "isolated"]?.bool ?? false
    console.usesContainer = node["console", "container"]?.bool ?? false
    readKeyring(node, home: home)
    if let sources = node["mfa", "sources"], !sources.isNull {
      codeSources = sources
      faults += CodeSourceList(sources, subject: "auth").faults
    }
    readShell(node)
    trust = TrustSettings(node, home: home, faults: &faults)
    audit = AuditSettings(node, faults: &faults)
    if let value = node["accounts"], let text = value.text?.trimmed, !text.isEmpty {
      let directory = FileSystem.parent(of: value.mark.file)
      accounts = (
        PathText.absolute(PathText.expandingHome(text, home: home), from: directory),
        value.mark.file
      )
    }
    for index in faults.indices where faults[index].message.contains("isolated_sessions") {
      faults[index].suggestion = "atmos reads `isolated`, whatever its manual says"
    }
  }

  private mutating func readRealm(_ node: ConfigNode) {
    guard let value = node["realm"], let text = value.text, !text.isEmpty else { return }
    guard let objection = Realm.objection(to: text) else {
      realm = text
      return
    }
    hasBadRealm = true
    faults.append(
      Diagnostic(
        .error,
        "invalid realm value `\(DisplayText.sanitized(text, limit: 80))`: \(objection)",
        mark: value.mark, suggestion: Realm.corrected(text).map { "write `\($0)`" },
        code: "bad-realm"))
  }

  private mutating func readKeyring(_ node: ConfigNode, home: String?) {
    keyring.type = node["keyring", "type"]?.text
    if let path = node["keyring", "spec", "path"], let text = path.text, !text.isEmpty {
      keyring.path = PathText.absolute(
        PathText.expandingHome(text, home: home), from: FileSystem.parent(of: path.mark.file))
    }
    keyring.passwordEnvironment = node["keyring", "spec", "password_env"]?.text
    if let text = node["keyring", "spec", "unlock_for"]?.text,
      let seconds = DurationText.seconds(text.trimmed)
    {
      keyring.unlockFor = seconds
    }
    if let text = node["keyring", "spec", "timeout"]?.text,
      let seconds = DurationText.seconds(text.trimmed), seconds > 0
    {
      keyring.timeout = seconds
    }
    readCommands(node)
    if let name = node["keyring", "spec", "password_env"], let text = name.text,
      !FieldCheck.isVariableName(text)
    {
      faults.append(
        Diagnostic(
          .error, "auth: `keyring.spec.password_env` must be the name of a variable",
          mark: name.mark, suggestion: "the password itself does not belong here"))
      keyring.passwordEnvironment = nil
    }
  }

  private mutating func readCommands(_ node: ConfigNode) {
    for name in KeyringSettings.commandNames {
      guard let value = node["keyring", "spec", name] else { continue }
      let elements = value.text == nil ? value.elements : [value]
      let words = elements.compactMap(\.text)
      guard !words.isEmpty else { continue }
      if value.text?.contains(where: \.isWhitespace) ?? false {
        faults.append(
          Diagnostic(
            .error, "auth: `keyring.spec.\(name)` must be a list of words", mark: value.mark,
            suggestion: "no shell reads it: write `[pass, show, …]`"))
      }
      // A list may be put together from several files.
      let files = Set(elements.map(\.mark.file)).union([value.mark.file]).sorted()
      keyring.commands.append(.init(name: name, words: words, files: files))
    }
    guard keyring.type == "command", let type = node["keyring", "type"] else { return }
    let missing = KeyringSettings.commandNames.filter { name in
      !keyring.commands.contains { $0.name == name }
    }
    guard !missing.isEmpty else { return }
    faults.append(
      Diagnostic(
        .error,
        "auth: the command keyring needs `keyring.spec.\(missing.joined(separator: "`, `keyring.spec."))`",
        mark: type.mark, suggestion: "each is a list of words: the program, then its arguments"))
  }

  private mutating func readShell(_ node: ConfigNode) {
    shell.showsPrompt = node["shell", "prompt"]?.bool ?? true
    shell.switches = node["shell", "switch"]?.bool ?? true
    for name in node["shell", "wrap"]?.elements ?? [] {
      guard let text = name.text?.trimmed, !text.isEmpty, !shell.wraps.contains(text) else {
        continue
      }
      if let objection = WrappedName.objection(to: text) {
        faults.append(
          Diagnostic(
            .error, "auth: `shell.wrap` cannot have `\(DisplayText.sanitized(text))`: \(objection)",
            mark: name.mark))
      } else {
        shell.wraps.append(text)
      }
    }
    shell.mfa = MFAPolicy(node["shell", "mfa"])
    shell.style.showsRegion = node["shell", "region"]?.bool ?? false
    shell.style.isASCII = node["shell", "ascii"]?.bool ?? false
    if let text = node["shell", "warn_before"]?.text,
      let seconds = DurationText.seconds(text.trimmed)
    {
      shell.style.warnBefore = seconds
    }
    if let symbol = node["shell", "symbol"] {
      if let text = symbol.text, text.count <= PromptStyle.symbolLimit {
        shell.style.symbol = DisplayText.sanitized(text)
      } else {
        faults.append(
          Diagnostic(
            .error,
            "auth: `shell.symbol` must be text of "
              + "\(PromptStyle.symbolLimit) characters at most",
            mark: symbol.mark))
      }
    }
    if let color = node["shell", "color"] {
      if let isOn = color.bool {
        shell.style.usesColor = isOn
      } else if let named = color.text?.lowercased(), ["auto", "never"].contains(named) {
        shell.style.usesColor = named == "auto"
      } else {
        faults.append(
          Diagnostic(
            .error, "auth: `shell.color` must be `auto` or `never`", mark: color.mark,
            suggestion: "terminal and NO_COLOR say whether there can be any"))
      }
    }
  }
}
