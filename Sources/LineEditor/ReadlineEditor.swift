internal import CLibrary
internal import CLineEditor
internal import CShims
public import Core

/// GNU readline on the controlling terminal: its keys, its history, and `~/.inputrc` with
/// `$if atmos-auth`.
///
/// One at a time: readline has globals only.
public final class ReadlineEditor: LineEditor {
  private let complete: (_ line: String) -> LineCompletion

  /// Prepares the terminal; `nil` where there is none, or none that readline can draw on.
  ///
  /// - Parameters:
  ///   - history: Earlier lines, the last one last.
  ///   - environment: Where `TERM` is looked up.
  ///   - complete: What fits at the end of a line, which is the text before the cursor.
  public init?(
    history: [String], environment: [String: String],
    complete: @escaping (_ line: String) -> LineCompletion
  ) {
    self.complete = complete
    guard !["", "dumb", "unknown"].contains(environment["TERM"] ?? "") else { return nil }
    let terminal = atmos_open_terminal()
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    let status = atmos_editor_begin(
      "atmos-auth", terminal,
      { context, line, found in
        guard let context else { return }
        Unmanaged<ReadlineEditor>.fromOpaque(context).takeUnretainedValue()
          .answer(String(cString: line), found)
      }, Unmanaged.passUnretained(self).toOpaque())
    guard status == 0 else { return nil }
    for line in history { remember(line) }
  }

  deinit { atmos_editor_end() }

  private func answer(_ line: String, _ found: OpaquePointer) {
    let completion = complete(line)
    for word in completion.words { atmos_candidate_add(found, word) }
    if completion.takesFiles, completion.words.isEmpty { atmos_candidate_files(found) }
    if completion.words.count == 1, completion.words[0].hasSuffix("=") {
      atmos_candidate_goes_on(found)
    }
  }

  /// Lets a person edit a line.
  public func read(_ prompt: String) throws(AuthError) -> LineEvent {
    var line: UnsafeMutablePointer<CChar>?
    switch atmos_editor_read(prompt, &line) {
    case atmos_line_entered:
      defer { free(line) }
      return line.map { .entered(String(cString: $0)) } ?? .end
    case atmos_line_dropped: return .dropped
    case atmos_line_end: return .end
    default:
      throw AuthError(.system, "cannot read from the terminal: \(String(cString: strerror(errno)))")
    }
  }

  /// Puts a line at the end of readline's history, instead of an equal one.
  public func remember(_ line: String) {
    atmos_editor_remember(line)
  }
}
