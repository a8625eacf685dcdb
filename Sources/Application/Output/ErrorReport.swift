package import Core
package import Terminal

/// How a failure is reported: as sentences for a person, or as JSON for a program.
package enum ErrorReport {
  /// The text for standard error.
  package static func text(_ error: AuthError, on stream: Stream) -> String {
    let message = DisplayText.sanitizedLines(error.message)
    var lines = [error.code.isWanted ? message : stream.styled("error:", .bad) + " " + message]
    var hints = error.hints
    var next = error.cause
    while let current = next {
      lines.append("  cause: " + DisplayText.sanitizedLines("\(current)"))
      let inner = current as? AuthError
      hints += inner?.hints ?? []
      next = inner?.cause
    }
    lines += hints.map { "  " + stream.styled("hint:", .warning) + " " + DisplayText.sanitized($0) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same as one JSON object: `{"error":{"code":…,"message":…,"hints":[…],"cause":…}}`.
  package static func json(_ error: AuthError) -> String {
    var members = [
      ("code", JSONText.string(error.code.name)), ("message", JSONText.string(error.message)),
      ("hints", JSONText.array(error.hints.map(JSONText.string))),
    ]
    if let cause = error.cause { members.append(("cause", JSONText.string("\(cause)"))) }
    return JSONText.object([("error", JSONText.object(members))]) + "\n"
  }
}

extension DisplayText {
  /// Text of several lines, each made fit for a terminal.
  static func sanitizedLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { sanitized(String($0)) }.joined(separator: "\n")
  }
}
