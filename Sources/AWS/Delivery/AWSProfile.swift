public import Core
public import Model

/// A profile for AWS tools whose credentials come from `atmos-auth credential-process`.
///
/// It is read by programs that do not agree on the grammar, so only what all of them understand is
/// written:
///
/// - botocore splits `credential_process` like a shell without expansion (`shlex.split`); the SDKs
///   for Go, Java, JavaScript and Rust hand it to `sh -c`. Single quotes mean the same to both.
/// - The SDK for Go takes a quote off both ends of a value that begins and ends with one, and turns
///   `\n`, `\'` and `\"` into what they stand for. No value here begins with a quote, since paths
///   are absolute.
/// - botocore reads `[profile "a b"]` as the profile `a b`, and does not read `[profile a b]`; with
///   the SDK for Go it is the other way round. Both are written.
///
/// Source: botocore's `configloader.py`, `internal/ini` and `credentials/processcreds` of
/// aws-sdk-go-v2.
public struct AWSProfile: Sendable {
  /// The profile's name.
  public var name: String
  /// The value of `credential_process`; see ``joined(_:)``.
  public var command: String
  /// The region, if one is known.
  public var region: String?

  /// The section, with a line break at its end.
  public var text: String {
    var settings = "credential_process = \(command)\n"
    if let region, Self.isOneLine(region) { settings += "region = \(region)\n" }
    return Self.titles(name).map { "[\($0)]\n\(settings)" }.text(joinedBy: "\n")
  }

  /// Whether a name can be that of a profile: printable, without brackets, and without blanks at
  /// its ends.
  public static func isName(_ name: String) -> Bool {
    !name.isEmpty && name.first != " " && name.last != " "
      && name.unicodeScalars.allSatisfy { scalar in
        scalar.value >= 0x20 && scalar.value != 0x7F && scalar != "[" && scalar != "]"
      } && DisplayText.sanitized(name) == name
  }

  private static func titles(_ name: String) -> [String] {
    if name == "default" { return [name] }
    let isBlank = name.contains(" ") && !name.contains("\"")
    let quoted = "profile \(isBlank ? "\"\(name)\"" : quoted(name))"
    // What the SDK for Go would take for a comment or keep as it is, it cannot read at all.
    let isPlain = !name.contains { "'\"\\#;".contains($0) }
    return name.contains(" ") && isPlain ? [quoted, "profile \(name)"] : [quoted]
  }

  /// Words, the first an absolute path, as one line that shells and `shlex.split` take apart again.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` for words with a line break.
  public static func joined(_ words: [String]) throws(AuthError) -> String {
    for word in words where !isOneLine(word) {
      throw AuthError(
        .badConfiguration,
        "`\(DisplayText.sanitized(word))` holds a character that an AWS configuration file cannot "
          + "express",
        hints: ["rename that file or directory"])
    }
    return words.map(quoted).text(joinedBy: " ")
  }

  private static func isOneLine(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }

  // Only the parts that need it are quoted, so that a path begins as it is.
  private static func quoted(_ word: String) -> String {
    if word.isEmpty { return "''" }
    var result = ""
    var isOpen = false
    for scalar in word.unicodeScalars {
      if scalar == "'" {
        result += isOpen ? "'\"'\"" : "\"'\""
        isOpen = false
        continue
      }
      if isPlain(scalar) == isOpen {
        result += "'"
        isOpen.toggle()
      }
      result.unicodeScalars.append(scalar)
    }
    return isOpen ? result + "'" : result
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "/", "@", "+", ":", "-", "=", ",": true
    default: false
    }
  }
}

extension AWSProfile {
  /// A profile for every identity, and one more for each alias.
  ///
  /// - Parameters:
  ///   - identities: The identities of AWS.
  ///   - command: The command that gives the credentials of the identity whose name follows it; its
  ///     first word is an absolute path.
  ///   - prefix: What stands before each profile's name.
  /// - Returns: The profiles, in the order of the identities; names that cannot be in a file of
  ///   lines are left out.
  /// - Throws: ``AuthError`` with code `badConfiguration` if a path cannot be written down.
  public static func profiles(
    of identities: [DeliveryRequest.Identity], command: [String], prefix: String = ""
  ) throws(AuthError) -> [AWSProfile] {
    let beginning = try joined(command)
    var profiles: [AWSProfile] = []
    for identity in identities where isName(identity.name) {
      let bound = identity.fingerprint.map { ["--bound", $0] } ?? []
      let command = try beginning + " " + joined([identity.name] + bound)
      for title in [identity.name, identity.alias].compactMap({ $0 }).map({ prefix + $0 })
      where isName(title) {
        profiles.append(AWSProfile(name: title, command: command, region: identity.region))
      }
    }
    return profiles
  }

  /// The words of ``profiles(of:command:prefix:)``' command for this program.
  public static func command(program: String, arguments: [String]) -> [String] {
    [program, "credential-process"] + arguments + ["--identity"]
  }
}
