import AWS
import AuthConfiguration
package import Core
import Model
import Terminal

/// What `import aws-config` does, apart from the command line.
package struct ImportRequest {
  package var config: String?
  package var credentials: String?
  package var output: String?
  package var profiles: [String] = []
  package var storesKeys = false

  /// Creates it from its parts.
  package init(
    config: String? = nil, credentials: String? = nil, output: String? = nil,
    profiles: [String] = [], storesKeys: Bool = false
  ) {
    self.config = config
    self.credentials = credentials
    self.output = output
    self.profiles = profiles
    self.storesKeys = storesKeys
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let output = output.map { Self.absolute($0, context) }
    if let output, FileSystem.exists(output) {
      throw AuthError(
        .usage, "\(output) already exists; it was not overwritten",
        hints: ["give `--output` the name of a new file"])
    }
    if storesKeys, output == nil, try !context.configuration.catalog().isConfigured {
      throw AuthError(
        .usage, "keys are stored for a configuration, and there is none here",
        hints: ["add `--output atmos.yaml`, or leave out `--with-keys`"])
    }
    var work = ProfileImport(try sources(context))
    let imported = try work.take(profiles)
    guard !imported.identities.isEmpty || !imported.providers.isEmpty else {
      context.err.write(ImportReport(imported, stream: context.err).text)
      throw AuthError(.badConfiguration, "none of the profiles can be imported")
    }
    let text = Self.yaml(imported)
    if let output {
      // Readable to others as any file of a project is, since it goes into version control.
      try FileSystem.create(output, Array(text.utf8), mode: 0o644)
    } else {
      try context.emit(text)
    }
    var report = ImportReport(imported, stream: context.err)
    report.output = output
    guard storesKeys else {
      context.err.write(report.text)
      return 0
    }
    do throws(AuthError) {
      report.stored = try await store(imported.keys, context, output: output)
    } catch {
      // The file is written all the same, and what to do about the keys is in the report.
      context.err.write(report.text)
      throw error
    }
    context.err.write(report.text)
    return 0
  }

  // MARK: Files

  private func sources(_ context: CommandContext) throws(AuthError) -> SharedSources {
    // In a hooked shell the variables name our own files.
    let environment = context.ownEnvironment
    let standard = SharedConfigPaths(environment: environment, directory: context.directory)
    let configPath = config.map { Self.absolute($0, context) } ?? standard.config
    // Whoever names one file means that file, not a mixture with the other one of theirs.
    let credentialsPath =
      credentials.map { Self.absolute($0, context) }
      ?? (config == nil ? standard.credentials : "")
    let read = try (
      config: SharedConfigFile.read(configPath),
      credentials: credentialsPath.isEmpty ? nil : SharedConfigFile.read(credentialsPath)
    )
    for (given, path, file) in [
      (config, configPath, read.config), (credentials, credentialsPath, read.credentials),
    ] where given != nil && file == nil {
      throw AuthError(.usage, "there is no file \(path)")
    }
    guard read.config != nil || read.credentials != nil else {
      throw AuthError(
        .badConfiguration, "there is neither \(configPath) nor \(credentialsPath)",
        hints: ["name the file with `--config FILE`"])
    }
    return SharedSources(
      config: read.config ?? SharedConfigFile([]),
      configPath: SharedConfigPaths.shown(configPath, environment),
      credentials: read.credentials ?? SharedConfigFile([]),
      credentialsPath: SharedConfigPaths.shown(credentialsPath, environment),
      areInUse: configPath == standard.config
        && (credentialsPath == standard.credentials || credentialsPath.isEmpty))
  }

  private static func absolute(_ path: String, _ context: CommandContext) -> String {
    // No shell expands it after `--config=`.
    let path =
      path.hasPrefix("~/") ? SharedConfigPaths.expanded(path, context.ownEnvironment) : path
    return context.absolute(path)
  }

  // MARK: YAML

  private static func yaml(_ imported: ImportedConfiguration) -> String {
    var sections: [(key: String, value: YAMLText.Value)] = []
    for (key, definitions) in [
      ("providers", imported.providers), ("identities", imported.identities),
    ] where !definitions.isEmpty {
      sections.append(
        (key, .map(definitions.map { ($0.name, value(.map($0.members))) })))
    }
    return "# Made from AWS profiles by `atmos-auth import aws-config`.\n"
      + YAMLText.document([("auth", .map(sections))])
  }

  private static func value(_ value: ImportedConfiguration.Value) -> YAMLText.Value {
    switch value {
    case .text(let text): .text(text)
    case .flag(let flag): .flag(flag)
    case .map(let members): .map(members.map { ($0.key, Self.value($0.value)) })
    case .list(let elements): .list(elements.map(Self.value))
    }
  }

  // MARK: Keys

  /// Stores keys for the realm of the configuration that they will be used with.
  private func store(
    _ keys: [ImportedConfiguration.Keys], _ context: CommandContext, output: String?
  ) async throws(AuthError) -> [ImportReport.Stored] {
    // What was just written may be part of it.
    var target = context.next(context.flags)
    if let output {
      let real = FileSystem.realPath(output) ?? output
      let isFound = try target.configuration.catalog().inputs.contains {
        $0.path == output || $0.path == real
      }
      if !isFound {
        var flags = context.flags
        flags.configFiles = [output]
        target = context.next(flags)
      }
    }
    let realm = try target.configuration.readableCatalog(mayBeMissing: true).realm
    let effects = try target.effects(in: target.configuration)
    let keyring = effects.keyring
    var stored: [ImportReport.Stored] = []
    for pair in keys {
      let entry = KeyringEntry.stored(realm: realm, name: pair.identity)
      let secret = try await keyring.read(entry)
      if let secret, let before = try? StoredKeys(entry: secret),
        before.accessKeyID != pair.accessKeyID
      {
        stored.append(.init(identity: pair.identity, realm: realm, isKept: true))
        continue
      }
      try await keyring.write(
        StoredKeys(accessKeyID: pair.accessKeyID, secretAccessKey: pair.secretAccessKey).entry(),
        entry)
      if secret == nil { effects.origins.didStore(entry, for: nil) }
      stored.append(.init(identity: pair.identity, realm: realm, isKept: false))
    }
    return stored
  }
}
