public import Core

/// Where lines come from: a person with readline, a plain terminal, or a script.
public protocol LineEditor: AnyObject {
  /// Waits for a line; `prompt` is shown before it, and what takes no room on the screen stands
  /// between U+0001 and U+0002 in it.
  ///
  /// - Throws: ``AuthError`` with code `system` when nothing can be read.
  func read(_ prompt: String) throws(AuthError) -> LineEvent

  /// Offers `line` again when a person looks for earlier ones.
  func remember(_ line: String)
}

/// What became of a line.
public enum LineEvent: Equatable, Sendable {
  /// It was entered; a paste may hold several, with line feeds between them.
  case entered(String)
  /// Ctrl-C dropped it.
  case dropped
  /// There is none: Ctrl-D, the end of the script, or the terminal went away.
  case end
}

/// What fits at the cursor.
public struct LineCompletion: Sendable {
  /// Words instead of the one at the cursor, quoted for the line.
  public var words: [String]
  /// Whether names of files fit.
  public var takesFiles: Bool

  /// Creates it from its parts.
  public init(words: [String] = [], takesFiles: Bool = false) {
    self.words = words
    self.takesFiles = takesFiles
  }
}
