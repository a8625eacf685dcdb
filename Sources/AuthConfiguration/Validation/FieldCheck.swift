internal import Core
internal import Model

/// Checks that values are what their fields say.
enum FieldCheck {
  /// What is wrong with a value; `nil` if nothing is, if there is none, or if it is not known yet.
  static func fault(
    in node: ConfigNode, _ field: Field, subject: Subject, _ suggestions: Suggestion.Allowance
  ) -> Diagnostic? {
    if node.isNull || node.isCommand { return nil }
    guard let (what, suggestion) = objection(to: node, field, suggestions) else { return nil }
    let name = field.path.joined(separator: ".")
    return Diagnostic(
      .error, "\(subject): `\(name)` \(what)", mark: node.mark, suggestion: suggestion,
      code: code(of: field.type))
  }

  private static func code(of type: FieldType) -> String {
    switch type {
    case .text, .bool, .texts, .map, .any: "wrong-type"
    case .duration: "bad-duration"
    case .region: "bad-region"
    case .url: "bad-url"
    case .accountID: "bad-account-id"
    case .arn: "bad-arn"
    case .oneOf: "unknown-value"
    }
  }

  private typealias Objection = (what: String, suggestion: String?)

  private static func objection(
    to node: ConfigNode, _ field: Field, _ suggestions: Suggestion.Allowance
  ) -> Objection? {
    switch field.type {
    case .any: return nil
    case .texts:
      let isList = !node.elements.isEmpty && node.elements.allSatisfy { $0.text != nil }
      if case .sequence(let elements) = node.content, elements.isEmpty { return nil }
      return isList || node.text != nil ? nil : ("must be a list of texts", nil)
    case .map:
      guard case .mapping(let entries) = node.content else {
        return ("must be a map from texts to texts", nil)
      }
      return entries.allSatisfy { $0.value.text != nil || $0.value.isNull }
        ? nil : ("must be a map whose values are texts", nil)
    default: break
    }
    guard let text = node.text?.trimmed else {
      return ("must be \(noun(field.type)), not a \(node.elements.isEmpty ? "map" : "list")", nil)
    }
    // An empty text stands for a missing value, as with `!env`.
    if text.isEmpty { return nil }
    return objection(to: text, node, field, suggestions)
  }

  private static func objection(
    to text: String, _ node: ConfigNode, _ field: Field, _ suggestions: Suggestion.Allowance
  ) -> Objection? {
    // What came from a variable may be secret wherever it stands.
    let isSecret = field.isSecret || node.expression != nil
    var shown: String {
      guard isSecret else { return "`\(DisplayText.sanitized(text, limit: 80))`" }
      return node.expression.map { "`\(DisplayText.sanitized($0, limit: 80))`" } ?? "the value"
    }
    switch field.type {
    case .text, .texts, .map, .any: return nil
    case .bool:
      return node.bool == nil ? ("must be true or false, not \(shown)", nil) : nil
    case .duration:
      guard DurationText.seconds(text) == nil else { return nil }
      return ("is not a duration: \(shown)", "write `3600`, `90m`, `1h30m` or `2d`")
    case .region:
      return Regions.isRegion(text)
        ? nil
        : (
          "is not an AWS region: \(shown)",
          isSecret ? nil : Regions.suggestion(for: text, suggestions)
        )
    case .url:
      return isAddress(text)
        ? nil : ("is not an address: \(shown)", "it begins with `https://` and a host")
    case .accountID: return accountID(text, shown, isSecret: isSecret)
    case .arn(let service, let resource):
      return ARNCheck.objection(to: text, service, resource, shown)
    case .oneOf(let words):
      if words.contains(text) { return nil }
      let list = words.map { "`\($0)`" }.joined(separator: ", ")
      let same = words.first { $0.lowercased() == text.lowercased() }
      return (
        "must be one of \(list), not \(shown)",
        same.map { "write `\($0)`" }
          ?? Suggestion.didYouMean(text, among: words, within: suggestions)
      )
    }
  }

  private static func noun(_ type: FieldType) -> String {
    switch type {
    case .bool: "true or false"
    case .duration: "a duration"
    case .region: "a region"
    case .url: "an address"
    case .accountID: "an account id"
    case .arn: "an ARN"
    case .oneOf, .text, .texts, .map, .any: "text"
    }
  }

