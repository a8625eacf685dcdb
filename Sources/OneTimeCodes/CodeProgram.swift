internal import Core
internal import Model
internal import Programs

/// A program that makes one-time codes.
struct CodeProgram {
  let source: CodeSource
  private let request: CodeRequest
  private let effects: Effects

  /// A YubiKey waits 15 s to be touched, and a person may have to unlock a store.
  private static let limit = Duration.seconds(60)

  init(_ source: CodeSource, _ request: CodeRequest, _ effects: Effects) {
    self.source = source
    self.request = request
    self.effects = effects
  }

  /// What is run.
  var words: [String] {
    switch source {
    case .yubiKey(let account):
      ["ykman", "oath", "accounts", "code", "--single", account ?? request.device]
    case .pass(let entry): ["pass", "otp", "code", entry]
    case .onePassword(let item):
      item.hasPrefix("op://") ? ["op", "read", item] : ["op", "item", "get", item, "--otp"]
    case .command(let words, _): words
    case .keyring, .terminal, .desktop: []
    }
  }

  private var directory: String? {
    if case .command(_, let directory) = source { directory } else { nil }
  }

  /// What to do when it has no code.
  var hints: [String] {
    ["run `\(shown)` yourself to see what is wrong"]
  }

  /// What it prints.
  ///
  /// - Throws: ``AuthError`` when it cannot be run, fails or takes too long.
  func output() async throws(AuthError) -> Secret {
    let notice = effects.notice
    let isYubiKey = source.name == "ykman"
    let program = ProgramRun(
      words, environment: effects.helperEnvironment, in: directory,
      onErrorLine: { line in
        if isYubiKey, line.contains("Touch") { notice("touch your YubiKey: `ykman` waits for it") }
      })
    effects.progress(
      isYubiKey ? "asking the YubiKey for a code" : "asking `\(source.name)` for a code")
    let outcome = await program.result(within: Self.limit)
    effects.progress(nil)
    switch outcome {
    case .ended(let result) where result.status == 0: return result.output
    case .ended(let result):
      throw AuthError(
        .unavailable, "`\(shownName)` has no code: \(reason(result))", hints: hints)
    case .notFound:
      throw AuthError(.unavailable, "`\(shownName)` is not installed", hints: installation)
    case .notStarted(let reason):
      throw AuthError(.unavailable, "`\(shownName)` cannot be started: \(reason)", hints: hints)
    case .tookTooLong:
      throw AuthError(
        .unavailable,
        "`\(shownName)` did not give a code within \(DurationText.text(Self.limit.components.seconds))",
        hints: isYubiKey ? ["the YubiKey may be waiting to be touched"] + hints : hints)
    }
  }

  private var shownName: String { DisplayText.sanitized(words[0], limit: 80) }

  private var shown: String {
    DisplayText.sanitized(words.map(Self.quoted).joined(separator: " "), limit: 200)
  }

  private static func quoted(_ word: String) -> String {
    word.contains { $0.isWhitespace || "'\"$\\".contains($0) }
      ? ShellQuoting.quote(word, for: .posix) : word
  }

  /// Its last words, unless there may be a code among them.
  private func reason(_ result: ProgramRun.Result) -> String {
    let line = DisplayText.sanitized(result.lastLine.trimmed, limit: 160)
    let isSafe = !line.isEmpty && !Self.mayHoldCode(line)
    return isSafe ? line : "it ended with status \(result.status)"
  }

  /// Whether six digits are together in a text, also in the two groups in which apps show them.
  private static func mayHoldCode(_ text: String) -> Bool {
    let runs = text.utf8.split { !(0x30...0x39).contains($0) }.map(\.count)
    return runs.contains(6) || zip(runs, runs.dropFirst()).contains { $0 == (3, 3) }
  }

  private var installation: [String] {
    switch source {
    case .yubiKey: ["install YubiKey Manager's command line, package `yubikey-manager`"]
    case .pass: ["install `pass` and its extension `pass-otp`"]
    case .onePassword: ["install 1Password's command line, `op`"]
    default: ["look at `mfa.sources` in atmos.yaml, and at PATH"]
    }
  }
}
