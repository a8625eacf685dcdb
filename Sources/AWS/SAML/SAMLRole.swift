import Core

/// A role that an assertion offers, and the SAML provider in IAM that vouches for it.
struct SAMLRole: Hashable {
  /// The role's ARN.
  var role: String
  /// The ARN of the SAML provider.
  var provider: String

  /// Creates a role.
  init(role: String, provider: String) {
    self.role = role
    self.provider = provider
  }

  /// Reads a value of the `Role` attribute: both ARNs in either order, white space around them.
  ///
  /// Names of roles may hold commas, so only a comma before an ARN separates. `nil` for other values.
  init?(attribute value: String) {
    let text = value.trimmed
    guard let comma = Self.separator(in: text) else { return nil }
    let halves = [
      String(text[..<comma]).trimmed, String(text[text.index(after: comma)...]).trimmed,
    ]
    guard let role = halves.first(where: { Self.isARN($0, of: "role") }),
      let provider = halves.first(where: { Self.isARN($0, of: "saml-provider") })
    else { return nil }
    self.init(role: role, provider: provider)
  }

  /// The comma after which the second ARN begins.
  private static func separator(in text: String) -> String.Index? {
    text.indices.first { index in
      text[index] == "," && String(text[text.index(after: index)...]).trimmed.hasPrefix("arn:")
    }
  }

  private static func isARN(_ text: String, of resource: String) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[0] == "arn" && parts[2] == "iam" && parts[3].isEmpty
      && parts[4].utf8.count == 12 && parts[4].utf8.allSatisfy { (0x30...0x39).contains($0) }
      && parts[5].hasPrefix("\(resource)/") && parts[5].utf8.count > resource.utf8.count + 1
      && !parts[5].contains { $0.isWhitespace }
  }
}
