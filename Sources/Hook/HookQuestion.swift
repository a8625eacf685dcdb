public import Core

/// What a shell's snippet asks `atmos-auth-hook`, and how it is answered.
///
/// Answering reads the directory's file, its grant and the identity's facts, and nothing else: no
/// configuration, no network, no keyring, no other program.
public struct HookQuestion {
  /// The words after the program's name; see docs/protocol.md.
  public enum Words: Equatable, Sendable {
    /// `SHELL directory COLUMNS PWD FILE ACTIVE`: what does this directory make of the shell? With
    /// `again` instead of `directory`, the shell has just had `atmos-auth` read the configuration
    /// again.
    case directory(String, file: String, active: String, isRetry: Bool)
    /// `SHELL session COLUMNS`: how does the pinned identity's session stand?
    case session
  }

  private let shell: ShellKind
  private let words: Words
  private let moment: ShellAnswer.Moment
  private let environment: (String) -> String?
  private let paths: StatePaths

  /// Reads the words; `nil` if they are not a question.
  public init?(
    _ arguments: [String], now: Instant, uptime: Int64, environment: @escaping (String) -> String?
  ) {
    guard arguments.count >= 3, let shell = ShellKind(rawValue: arguments[0]),
      shell == .bash || shell == .zsh || shell == .fish
    else { return nil }
    switch arguments[1] {
    case "directory" where arguments.count == 6, "again" where arguments.count == 6:
      words = .directory(
        arguments[3], file: arguments[4], active: arguments[5], isRetry: arguments[1] == "again")
    case "session" where arguments.count == 3: words = .session
    default: return nil
    }
    self.shell = shell
    moment = ShellAnswer.Moment(now: now, uptime: uptime, columns: Int(arguments[2]) ?? 80)
    self.environment = environment
    paths = StatePaths(environment: environment)
  }

  /// The code for the shell.
  public func answer() -> String {
    switch words {
    case .session:
      var answer = ShellAnswer(
        shell: shell, environment: environment, moment: moment)
      let marker = environment(Marker.variable).flatMap(Marker.init(text:))
      if let marker, marker.source == .pin,
        PinRecord.read(paths, digest: marker.digest)?.isEnded == true
      {
        let name = marker.activation.identity
        answer.release()
        answer.say(
          "atmos-auth: what `\(name)` does has changed since you chose it; "
            + "choose it again with `atmos-auth use \(Self.typed(name))`")
        return answer.text
      }
      answer.refresh(facts: marker.flatMap { Facts.read($0.activation.factsPath) })
      return answer.text
    case .directory(let directory, let file, let active, let isRetry):
      let isFresh = active.isEmpty
      var answer = ShellAnswer(
        shell: shell, environment: environment, active: active, moment: moment)
      if !setByHand(&answer), !(isFresh && answer.continuePin()) {
        follow(file, in: directory, isRetry: isRetry, &answer)
      }
      return answer.text
    }
  }

  // `ATMOS_IDENTITY` beats the directory, if it is not our own doing. Only `atmos-auth` knows what
  // the name stands for.
  private func setByHand(_ answer: inout ShellAnswer) -> Bool {
    guard let value = environment("ATMOS_IDENTITY"), !value.isEmpty else { return false }
    let marker = environment(Marker.variable).flatMap(Marker.init(text:))
    if let entry = marker?.entry("ATMOS_IDENTITY"), marker?.isOurs(entry, now: value) == true {
      return false
    }
    if IdentityName.isOff(value) {
      answer.nobody(by: .environment)
    } else {
      answer.next(["environment"])
    }
    return true
  }

  private func follow(
    _ path: String, in directory: String, isRetry: Bool, _ answer: inout ShellAnswer
  ) {
    guard !path.isEmpty else { return answer.nobody(by: .directory) }
    guard Self.isAbove(path, directory) else { return refuse(&answer, nil) }
    let verdict = DirectoryVerdict(
      DirectoryFile.open(path, exceptions: exceptions), at: path,
      grant: { Grant.read(paths, of: $0) },
      environment: { answer.valueBefore($0) }, stamp: FileSystem.stamp)
    switch verdict {
    case .absent, .nobody: answer.nobody(by: .directory)
    case .refused(_, let reason): refuse(&answer, "\(Self.shown(path)) is ignored: \(reason)")
    case .invalid(_, let fault):
      refuse(&answer, "\(Self.shown(path)) is ignored: line \(fault.line): \(fault.text)")
    case .untrusted(_, let content):
      refuse(
        &answer,
        "\(Self.shown(path)) asks for \(Self.what(content)); "
          + "see `atmos-auth status`, then `atmos-auth allow`")
    case .denied: refuse(&answer, nil)
    case .changed(_, let content, _):
      refuse(
        &answer,
        "what \(Self.what(content)) means here has changed; "
          + "see `atmos-auth status`, then `atmos-auth allow`")
    case .unverified(let file, let content, _):
      guard isRetry else { return answer.next(["revalidate", file.directory]) }
      refuse(
        &answer, "what \(Self.what(content)) means could not be checked; see `atmos-auth status`")
    case .protected(_, _, let selection):
      let name = selection.activation.identity
      refuse(
        &answer, "`\(name)` is protected; enter it with `atmos-auth use \(Self.typed(name))`")
    case .trusted(let file, _, let selection):
      // Once `atmos-auth` could not write it again, what an earlier release wrote has to do.
      if selection.isOutdated, !isRetry { return answer.next(["revalidate", file.directory]) }
      let activation = selection.activation
      answer.activate(activation, facts: Facts.read(activation.factsPath), by: .directory)
    }
  }

  // They are looked up only for a file that others can write.
  private var exceptions: OwnerExceptions {
    OwnerExceptions(
      directories: { [paths] in TrustedDirectories.read(paths) },
      isContainerRoot: { [environment] in OwnerExceptions.isContainerRoot(environment) })
  }

  // Nobody, until something about trust is decided.
  private func refuse(_ answer: inout ShellAnswer, _ reason: String?) {
    let generation = Generation.current(paths)
    answer.nobody(
      by: .directory, watch: paths.generationPath, line: Generation.line(generation))
    if let reason { answer.say("atmos-auth: \(reason)") }
  }

  private static func isAbove(_ path: String, _ directory: String) -> Bool {
    let suffix = "/\(IdentityFile.name)"
    guard path.utf8.first == UInt8(ascii: "/"), path.hasSuffix(suffix) else { return false }
    let holder = path.dropLast(suffix.count)
    return holder == directory || directory.hasPrefix("\(holder)/")
  }

  private static func what(_ content: IdentityFile) -> String {
    content.identity.map { "`\($0)`" } ?? "the default identity"
  }

  private static func shown(_ path: String) -> String {
    "`\(DisplayText.sanitized(path, limit: 200))`"
  }

  // A name as it is typed in any of the shells.
  private static func typed(_ name: String) -> String {
    name.contains(" ") ? "'\(name)'" : name
  }
}
