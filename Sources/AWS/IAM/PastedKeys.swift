package import Core

/// Keys as a person pastes them: with blanks, quotes or a byte order mark around them, and sometimes
/// with the rest of the line that they stood in.
package enum PastedKeys {
  /// The id without what came along with it.
  ///
  /// - Throws: ``AuthError`` with code `usage` when what is left cannot be one.
  package static func accessKeyID(_ text: String) throws(AuthError) -> String {
    let id = stripped(text)
    try StoredKeys.check(accessKeyID: id)
    return id
  }

  /// The secret without what came along with it.
  ///
  /// Secret keys of AWS are 40 characters out of `A-Z a-z 0-9 / +`; those of emulators may be any
  /// word, so only what cannot be part of one is refused.
  ///
  /// - Throws: ``AuthError`` with code `usage` when it is empty or cannot be one.
  package static func secretAccessKey(_ pasted: Secret) throws(AuthError) -> Secret {
    let text = stripped(pasted.revealed())
    let nothing = "nothing was stored"
    guard !text.isEmpty else {
      throw AuthError(.usage, "the secret access key is empty; \(nothing)")
    }
    if text.utf8.count == 20, text.hasPrefix("AKIA") || text.hasPrefix("ASIA") {
      throw AuthError(
        .usage, "that is an access key id, not a secret access key",
        hints: ["\(nothing); the secret has 40 characters and was shown once, with the id"])
    }
    let isLine =
      text.contains(",") || text.lowercased().hasPrefix("aws_secret_access_key")
    if isLine {
      throw AuthError(
        .usage, "that is a line of a file, not a secret access key alone",
        hints: ["\(nothing); paste only the 40 characters of the secret"])
    }
    let isWord = text.utf8.allSatisfy { byte in
      (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "'")
    }
    guard isWord else {
      throw AuthError(
        .usage, "the secret access key has a blank, a quote or a character that is not ASCII in it",
        hints: ["\(nothing); paste only the 40 characters of the secret"])
    }
    return Secret(text)
  }

  /// The text without white space and invisible characters around it, and without a pair of quotes.
  private static func stripped(_ text: String) -> String {
    var text = visible(text)
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote)
    {
      text = visible(String(text.dropFirst().dropLast()))
    }
    return text
  }

  private static func visible(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let first = scalars.first, isEmpty(first) { scalars.removeFirst() }
    while let last = scalars.last, isEmpty(last) { scalars.removeLast() }
    return String(scalars)
  }

  private static func isEmpty(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || DisplayText.isHidden(scalar)
  }
}
