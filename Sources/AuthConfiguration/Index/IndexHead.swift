internal import Core
internal import Model

/// The `general` section of an index: what it is an answer to, what that depends on, and all that
/// is not an identity.
struct IndexHead: Sendable {
  /// A file with whether its stamp can be believed.
  struct Input: Sendable {
    var file: LoggedFile
    /// Whether the file changed so shortly before that another change could have left the stamp as
    /// it is; then its content is compared.
    var isRecent: Bool
  }

  /// A variable.
  struct Variable: Sendable {
    var name: String
    /// The hash of its value then; `nil` if it was not set.
    var hash: UInt64?
    /// Whether only its being set mattered, since its value is a secret that the index must not
    /// even hold a hash of.
    var isSecret: Bool
  }

  /// What leads from something that is asked for to an identity.
  enum Choice: Int, CaseIterable {
    case defaults, aliases, tags
  }

  /// What the index is an answer to.
  var request = ""
  var build = ""
  /// The working directory, if the answer depends on it.
  var workingDirectory: String?
  /// Whether a value is the root of the git work tree.
  var usesGitRoot = false
  var inputs: [Input] = []
  var variables: [Variable] = []

  var realm = ""
  var realmSource = RealmSource.automatic
  var files: [String] = []
  var keyring = KeyringSettings()
  var shell = ShellOptions()
  var trust = TrustSettings()
  var audit = AuditSettings()
  var logLevel: String?
  var isConsoleIsolated = false
  var profiles: [String] = []
  var profilesAvailable: [String] = []
  var promoted: [(name: String, value: String)] = []
  var defaults: [String] = []
  /// What of the person's own choices among identities a checkout changes.
  var foreignChoices: Set<Choice> = []
  var count = 0
  var errorCount = 0
  /// What `allow` covers apart from definitions.
  var surroundings: [String] = []
  /// The files that are not the person's own.
  var foreignFiles: [String] = []
  /// The settings of theirs that only the person's own files may say, with dots between keys.
  var ignoredSettings: [String] = []
  /// Whether some of the promoted variables are secret and so not in `promoted`.
  var hasSecretDefaults = false

