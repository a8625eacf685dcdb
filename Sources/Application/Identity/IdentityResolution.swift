import AuthConfiguration
package import Core
import Hook
import Logging
import Model
import Terminal

extension CommandContext {
  /// Who the command acts as: `--identity` or `--stack`, else `ATMOS_IDENTITY`, else the directory's
  /// `.atmos-identity`, else the stack that the program's command line names, else the default.
  ///
  /// Only with `mayChoose` is a person shown a list when nothing decides; commands that other
  /// programs run go without.
  ///
  /// - Returns: Who it is. A person may have been asked, so it is handed on and not found out again.
  package func chosenIdentity(mayChoose: Bool = true) async throws(AuthError) -> ChosenIdentity {
    let choice = try await choice(mayChoose: mayChoose)
    log.debug(
      "an identity is chosen",
      metadata: ["identity": "\(choice.displayName)", "by": "\(choice.reason.rawValue)"])
    return choice
  }

  private func choice(mayChoose: Bool) async throws(AuthError) -> ChosenIdentity {
    switch flags.identity {
    case .nobody: return .nobody(by: .option)
    case .named(let name): return .identity(try identity(named: name, by: .option))
    case .ask:
      return .identity(
        try await pick(try configuration.readableCatalog().identities, why: "Select an identity"))
    case .unstated: break
    }
    if let stack, stack.isStated, let who = try await identity(of: stack) { return .identity(who) }
    if let named = surroundings.environment["ATMOS_IDENTITY"], !named.isEmpty {
      if IdentityName.isOff(named) { return .nobody(by: .environment) }
      if let pinned = try pinned(to: named) { return .identity(pinned) }
      guard isSetByDirectory, let (file, content) = try followed(for: named) else {
        return .identity(try identity(named: named, by: .environment))
      }
      return .identity(try identity(named: named, by: .environment, following: file, content))
    }
    if let choice = try choice(ofDirectory: directory) { return choice }
    if let stack, let who = try await identity(of: stack) { return .identity(who) }
    return .identity(try await defaultIdentity(mayChoose: mayChoose))
  }

  /// Who a directory's `.atmos-identity` selects; `nil` without one.
  func choice(ofDirectory directory: String) throws(AuthError) -> ChosenIdentity? {
    switch try directoryIdentity(of: directory) {
    case .none: nil
    case .nobody: .nobody(by: .directory)
    case .identity(let name, let file, let content):
      .identity(try identity(named: name, by: .directory, following: file, content))
    }
  }

  /// An identity of the configuration that the flags mean.
  package func identity(
    named name: String, by reason: Resolution.Reason
  ) throws(AuthError) -> Resolution {
    do throws(AuthError) {
      return Resolution(
        try configuration.readableCatalog().identity(named: name), by: reason, asked: name,
        in: configuration)
    } catch {
      throw reason == .environment ? error.naming("ATMOS_IDENTITY") : error
    }
  }

  /// An identity of the configuration as it was when a directory's file was allowed: from where that
  /// file is, under the profile it names.
  ///
  /// Flags that say which configuration to use beat the directory.
  private func identity(
    named name: String, by reason: Resolution.Reason, following file: DirectoryFile,
    _ content: IdentityFile
  ) throws(AuthError) -> Resolution {
    var request = configuration.request
    request.workingDirectory = file.directory
    if let profile = content.profile { request.profiles = [profile] }
    let configuration =
      flags.nameConfiguration ? configuration : configuration.replacing(request)
    var who: Resolution
    do throws(AuthError) {
      who = Resolution(
        try configuration.readableCatalog().identity(named: name), by: reason, asked: name,
        file: content, in: configuration)
    } catch {
      throw error.naming(file.path)
    }
    if let selection = grant(for: file)?.selection(for: content), !selection.isChanged {
      who.granted = [selection.fingerprint] + selection.known
    }
    return who
  }

  // What the hook took from a directory counts as long as the directory means it: between two
  // prompts its file, or what it names, may have become another one. Elsewhere, as where a script
  // has gone, the variable counts by itself.
  private func followed(
    for named: String
  ) throws(AuthError) -> (DirectoryFile, IdentityFile)? {
    guard let verdict = try? verdict(on: directory) else { return nil }
    switch verdict {
    // Others may have written what it says.
    case .refused: throw refusal(verdict)
    case .trusted(let file, let content, let selection) where selection.activation.identity == named:
      return (file, content)
    case .changed(_, _, let selection) where selection.activation.identity == named:
      throw refusal(verdict)
    case .untrusted(_, let content) where content.identity == named,
      .denied(_, let content) where content.identity == named:
      throw refusal(verdict)
    default: return nil
    }
  }

