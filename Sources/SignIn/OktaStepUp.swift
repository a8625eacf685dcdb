internal import HTML

/// The page on which an application asks for more than the session that is there.
enum OktaStepUp {
  /// The token with which the page's script goes on; `nil` for any other page.
  static func stateToken(on page: WebSession.Page) -> String? {
    let scripts = page.content?.elements.filter { $0.name == "script" } ?? []
    return scripts.lazy.compactMap { stateToken(in: $0.text) }.first
  }

  /// The text that a script gives to `stateToken`: `stateToken = '…'` or `"stateToken": "…"`.
  static func stateToken(in script: String) -> String? {
    var rest = script[...]
    while let found = rest.firstRange(of: "stateToken") {
      rest = rest[found.upperBound...]
      var value = rest
      if let quote = value.first, isQuote(quote) { value.removeFirst() }
      value = value.drop(while: \.isWhitespace)
      guard let sign = value.popFirst(), sign == "=" || sign == ":" else { continue }
      value = value.drop(while: \.isWhitespace)
      guard let quote = value.popFirst(), isQuote(quote) else { continue }
      let token = unescaped(value.prefix { $0 != quote })
      if token.utf8.count > 10 { return token }
    }
    return nil
  }

  private static func isQuote(_ character: Character) -> Bool {
    character == "'" || character == "\""
  }

  /// A text without JavaScript's escapes (trap 56 of docs/traps.md).
  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\", let kind = rest.popFirst() else {
        result.append(character)
        continue
      }
      let length = kind == "x" ? 2 : kind == "u" ? 4 : 0
      let digits = rest.prefix(length)
      if length > 0, digits.count == length, let number = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(number)
      {
        result.unicodeScalars.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        result.append(kind)
      }
    }
    return result
  }
}