  func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(request)
    writer.write(build)
    writer.write(workingDirectory)
    writer.write(usesGitRoot)
    writer.write(inputs) { writer, input in
      writer.write(input.file.path)
      writer.write(input.file.stamp)
      writer.write(input.file.digest)
      writer.write(input.isRecent)
    }
    writer.write(variables) { writer, variable in
      writer.write(variable.name)
      writer.write(variable.isSecret)
      writer.write(variable.hash != nil)
      writer.write(variable.hash ?? 0)
    }
    writer.write(realm)
    writer.write(realmSource.rawValue)
    writer.write(files)
    writer.write(keyring.type)
    writer.write(keyring.path)
    writer.write(keyring.passwordEnvironment)
    writer.write(UInt64(bitPattern: keyring.unlockFor))
    writer.write(UInt64(bitPattern: keyring.timeout ?? 0))
    writer.write(keyring.commands) { writer, command in
      writer.write(command.name)
      writer.write(command.words)
      writer.write(command.files)
    }
    writer.write(shell.showsPrompt)
    writer.write(shell.switches)
    writer.write(shell.wraps)
    writer.write(UInt64(bitPattern: shell.style.warnBefore))
    writer.write(shell.style.symbol)
    writer.write(shell.style.showsRegion)
    writer.write(shell.style.usesColor)
    writer.write(shell.style.isASCII)
    writer.write(shell.mfa)
    writer.write(trust.isStrict)
    writer.write(trust.directories)
    writer.write(audit.mode.rawValue)
    writer.write(UInt64(bitPattern: audit.size))
    writer.write(UInt64(bitPattern: audit.age))
    writer.write(UInt64(bitPattern: audit.keep ?? 0))
    writer.write(audit.copiesHead)
    writer.write(logLevel)
    writer.write(isConsoleIsolated)
    writer.write(profiles)
    writer.write(profilesAvailable)
    writer.write(promoted) { writer, pair in
      writer.write(pair.name)
      writer.write(pair.value)
    }
    writer.write(defaults)
    for choice in Choice.allCases { writer.write(foreignChoices.contains(choice)) }
    writer.write(count: count)
    writer.write(count: errorCount)
    writer.write(surroundings)
    writer.write(hasSecretDefaults)
    writer.write(foreignFiles)
    writer.write(ignoredSettings)
    return writer.bytes
  }

  init() {}

  /// Reads a head; `nil` if it is damaged.
  init?(_ reader: ByteReader?) {
    guard var reader else { return nil }
    request = reader.readText()
    build = reader.readText()
    workingDirectory = reader.readOptionalText()
    usesGitRoot = reader.readBool()
    inputs = reader.readList {
      Input(
        file: LoggedFile(path: $0.readText(), stamp: $0.readStamp(), digest: $0.readNumber()),
        isRecent: $0.readBool())
    }
    variables = reader.readList { reader in
      var variable = Variable(name: reader.readText(), hash: nil, isSecret: reader.readBool())
      let isSet = reader.readBool()
      let hash = reader.readNumber()
      variable.hash = isSet ? hash : nil
      return variable
    }
    realm = reader.readText()
    realmSource = RealmSource(rawValue: reader.readText()) ?? .automatic
    files = reader.readTexts()
    keyring.type = reader.readOptionalText()
    keyring.path = reader.readOptionalText()
    keyring.passwordEnvironment = reader.readOptionalText()
    keyring.unlockFor = Int64(bitPattern: reader.readNumber())
    let timeout = Int64(bitPattern: reader.readNumber())
    keyring.timeout = timeout > 0 ? timeout : nil
    keyring.commands = reader.readList {
      KeyringSettings.Command(
        name: $0.readText(), words: $0.readTexts(), files: $0.readTexts())
    }
    shell.showsPrompt = reader.readBool()
    shell.switches = reader.readBool()
    shell.wraps = reader.readTexts()
    shell.style.warnBefore = Int64(bitPattern: reader.readNumber())
    shell.style.symbol = reader.readOptionalText()
    shell.style.showsRegion = reader.readBool()
    shell.style.usesColor = reader.readBool()
    shell.style.isASCII = reader.readBool()
    shell.mfa = reader.readPolicy()
    trust.isStrict = reader.readBool()
    trust.directories = reader.readTexts()
    audit.mode = AuditSettings.Mode(rawValue: reader.readText()) ?? .required
    audit.size = Int64(bitPattern: reader.readNumber())
    audit.age = Int64(bitPattern: reader.readNumber())
    let keep = Int64(bitPattern: reader.readNumber())
    audit.keep = keep > 0 ? keep : nil
    audit.copiesHead = reader.readBool()
    logLevel = reader.readOptionalText()
    isConsoleIsolated = reader.readBool()
    profiles = reader.readTexts()
    profilesAvailable = reader.readTexts()
    promoted = reader.readList { (name: $0.readText(), value: $0.readText()) }
    defaults = reader.readTexts()
    for choice in Choice.allCases where reader.readBool() { foreignChoices.insert(choice) }
    count = reader.readCount()
    errorCount = reader.readCount()
    surroundings = reader.readTexts()
    hasSecretDefaults = reader.readBool()
    foreignFiles = reader.readTexts()
    ignoredSettings = reader.readTexts()
    guard reader.isValid, reader.isAtEnd else { return nil }
  }
}

extension IndexHead {
  /// Whether everything that the answer depends on is as it was.
  ///
  /// `settled` becomes the head with recent files taken for old, if enough time has passed for
  /// that.
  func isCurrent(
    _ request: ConfigurationRequest, now: Instant, settled: inout IndexHead?
  ) -> Bool {
    if let workingDirectory, workingDirectory != request.workingDirectory { return false }
    for variable in variables {
      let value = request.environment[variable.name]
      let hash = value.map { variable.isSecret ? 0 : Hash.fnv1a($0.utf8) }
      if hash != variable.hash { return false }
    }
    var copy: IndexHead?
    for (index, input) in inputs.enumerated() {
      guard FileSystem.stamp(input.file.path) == input.file.stamp else { return false }
      guard input.isRecent else { continue }
      guard Self.digest(of: input.file.path) == input.file.digest else { return false }
      let isStill = FileSystem.stamp(input.file.path) == input.file.stamp
      if isStill, !Self.isRecent(input.file.stamp, now: now) {
        copy = copy ?? self
        copy?.inputs[index].isRecent = false
      }
    }
    settled = copy
    return true
  }

  /// Whether a file may change without its stamp changing: file systems' clocks tick up to two
  /// seconds apart.
  static func isRecent(_ stamp: FileStamp?, now: Instant) -> Bool {
    guard let stamp else { return false }
    return stamp.modified / 1_000_000_000 >= now.secondsSince1970 - 2
  }

  /// What cannot be read has 0, as when it was logged.
  private static func digest(of path: String) -> UInt64? {
    if FileSystem.isDirectory(path) {
      return (try? FileSystem.list(path)).flatMap { $0 }.map(LoggedFile.digest(ofNames:))
    }
    let bytes = try? FileSystem.readFile(path, limit: Limits().bytes)
    return bytes.flatMap { $0 }.map { Hash.fnv1a($0) } ?? 0
  }
}