  private static func accountID(
    _ text: String, _ shown: @autoclosure () -> String, isSecret: Bool
  ) -> Objection? {
    if isAccountID(text) { return nil }
    let digits = text.filter { $0 != "-" && $0 != " " }
    var suggestion: String?
    if !isSecret {
      if digits != text, isAccountID(digits) {
        suggestion = "write `\(digits)`"
      } else if digits.count < 12, digits.count >= 9, digits.utf8.allSatisfy({ isDigit($0) }) {
        let padded = String(repeating: "0", count: 12 - digits.count) + digits
        suggestion = "are leading zeros missing? then write `\"\(padded)\"`"
      }
    }
    return ("must be an account id of 12 digits, not \(shown())", suggestion)
  }

  static func isAccountID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy(isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether `text` can name an environment variable in every shell.
  static func isVariableName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !isDigit(first) else { return false }
    return text.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || isDigit(byte) || (0x61...0x7a).contains(byte | 0x20)
    }
  }

  /// Whether a variable decides how atmos-auth itself works, so that no definition may set it.
  static func isOurVariable(_ name: String) -> Bool {
    name == "CI" || name.hasPrefix("ATMOS_") || name.hasPrefix("__ATMOS_AUTH_")
  }

  /// Whether `text` is an absolute `http` or `https` address.
  static func isAddress(_ text: String) -> Bool {
    let lowered = text.lowercased()
    for scheme in ["https://", "http://"] where lowered.hasPrefix(scheme) {
      let rest = text.dropFirst(scheme.count)
      let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
      let isPlain = rest.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7f }
      return isPlain && !host.isEmpty && host.first != ":" && !host.contains("@")
    }
    return false
  }
}

/// Amazon resource names.
enum ARNCheck {
  /// What is wrong with a name, and what to write; `nil` if nothing is.
  static func objection(
    to text: String, _ service: String, _ resource: String?, _ shown: @autoclosure () -> String
  ) -> (what: String, suggestion: String?)? {
    var example: String {
      "it looks like `arn:aws:\(service)::123456789012:\(resource.map { "\($0)/" } ?? "")NAME`"
    }
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn" else {
      return ("is not an ARN: \(shown())", example)
    }
    guard parts[1] == "aws" || parts[1].hasPrefix("aws-") else {
      return ("is in a partition that AWS does not have: \(shown())", example)
    }
    guard parts[2] == service else {
      return ("must be an ARN of \(service): \(shown())", example)
    }
    let isManaged = parts[4] == "aws" && resource == "policy"
    guard FieldCheck.isAccountID(parts[4]) || isManaged else {
      let digits = parts[4].filter { $0 != "-" }
      return (
        "has no account id of 12 digits: \(shown())",
        parts[4] != digits && FieldCheck.isAccountID(digits)
          ? "write the account as `\(digits)`" : example
      )
    }
    guard let resource else { return nil }
    guard parts[5].hasPrefix("\(resource)/"), parts[5].utf8.count > resource.utf8.count + 1 else {
      let kind = parts[5].prefix { $0 != "/" }
      let near =
        kind != resource && parts[5].contains("/")
        ? "it names a \(DisplayText.sanitized(kind, limit: 40)), and a \(resource) is needed"
        : example
      return ("is not the ARN of a \(resource): \(shown())", near)
    }
    let isPlain = parts[5].unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7f }
    return isPlain ? nil : ("has characters that no ARN has: \(shown())", nil)
  }

  /// The account of an ARN.
  static func account(of text: String) -> String? {
    let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", FieldCheck.isAccountID(parts[4]) else { return nil }
    return String(parts[4])
  }
}

/// AWS regions.
enum Regions {
  /// Regions to suggest; any name of the right form is accepted, since AWS adds regions.
  private static let known = [
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1", "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
    "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "ca-central-1", "ca-west-1",
    "cn-north-1", "cn-northwest-1", "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1",
    "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1",
    "me-south-1", "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1",
    "us-gov-west-1", "us-west-1", "us-west-2",
  ]

  /// Whether `text` has the form of a region: words of letters, and a number at the end.
  static func isRegion(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count >= 3, let last = parts.last else { return false }
    return (1...2).contains(last.count) && last.allSatisfy { (0x30...0x39).contains($0) }
      && parts.dropLast().allSatisfy { part in
        part.count >= 2 && part.allSatisfy { (0x61...0x7a).contains($0) }
      }
  }

  /// The region that was probably meant.
  static func suggestion(for text: String, _ allowance: Suggestion.Allowance) -> String? {
    let plain = text.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    let same = known.first { $0.filter { $0 != "-" } == plain }
    return same.map { "did you mean `\($0)`?" }
      ?? Suggestion.didYouMean(text, among: known, within: allowance)
  }
}
