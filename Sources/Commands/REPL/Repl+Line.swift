import Application
import ArgumentParser
import AuthConfiguration
import Core
import Model
import Terminal

/// A word of the REPL's own.
protocol ReplCommand: ParsableCommand {
  /// Does the work.
  ///
  /// - Returns: The exit status.
  func run(_ repl: Repl) async throws(AuthError) -> Int32
}

extension Repl {
  /// Carries out one line: a word of the REPL's own, a command of `atmos-auth`, or after `!` a line
  /// for the shell.
  func carryOut(_ line: String) async throws(AuthError) -> Int32 {
    let line = line.trimmed
    if line.isEmpty || line.hasPrefix("#") { return 0 }
    if line.hasPrefix("!") { return try await runShell(String(line.dropFirst()).trimmed) }
    let typed = ShellWords(line)
    guard !typed.isQuoteOpen else { throw AuthError(.usage, "a quote is not closed") }
    let words = ArgumentRewriting.rewritten(typed.finished)
    guard let word = words.first else { return 0 }
    if word == "help" || word == "?" { return try help(Array(words.dropFirst())) }
    if ReplWords.contains(words) {
      guard let command = try parse(ReplWords.self, words) as? any ReplCommand else { return 0 }
      return try await command.run(self)
    }
    if ReplTable.borrowed.contains(where: { $0.name == word }) {
      guard let command = try parse(AtmosAuth.self, words) as? any PlainCommand else { return 0 }
      return try await carryOut(command)
    }
    throw unknown(word)
  }

  // `nil` when help was asked for, and given.
  private func parse<Root: ParsableCommand>(
    _ root: Root.Type, _ words: [String]
  ) throws(AuthError) -> (any ParsableCommand)? {
    do {
      var parsed = try root.parseAsRoot(words)
      if parsed is any ReplCommand || parsed is any PlainCommand { return parsed }
      // `--help`, or a command that only holds others: it throws the text.
      try parsed.run()
      return nil
    } catch {
      let message = ReplWords.shown(root.fullMessage(for: error))
      if root.exitCode(for: error) == .success {
        try context.emit(message + "\n")
        return nil
      }
      throw ParserError(message, arguments: words, program: "").error
    }
  }

  private func unknown(_ word: String) -> AuthError {
    var error = AuthError(.usage, "unknown word: \(DisplayText.sanitized(word, limit: 80))")
    if word == "shell" {
      return error.hint("`!` alone starts a shell as the current identity")
    }
    if let near = NearName.nearest(to: word, in: ReplTable.all.map(\.name)) {
      error = error.hint("did you mean `\(near)`?")
    }
    return error.hint("`help` lists the words; `!` in front runs a program")
  }

  private func help(_ words: [String]) throws(AuthError) -> Int32 {
    if let word = words.first {
      guard ReplTable.all.contains(where: { $0.name == word }) else { throw unknown(word) }
      _ =
        ReplWords.contains(words)
        ? try parse(ReplWords.self, [word, "--help"])
        : try parse(AtmosAuth.self, words + ["--help"])
      return 0
    }
    var table = Table()
    for word in ReplTable.words { table.append([word.usage, word.command.summary]) }
    var text = table.lines(indent: 2).joined(separator: "\n")
    let others = ReplTable.borrowed.map(\.name).filter { name in
      !ReplTable.words.contains { $0.command.name == name }
    }
    text +=
      "\n\nAlso, as in the shell: \(others.joined(separator: ", ")).\n`WORD --help` shows more.\n"
    try context.emit(text)
    return 0
  }
}

// MARK: - Commands of atmos-auth

extension Repl {
  /// Runs a command of `atmos-auth` as the identity chosen here, unless its options say otherwise.
  private func carryOut(_ command: any PlainCommand) async throws(AuthError) -> Int32 {
    let given = command.flags
    if given.identity == .unstated, !state.roles.isEmpty {
      switch command {
      case let whoami as Whoami: return try await self.whoami(whoami)
      case let env as Env: return try await self.env(env)
      case let console as Console: return try await self.console(console)
      default: break
      }
    }
    let flags = given.filled(from: context.flags)
    if given.namesConfiguration {
      // Another configuration, with a keyring and sessions of its own.
      return try await command.run(
        CommandContext(
          context.surroundings, system: context.system, flags: flags, logs: command.logSettings))
    }
    var context = start.next(flags, logs: command.logSettings)
    var chosen: IdentityRecord?
    context.didChoose = { chosen = $0 }
    let status = try await command.run(context)
    if let chosen, !(command is Logout) { state.choose(.named(chosen.name)) }
    switch command {
    case let login as Login:
      state.distrustRoles()
      if status == 0, let name = login.name {
        state.choose(.named(try context.identity(named: name, by: .argument).record.name))
      }
    case is Logout: state.distrustRoles()
    default: break
    }
    return status
  }

  private func whoami(_ command: Whoami) async throws(AuthError) -> Int32 {
    let base = try await baseIdentity()
    let credential = try await roleSession(on: base)
    guard let role = state.roles.last else { return 0 }
    let catalog = try base.configuration.readableCatalog()
    var status = IdentityStatus(
      record: role.record(on: base.record), realm: catalog.realm,
      realmSource: catalog.realmSource.rawValue, isValid: true, environment: [],
      home: context.surroundings.environment["HOME"])
    status.credential = credential
    return try await command.show(status, context)
  }

  private func env(_ command: Env) async throws(AuthError) -> Int32 {
    let request = EnvRequest(format: command.format, outputFile: command.outputFile)
    return try request.write(try await roleDelivery(), context)
  }

  private func console(_ command: Console) async throws(AuthError) -> Int32 {
    let base = try await baseIdentity()
    let credential = try await roleSession(on: base)
    guard let role = state.roles.last else { return 0 }
    return try await command.request.run(context, as: (base.with(role), credential))
  }
}

extension ConfigurationFlags {
  /// Whether they lead to another configuration than the program was started with.
  var namesConfiguration: Bool {
    directory != nil || basePath != nil || !configFiles.isEmpty || !configPaths.isEmpty
      || !profiles.isEmpty
  }

  /// These, and where they say nothing those of `other`.
  func filled(from other: ConfigurationFlags) -> ConfigurationFlags {
    var flags = namesConfiguration ? self : other
    flags.identity = identity == .unstated && !namesConfiguration ? other.identity : identity
    flags.noColor = noColor || other.noColor
    return flags
  }
}
