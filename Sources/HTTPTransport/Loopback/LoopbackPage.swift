import Core

/// The pages that a browser is shown by a loopback server.
///
/// They hold nothing of the request but an error's text, and load nothing.
enum LoopbackPage {
  /// A login that worked.
  static let success = text(
    "You are signed in", "You can close this window and go back to the terminal.")

  /// A login that the service ended with an error; `reason` is the service's own text.
  static func failure(_ reason: String) -> String {
    text(
      "The login failed",
      "\(DisplayText.sanitized(reason, limit: 500)). Go back to the terminal to try again.")
  }

  /// The answer to everything that is not awaited.
  static func refusal(_ reason: String) -> String {
    text("Nothing to see here", reason)
  }

  private static func text(_ title: String, _ sentence: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>atmos-auth: \(escaped(title))</title>
    <style>
    :root { color-scheme: light dark }
    body { font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 20vh auto; padding: 0 1em }
    h1 { font-size: 1.4em }
    </style>
    </head>
    <body>
    <h1>\(escaped(title))</h1>
    <p>\(escaped(sentence))</p>
    </body>
    </html>

    """
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}
