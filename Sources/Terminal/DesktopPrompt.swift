public import Core
public import Model
internal import Programs

/// The person at the desktop, asked in a window: for processes without a terminal that a program of
/// the desktop started.
public struct DesktopPrompt: Interaction {
  private enum Asker: String, CaseIterable {
    case zenity
    case kdialog
    case osascript
  }

  private let askers: [Asker]
  private let environment: [String: String]

  /// Somebody who does not answer for so long is not there.
  private static let patience = Duration.seconds(120)

  /// `nil` where there is no display.
  public init?(environment: [String: String]) {
    #if os(macOS)
    guard environment["SSH_CONNECTION"] == nil else { return nil }
    askers = [.osascript]
    #else
    let hasDisplay = ["WAYLAND_DISPLAY", "DISPLAY"].contains { environment[$0]?.isEmpty == false }
    guard hasDisplay else { return nil }
    askers = [.zenity, .kdialog]
    #endif
    self.environment = environment
  }

  /// Asks in a window; see ``Interaction/ask(_:hidden:)``.
  ///
  /// - Throws: ``AuthError``: `loginRequired` when the person closed it or was not there, `system`
  ///   when no window could be shown.
  public func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret {
    let installed = askers.first { asker in
      (try? ProgramPath.find(asker.rawValue, path: environment["PATH"])) != nil
    }
    guard let asker = installed else {
      let names = askers.map { "`\($0.rawValue)`" }.joined(separator: " or ")
      throw AuthError(
        .system, "there is a display, but no program to ask on it",
        hints: ["install \(names)"])
    }
    let words = words(asker, question.trimmed, hidden: hidden)
    let program = ProgramRun(words, environment: environment)
    switch await program.result(within: Self.patience) {
    case .ended(let result) where result.status == 0: return Self.line(result.output)
    case .ended(let result) where result.status == 1 && !isFailure(result.lastLine):
      throw AuthError(.loginRequired, "the question on the desktop was closed")
    case .tookTooLong:
      throw AuthError(.loginRequired, "the question on the desktop was not answered")
    default:
      throw AuthError(.system, "`\(asker.rawValue)` cannot show a question on the desktop")
    }
  }

  private func words(_ asker: Asker, _ question: String, hidden: Bool) -> [String] {
    let text = DisplayText.sanitized(question)
    switch asker {
    case .zenity:
      let escaped = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      return ["zenity", "--entry", "--title=atmos-auth", "--text=\(escaped)"]
        + (hidden ? ["--hide-text"] : [])
    case .kdialog:
      return ["kdialog", "--title", "atmos-auth", hidden ? "--password" : "--inputbox", text]
    case .osascript:
      let dialog =
        "text returned of (display dialog (item 1 of argv) with title \"atmos-auth\" "
        + "default answer \"\"\(hidden ? " with hidden answer" : ""))"
      return ["osascript", "-e", "on run argv", "-e", dialog, "-e", "end run", text]
    }
  }

  /// All three say 1 when the window was closed, and when there was none.
  private func isFailure(_ line: String) -> Bool {
    let line = line.lowercased()
    return ["cannot open display", "could not connect to display", "failed to open display"]
      .contains { line.contains($0) }
  }

  private static func line(_ output: Secret) -> Secret {
    output.withBytes { bytes in
      let line = bytes.prefix { $0 != 0x0A && $0 != 0x0D }
      return Secret(Array(line))
    }
  }
}
