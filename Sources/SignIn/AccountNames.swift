internal import HTML

/// The names of accounts on the page of AWS on which people choose a role after a SAML login.
public enum AccountNames {
  /// Reads the page.
  ///
  /// It has a `div` of class `saml-account` for each account, with `Account: NAME (NUMBER)` in it; those
  /// without a name have the number alone.
  ///
  /// - Returns: The names by the accounts' numbers; empty for any other page.
  public static func onRolePage(_ bytes: [UInt8]) -> [String: String] {
    var names: [String: String] = [:]
    for element in HTMLPage(bytes)?.elements ?? [] where isOfAccount(element) {
      guard let (number, name) = account(element.text) else { continue }
      names[number] = names[number] ?? name
    }
    return names
  }

  private static func isOfAccount(_ element: HTMLElement) -> Bool {
    let classes = (element.attributes["class"] ?? "").split(whereSeparator: \.isWhitespace)
    return element.name == "div" && classes.contains { $0.hasPrefix("saml-account") }
  }

  /// `Account: NAME (NUMBER)`, and whatever follows.
  private static func account(_ text: String) -> (number: String, name: String)? {
    let words = text.split(maxSplits: 3, whereSeparator: \.isWhitespace)
    guard words.count >= 3, words[0] == "Account:", isAlias(words[1]), words[2].first == "(",
      let end = words[2].firstIndex(of: ")")
    else { return nil }
    let number = words[2][..<end].dropFirst()
    guard number.utf8.count == 12, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return (String(number), String(words[1]))
  }

  /// Whether a text can be an account's alias.
  ///
  /// Source: "CreateAccountAlias", IAM API Reference.
  private static func isAlias(_ text: Substring) -> Bool {
    (3...63).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
      }
  }
}
