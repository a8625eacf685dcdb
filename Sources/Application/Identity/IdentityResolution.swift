package import AuthConfiguration
package import Core
import Hook
import Logging
import Model
import Terminal

/// Who a command acts as.
package enum ChosenIdentity {
  /// An identity of the configuration.
  case identity(IdentityRecord)
  /// Nobody: identities are switched off here.
  case nobody

  var displayName: String {
    switch self {
    case .identity(let record): record.name
    case .nobody: "none"
    }
  }
}

extension CommandContext {
  /// Who the command acts as: `--identity`, else `ATMOS_IDENTITY`, else the directory's
  /// `.atmos-identity`, else the default.
  ///
  /// Only with `mayChoose` is a person shown a list when nothing decides; commands that other
  /// programs run go without.
  package func chosenIdentity(mayChoose: Bool = true) async throws(AuthError) -> ChosenIdentity {
    let (choice, reason) = try await choiceAndReason(mayChoose: mayChoose)
    log.debug(
      "an identity is chosen", metadata: ["identity": "\(choice.displayName)", "by": "\(reason)"])
    return choice
  }

  private func choiceAndReason(
    mayChoose: Bool
  ) async throws(AuthError) -> (ChosenIdentity, reason: String) {
    let option = "--identity"
    switch flags.identity {
    case .nobody: return (.nobody, option)
    case .named(let name): return (.identity(try readableCatalog().identity(named: name)), option)
    case .ask:
      let record = try await pick(try readableCatalog().identities, why: "Select an identity")
      return (.identity(record), "a person")
    case .unstated: break
    }
    if let named = surroundings.environment["ATMOS_IDENTITY"], !named.isEmpty {
      if IdentityName.meansNobody(named) { return (.nobody, "ATMOS_IDENTITY") }
      if isSetByDirectory { try followDirectory(for: named) }
      return (.identity(try readableCatalog().identity(named: named)), "ATMOS_IDENTITY")
    }
    switch try directoryIdentity() {
    case .none: break
    case .nobody: return (.nobody, "the directory")
    case .identity(let name, let file, let content):
      follow(file, content)
      return (.identity(try readableCatalog().identity(named: name)), "the directory")
    }
    return (.identity(try await defaultIdentity(mayChoose: mayChoose)), "default")
  }

  // What the hook took from a directory counts as long as the directory means it: between two
  // prompts its file, or what it names, may have become another one. Elsewhere, as where a script
  // has gone, the variable counts by itself.
  private func followDirectory(for named: String) throws(AuthError) {
    guard let verdict = try? verdict(on: directory) else { return }
    switch verdict {
    case .trusted(let file, let content, let selection) where selection.activation.identity == named:
      follow(file, content)
    case .changed(_, _, let selection) where selection.activation.identity == named:
      throw Self.refusal(verdict)
    case .untrusted(_, let content) where content.identity == named,
      .denied(_, let content) where content.identity == named:
      throw Self.refusal(verdict)
    default: break
    }
  }

  // Whether `ATMOS_IDENTITY` is the hook's doing, because of a directory.
  private var isSetByDirectory: Bool {
    let environment = surroundings.environment
    guard let marker = environment[Marker.variable].flatMap(Marker.init(text:)),
      marker.source == .directory, let entry = marker.entry("ATMOS_IDENTITY")
    else { return false }
    return marker.isOurs(entry, now: environment["ATMOS_IDENTITY"])
  }

  /// Like `chosenIdentity`, for commands that make no sense for nobody.
  package func requiredIdentity(mayChoose: Bool = true) async throws(AuthError) -> IdentityRecord {
    switch try await chosenIdentity(mayChoose: mayChoose) {
    case .identity(let record): return record
    case .nobody:
      throw AuthError(.loginRequired, "identities are switched off here")
        .hint("name one with `--identity NAME`, or unset ATMOS_IDENTITY")
    }
  }

  private func defaultIdentity(mayChoose: Bool) async throws(AuthError) -> IdentityRecord {
    let catalog = try readableCatalog()
    guard catalog.count > 0 else { throw nothingConfigured(catalog) }
    let defaults = catalog.defaults
    if defaults.count == 1 { return try catalog.identity(named: defaults[0]) }
    if mayChoose, isInteractive, surroundings.inputIsTerminal, ControllingTerminal() != nil {
      var candidates: [IdentityRecord] = []
      for name in defaults { candidates.append(try catalog.identity(named: name)) }
      let record = try await pick(
        candidates.isEmpty ? catalog.identities : candidates,
        why: defaults.isEmpty ? "No default identity" : "Several default identities")
      chosen = record
      return record
    }
    if defaults.isEmpty {
      throw AuthError(
        .loginRequired, "no default identity configured for authentication"
      )
      .hint("name one with `--identity NAME` or ATMOS_IDENTITY")
      .hint("or mark one with `default: true`; list them with `atmos-auth list`")
    }
    throw AuthError(
      .loginRequired,
      "multiple default identities found: \(defaults.joined(separator: ", "))"
    )
    .hint("name one with `--identity NAME` or ATMOS_IDENTITY")
  }

  private func nothingConfigured(_ catalog: Catalog) -> AuthError {
    let error = AuthError(
      .badConfiguration, "authentication not configured in atmos.yaml: no identities available")
    guard let profile = catalog.profilesAvailable.first else {
      return error.hint("see `atmos-auth validate --verbose` for the files that were read")
    }
    let option = ShellQuoting.typed(command: ["--profile", profile])
    return error.hint("there are profiles: try `\(option)`")
  }

  /// The identity that has one of `tags`; a person chooses between several.
  package func identity(tagged tags: [String]) async throws(AuthError) -> IdentityRecord {
    let catalog = try readableCatalog()
    let found = catalog.identities.filter { !Set($0.tags).isDisjoint(with: tags) }
    if found.count == 1 { return found[0] }
    if found.isEmpty {
      let known = Set(catalog.identities.flatMap(\.tags)).sorted().joined(separator: ", ")
      throw AuthError(
        .usage, "no identities match the specified tags: \(tags.joined(separator: ", "))"
      )
      .hint("available tags: \(known.isEmpty ? "none" : known)")
    }
    return try await pick(
      found, why: "Multiple identities match tags [\(tags.joined(separator: ", "))]. Select one:")
  }
}
