import AuthConfiguration
package import Core
import Hook
import Terminal

/// What `use` does, apart from the command line.
package struct UseRequest {
  package var name: String?
  package var isAuto = false
  package var writesDirectory = false
  package var isFromEnvironment = false
  /// Tags of which what is chosen has one; empty for any.
  package var tags: [String] = []
  package var shell: ShellKind?

  /// Creates it from its parts.
  package init(
    name: String? = nil, isAuto: Bool = false, writesDirectory: Bool = false,
    isFromEnvironment: Bool = false, tags: [String] = [], shell: ShellKind? = nil
  ) {
    self.name = name
    self.isAuto = isAuto
    self.writesDirectory = writesDirectory
    self.isFromEnvironment = isFromEnvironment
    self.tags = tags
    self.shell = shell
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    if writesDirectory { return try await writeDirectory(context) }
    guard let shell else {
      throw AuthError(
        .usage, "`use` changes the shell you type it in, and this shell has no hook",
        hints: [
          ShellKind.hookHint(context.surroundings.environment),
          "without it, `atmos-auth shell -i NAME` starts a shell as NAME",
        ])
    }
    try context.emit(await code(context, for: shell))
    return 0
  }

  private func code(
    _ context: CommandContext, for shell: ShellKind
  ) async throws(AuthError) -> String {
    let environment = context.surroundings.environment
    if isAuto { return ShellActivation.automatic(environment: environment, for: shell) }
    if let name, IdentityName.isOff(name) {
      return ShellActivation.nobody(
        environment: environment, isFromEnvironment: false, for: shell)
    }
    let who: Resolution
    if isFromEnvironment {
      let named = environment["ATMOS_IDENTITY"] ?? ""
      if named.isEmpty {
        return ShellActivation.automatic(environment: environment, for: shell)
      }
      if IdentityName.isOff(named) {
        return ShellActivation.nobody(
          environment: environment, isFromEnvironment: true, for: shell)
      }
      who = try context.identity(named: named, by: .environment)
    } else if let name {
      who = try context.identity(named: name, by: .argument)
      try context.recentIdentities(in: who.configuration).note(who.record.name)
    } else if !tags.isEmpty {
      who = try await context.identity(tagged: tags)
      try context.recentIdentities(in: who.configuration).note(who.record.name)
    } else if context.flags.identity != .unstated {
      who = try await context.requiredIdentity()
    } else {
      who = try await context.pick(
        try context.configuration.readableCatalog().identities, why: "Select an identity")
    }
    try await context.approve(who)
    let code = try context.activationCode(
      of: who, isFromEnvironment: isFromEnvironment, for: shell)
    try await context.writeDown(HandOut(.use, .profile, of: who.record, nil), in: who.configuration)
    return code
  }

  private func writeDirectory(_ context: CommandContext) async throws(AuthError) -> Int32 {
    // Before the file is written, which `allow` would leave behind.
    try context.requirePerson(for: "use --dir")
    let text: String
    if let name, IdentityName.isOff(name) {
      text = "none"
    } else if let name {
      text = try context.identity(named: name, by: .argument).record.name
    } else if !tags.isEmpty {
      text = try await context.identity(tagged: tags).record.name
    } else {
      text = try await context.requiredIdentity().record.name
    }
    let path = "\(context.directory)/\(IdentityFile.name)"
    // Readable to others as any file of a project is, since it goes into version control.
    try FileSystem.writeAtomically(path, Array("\(text)\n".utf8), mode: 0o644)
    context.say("wrote \(path)")
    if IdentityName.isOff(text) { return 0 }
    return try await TrustRequest(directory: context.directory).allow(context)
  }
}

extension CommandContext {
  /// Code that makes the calling shell act as an identity until told otherwise.
  package func activationCode(
    of who: Resolution, isFromEnvironment: Bool = false, for shell: ShellKind
  ) throws(AuthError) -> String {
    let record = who.record
    guard IdentityName.isShellSafe(record.name) else {
      throw AuthError(
        .badConfiguration,
        "the name `\(DisplayText.sanitized(record.name))` cannot be used in a shell",
        hints: ["give it a name of letters, digits and . _ / @ + : - only"])
    }
    let activation = try activation(of: who)
    if !isFromEnvironment {
      let catalog = try who.configuration.readableCatalog()
      let record = PinRecord(
        arguments: catalog.reproducingArguments, identity: record.name,
        fingerprint: who.record.isOwn || who.configuration.isJob
          ? nil : catalog.trust(for: who.record).fingerprint)
      try record.write(paths, digest: activation.digest)
    }
    return ShellActivation.pinned(
      activation, environment: surroundings.environment,
      isFromEnvironment: isFromEnvironment, for: shell)
  }
}
