import Application
import AuthConfiguration
import CShims
import Core
import LineEditor
import Model
import Terminal

/// A conversation: lines in, words carried out, until a person leaves or a script ends.
final class Repl {
  /// What the current word works with.
  private(set) var context: CommandContext
  /// Who it acts as.
  var state: ReplState
  /// Whether a person types, instead of a script.
  let isInteractive: Bool
  /// The shell whose function started this and asks what was kept; `nil` without the hook.
  let shell: KeptIdentity?
  /// What the program was started with.
  let start: CommandContext
  private let editor: any LineEditor
  private let history: LineHistory

  /// The status of the last word, as in a shell.
  private var status: Int32 = 0

  init(_ context: CommandContext, shell: KeptIdentity?) {
    self.context = context
    self.shell = shell
    start = context
    state = ReplState(context.flags.identity)
    history = LineHistory(path: "\(context.paths.state)/repl-history")
    isInteractive = context.surroundings.inputIsTerminal
    guard isInteractive else {
      editor = PlainLines(showPrompt: nil)
      return
    }
    let completion = ReplCompletion(context)
    let readline = ReadlineEditor(
      history: history.lines, environment: context.surroundings.environment,
      complete: { completion.completion(of: $0) })
    let err = context.err
    editor = readline ?? PlainLines(showPrompt: { err.write($0) })
  }

  /// Runs until the end.
  ///
  /// A script ends at the first word that fails: what comes after it may be meant for somebody else.
  ///
  /// - Returns: The status of the last word.
  func run() async throws(AuthError) -> Int32 {
    if isInteractive {
      atmos_interrupts_begin()
      context.say("`help` lists the words, Ctrl-D leaves.")
    }
    defer { if isInteractive { atmos_interrupts_end() } }
    while !state.isOver {
      begin()
      switch try editor.read(await prompt()) {
      case .end:
        if isInteractive { context.err.write("\n") }
        state.isOver = true
      case .dropped: status = AuthError.Code.interrupted.exitStatus
      case .entered(let text):
        for line in text.split(separator: "\n") where !state.isOver {
          status = await perform(String(line))
          // Of a paste, too, nothing is carried out after a failure.
          if status != 0 { break }
        }
        if !isInteractive, status != 0 { return status }
      }
    }
    leave()
    return status
  }

  /// Looks everything up again for the next word.
  private func begin() {
    var flags = start.flags
    flags.identity = state.choice
    context = start.next(flags)
  }

  private func perform(_ line: String) async -> Int32 {
    if isInteractive { remember(line) }
    begin()
    do throws(AuthError) {
      guard isInteractive else { return try await carryOut(line) }
      return try await Interruptible.run { () async throws(AuthError) in
        try await self.carryOut(line)
      }
    } catch {
      if error.code == .interrupted {
        context.err.write("interrupted\n")
      } else {
        context.err.write(ErrorReport.text(error, on: context.err))
      }
      return error.code.exitStatus
    }
  }

  private func remember(_ line: String) {
    let line = line.trimmingTrailingBlanks
    switch HistoryRule(for: line) {
    case .nowhere: return
    case .session: editor.remember(line)
    case .everywhere:
      editor.remember(line)
      // Only convenience is lost on a full disk.
      try? history.append(line)
    }
  }

  private func leave() {
    guard !state.isKept, state.hasChanged, isInteractive, shell != nil else { return }
    context.say("This shell stays as it was; `keep` leaves and keeps the identity in this shell.")
  }
}

// MARK: - Who

extension Repl {
  /// The identity of the configuration that it acts as, roles on top aside.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` when nobody is chosen.
  func baseIdentity() async throws(AuthError) -> Resolution {
    do throws(AuthError) {
      return try await context.requiredIdentity(mayChoose: false)
    } catch {
      guard error.code == .loginRequired else { throw error }
      throw AuthError(
        .loginRequired, "no identity is chosen",
        hints: ["`use NAME` chooses; `use` alone shows a list"])
    }
  }

  /// The identity that it acts as, or nobody; nothing is asked, and no fault is reported.
  func knownIdentity() async -> Resolution? {
    guard case .identity(let who) = try? await context.chosenIdentity(mayChoose: false) else {
      return nil
    }
    return who
  }
}

extension String {
  fileprivate var trimmingTrailingBlanks: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text = text.dropLast() }
    return String(text)
  }
}
