import AuthConfiguration
package import Core
import Hook
import Terminal

/// What `status` explains, on standard output since it is what was asked for.
package struct StatusReport {
  package var directory: String?
  package var hook: HookReport

  /// Creates it from its parts.
  package init(directory: String? = nil, hook: HookReport = HookReport()) {
    self.directory = directory
    self.hook = hook
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let start: String
    if let directory, !directory.isEmpty {
      start = context.absolute(directory)
    } else {
      start = context.directory
    }
    guard FileSystem.isDirectory(start) else {
      throw AuthError.noSuchDirectory(start)
    }
    let verdict = try context.verdict(on: start)
    var lines = [answer(context, verdict), "Directory: \(start)"]
    lines += file(context, verdict)
    lines += changes(context)
    lines += hook.lines(environment: context.surroundings.environment)
    lines += Self.ignored(context)
    lines += context.auditFaults()
    try context.emit(lines.map { DisplayText.sanitizedLines($0) + "\n" }.joined())
    return 0
  }

  // MARK: - The file

  private func file(_ context: CommandContext, _ verdict: DirectoryVerdict) -> [String] {
    switch verdict {
    case .absent:
      return ["File: no \(IdentityFile.name) at or above it; the directory selects no identity"]
    case .refused(let path, let reason):
      return ["File: \(path)", "Not used: \(reason)"]
    case .invalid(let file, let fault):
      return ["File: \(file.path)", "Not used: line \(fault.line): \(fault.text)"]
    case .nobody(let file):
      return ["File: \(file.path)", "Says: no identity is active here"]
    case .denied(let file, let content):
      return [
        "File: \(file.path)", "Names: \(Self.words(content))",
        "Not used: it was denied; `atmos-auth revoke` forgets that",
      ]
    case .untrusted(let file, let content):
      let before = context.lastAllowed(content, in: file)
      return ["File: \(file.path)", "Names: \(Self.words(content))", "Not used: not allowed yet"]
        + grantable(context, content, file, before: before)
    case .changed(let file, let content, let selection),
      .unverified(let file, let content, let selection):
      return [
        "File: \(file.path)", "Names: \(Self.words(content))",
        "Not used: what it selects has changed since it was allowed",
      ] + grantable(context, content, file, before: selection)
    case .trusted(let file, let content, let selection),
      .protected(let file, let content, let selection):
      var lines = [
        "File: \(file.path)", "Names: \(Self.words(content))",
        Self.isChosen(context)
          ? "Not used: this shell was told who to be; `atmos-auth use --auto` lets directories decide"
          : "Used: allowed for \(file.directory)",
      ]
      if selection.activation.isProtected {
        lines.append(
          "Protected: `cd` alone never selects it; `atmos-auth use "
            + "\(ShellQuoting.typed(selection.activation.identity))` does")
      }
      lines.append("Allowed:")
      lines += TraitDifference.traits(selection).map { "  " + Self.words(trait: $0) }
      return lines
    }
  }

  // Whether a person chose the identity of the shell, or that it has none.
  private static func isChosen(_ context: CommandContext) -> Bool {
    let environment = context.surroundings.environment
    guard let marker = environment[Marker.variable].flatMap(Marker.init(text:)) else {
      return environment["ATMOS_IDENTITY"]?.isEmpty == false
    }
    return marker.source != .directory
  }

  private func grantable(
    _ context: CommandContext, _ content: IdentityFile, _ file: DirectoryFile,
    before: Grant.Selection?
  ) -> [String] {
    do throws(AuthError) {
      let selection = try context.selection(for: content, in: file)
      let title =
        before == nil ? "`atmos-auth allow` would grant:" : "`atmos-auth allow` would change:"
      return [title]
        + TraitDifference(before: before, after: selection).lines(on: context.out)
        .map { "  \($0)" }
    } catch {
      return ["`atmos-auth allow` would fail: \(error.message)"]
        + error.hints.map { "  hint: \($0)" }
    }
  }

  private static func words(_ content: IdentityFile) -> String {
    [
      content.identity, content.profile.map { "profile \($0)" },
      content.region.map { "region \($0)" },
    ].compactMap { $0 }.joined(separator: ", ")
  }

  private static func words(trait: String) -> String {
    trait.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: " ")
  }

  // MARK: - The shell

  /// Who acts in this shell, and why, in one line.
  private func answer(_ context: CommandContext, _ verdict: DirectoryVerdict) -> String {
    let environment = context.surroundings.environment
    if let marker = environment[Marker.variable].flatMap(Marker.init(text:)) {
      let name = marker.activation.identity
      let reason =
        switch marker.source {
        case .directory: "the directory asks for it"
        case .pin: "chosen with `atmos-auth use`; `use --auto` lets directories decide again"
        case .environment: "ATMOS_IDENTITY was set by hand"
        }
      return "Shell: \(name.isEmpty ? "nobody" : name) (\(reason))"
    }
    if let named = environment["ATMOS_IDENTITY"], !named.isEmpty {
      let name = IdentityName.isOff(named) ? "nobody" : named
      return "Shell: \(name) (ATMOS_IDENTITY was set by hand; directories do not override it)"
    }
    let reason =
      switch verdict {
      case .absent: "no \(IdentityFile.name) at or above this directory, and nothing was chosen"
      case .nobody: "the directory says so"
      case .refused, .invalid: "the directory's \(IdentityFile.name) cannot be used"
      case .denied: "the directory's identity was denied"
      case .untrusted: "the directory's identity is not allowed yet: `atmos-auth allow`"
      case .changed, .unverified: "the directory's identity has changed: `atmos-auth allow`"
      case .protected: "the directory's identity is protected"
      case .trusted: "the hook has not selected the directory's identity"
      }
    return "Shell: nobody (\(reason))"
  }

  /// What a checkout says of settings that only a person's own configuration decides.
  private static func ignored(_ context: CommandContext) -> [String] {
    let settings = (try? context.configuration.catalog())?.ignoredSettings ?? []
    guard !settings.isEmpty else { return [] }
    let names = settings.map { "`auth.\($0)`" }.joined(separator: ", ")
    return ["Ignored: \(names) of a checkout; only your own configuration decides that"]
  }

  /// The variables that the hook has changed.
  private func changes(_ context: CommandContext) -> [String] {
    let environment = context.surroundings.environment
    guard let marker = environment[Marker.variable].flatMap(Marker.init(text:)) else { return [] }
    var lines: [String] = []
    if !marker.entries.isEmpty { lines.append("Set by the hook, and put back on leaving:") }
    for entry in marker.entries {
      let now = environment[entry.name]
      guard marker.isOurs(entry, now: now) else {
        lines.append("  \(entry.name): changed since, so it will be left as it is now")
        continue
      }
      lines.append(
        "  \(entry.name)=\(now ?? "(removed)")   before: \(Self.words(entry.earlier))")
    }
    return lines
  }

  private static func words(_ earlier: Marker.Earlier) -> String {
    switch earlier {
    case .absent: "not set"
    case .exported(let value): value
    case .withheld: "(not shown)"
    }
  }
}
