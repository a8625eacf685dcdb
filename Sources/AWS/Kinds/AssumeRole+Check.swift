import Core
import Model

extension AssumeRoleSource {
  /// What the fields' types do not say: the limits of STS' AssumeRole.
  static func check(_ definition: Definition) -> [Diagnostic] {
    var faults = definition.faultsOfDevice(["principal", "mfa_arn"])
    func fault(
      _ severity: Diagnostic.Severity, _ key: String, _ what: String, _ suggestion: String? = nil
    ) {
      faults.append(
        definition.fault(
          severity, ["principal", key], "`principal.\(key)` \(what)", suggestion: suggestion))
    }

    if let name = definition.text("principal", "session_name"), !SessionName.isValid(name) {
      fault(
        .warning, "session_name", "has characters or a length that AWS refuses",
        "it will be sent as `\(SessionName.cleaned(name))`")
    }
    if let id = definition.text("principal", "external_id"),
      !(2...1224).contains(id.count) || !STSText.isMade(id, of: "_+=,.@:/-")
    {
      fault(
        .error, "external_id", "must be 2 to 1224 of the characters A-Z a-z 0-9 _ + = , . @ : / -")
    }
    if let source = definition.text("principal", "source_identity"),
      !(2...64).contains(source.count) || !STSText.isMade(source, of: "_+=,.@-")
    {
      fault(
        .error, "source_identity", "must be 2 to 64 of the characters A-Z a-z 0-9 _ + = , . @ -")
    }
    if let seconds = definition.seconds("principal", "duration"), !(900...43200).contains(seconds) {
      fault(
        .warning, "duration", "is \(DurationText.text(seconds)), and AWS allows 15m to 12h",
        seconds < 900 ? "write `15m`" : "write `12h`")
    }
    if let policy = definition.text("principal", "policy") {
      if policy.count > 2048 { fault(.error, "policy", "is longer than 2048 characters") }
      if !policy.hasPrefix("{") { fault(.error, "policy", "must be a JSON document") }
    }
    if definition.texts("principal", "policy_arns").count > 10 {
      fault(.error, "policy_arns", "has more than 10 policies")
    }
    faults += definition.codeSources?.faults ?? []
    faults += tagFaults(definition)
    faults += partitionFaults(definition)
    return faults
  }

  private static func tagFaults(_ definition: Definition) -> [Diagnostic] {
    guard let tags = definition.node["principal", "tags"] else { return [] }
    let path = ["principal", "tags"]
    var faults: [Diagnostic] = []
    if tags.entries.count > 50 {
      faults.append(definition.fault(.error, path, "`principal.tags` has more than 50 tags"))
    }
    var seen: Set<String> = []
    for tag in tags.entries {
      let value = tag.value.text ?? ""
      if !(1...128).contains(tag.key.count) || value.count > 256 {
        faults.append(
          Diagnostic(
            .error,
            "identity `\(definition.name)`: tag `\(tag.key)` is longer than AWS allows "
              + "(128 characters, its value 256)", mark: tag.mark))
      }
      if !seen.insert(tag.key.lowercased()).inserted {
        faults.append(
          Diagnostic(
            .error,
            "identity `\(definition.name)`: tag `\(tag.key)` appears twice; "
              + "AWS compares tags without case", mark: tag.mark))
      }
    }
    return faults
  }

  private static func partitionFaults(_ definition: Definition) -> [Diagnostic] {
    guard let role = definition.text("principal", "assume_role"),
      let region = definition.text("principal", "region"),
      let ofRole = Partition.ofARN(role), Partition.ofRegion(region) != ofRole
    else { return [] }
    return [
      definition.fault(
        .error, ["principal", "region"],
        "region `\(region)` is not in the role's partition `\(ofRole.name)`",
        suggestion: "use a region such as `\(ofRole.defaultRegion)`")
    ]
  }
}

/// Names of role sessions.
public enum SessionName {
  /// atmos' name for a session that the configuration does not name.
  static func standard(for identity: String, at now: Instant) -> String {
    let name = "atmos-\(identity)-\(now.secondsSince1970)"
    return limited(
      String(
        name.unicodeScalars.map { scalar in
          STSText.isMade(scalar, of: "+=,.@-") ? Character(scalar) : "-"
        }))
  }

  /// A configured name with what AWS refuses replaced by hyphens.
  public static func cleaned(_ name: String) -> String {
    limited(
      String(
        name.unicodeScalars.map { scalar in
          STSText.isMade(scalar, of: "_+=,.@-") ? Character(scalar) : "-"
        }))
  }

  /// Whether AWS takes a name as it is.
  static func isValid(_ name: String) -> Bool {
    (2...64).contains(name.count) && STSText.isMade(name, of: "_+=,.@-")
  }

  private static func limited(_ name: String) -> String {
    var name = name.prefix(64)
    while name.last == "-" { name.removeLast() }
    return name.count < 2 ? "atmos-session" : String(name)
  }
}

/// The alphabets of STS' inputs.
enum STSText {
  /// Whether a text is made of ASCII letters, digits and `others` only.
  static func isMade(_ text: String, of others: String) -> Bool {
    text.unicodeScalars.allSatisfy { isMade($0, of: others) }
  }

  /// Whether a character is an ASCII letter or digit, or one of `others`.
  static func isMade(_ scalar: Unicode.Scalar, of others: String) -> Bool {
    switch scalar {
    case "A"..."Z", "a"..."z", "0"..."9": true
    default: others.unicodeScalars.contains(scalar)
    }
  }
}