  // A pin is to an identity of the configuration in which it was chosen, wherever the shell is now.
  // Flags that say which configuration to use beat it.
  private func pinned(to named: String) throws(AuthError) -> Resolution? {
    let environment = surroundings.environment
    guard !flags.nameConfiguration, flags.directory == nil,
      let marker = environment[Marker.variable].flatMap(Marker.init(text:)),
      marker.source == .pin, let entry = marker.entry("ATMOS_IDENTITY"),
      marker.isOurs(entry, now: named),
      let record = PinRecord.read(paths, digest: marker.digest),
      ByteText(record.identity) == ByteText(named)
    else { return nil }
    var flags = ConfigurationFlags()
    var words = record.arguments[...]
    while let name = words.popFirst(), let value = words.popFirst() {
      guard flags.take(name, value) else { return nil }
    }
    let configuration = configuration.replacing(
      flags.request(
        in: flags.directory ?? directory, environment: environment, paths: paths,
        registry: registry))
    var who = Resolution(
      try configuration.readableCatalog().identity(named: named), by: .environment, asked: named,
      in: configuration)
    (who.bound, who.pin) = (record.fingerprint, marker.digest)
    return who
  }

  // Whether `ATMOS_IDENTITY` is the hook's doing, because of a directory.
  var isSetByDirectory: Bool {
    let environment = surroundings.environment
    guard let marker = environment[Marker.variable].flatMap(Marker.init(text:)),
      marker.source == .directory, let entry = marker.entry("ATMOS_IDENTITY")
    else { return false }
    return marker.isOurs(entry, now: environment["ATMOS_IDENTITY"])
  }

  /// Like `chosenIdentity`, for commands that make no sense for nobody.
  package func requiredIdentity(mayChoose: Bool = true) async throws(AuthError) -> Resolution {
    switch try await chosenIdentity(mayChoose: mayChoose) {
    case .identity(let who): return who
    case .nobody:
      throw AuthError(
        .loginRequired, "identities are switched off here",
        hints: ["name one with `--identity NAME`, or unset ATMOS_IDENTITY"])
    }
  }

  private func defaultIdentity(mayChoose: Bool) async throws(AuthError) -> Resolution {
    let catalog = try configuration.readableCatalog()
    guard catalog.count > 0 else { throw catalog.nothingDefined() }
    let defaults = catalog.defaults
    if defaults.count == 1 {
      return Resolution(
        try catalog.identity(named: defaults[0]), by: .onlyOne, asked: "", in: configuration)
    }
    if mayChoose, personAtInput != nil {
      var candidates: [IdentityRecord] = []
      for name in defaults { candidates.append(try catalog.identity(named: name)) }
      let who = try await pick(
        candidates.isEmpty ? catalog.identities : candidates,
        why: defaults.isEmpty ? "No default identity" : "Several default identities")
      didChoose(who.record)
      return who
    }
    if defaults.isEmpty {
      throw AuthError(
        .loginRequired, "no default identity configured for authentication",
        hints: [
          "name one with `--identity NAME` or ATMOS_IDENTITY",
          "or mark one with `default: true`; list them with `atmos-auth list`",
        ])
    }
    throw AuthError(
      .loginRequired, "multiple default identities found: \(defaults.joined(separator: ", "))",
      hints: ["name one with `--identity NAME` or ATMOS_IDENTITY"])
  }

  /// The identity that has one of `tags`; a person chooses between several.
  package func identity(tagged tags: [String]) async throws(AuthError) -> Resolution {
    let catalog = try configuration.readableCatalog()
    let found = catalog.identities.filter { !Set($0.tags).isDisjoint(with: tags) }
    if found.count == 1 {
      return Resolution(
        found[0], by: .onlyOne, asked: "tags:\(tags.sorted().joined(separator: ","))",
        in: configuration)
    }
    if found.isEmpty {
      throw catalog.nothingTagged(tags, among: catalog.identities.flatMap(\.tags))
    }
    return try await pick(
      found, why: "Multiple identities match tags [\(tags.joined(separator: ", "))]. Select one:")
  }
}
