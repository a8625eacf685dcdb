import AuthConfiguration
import Core

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
struct AWSProfile {
  /// The profile's name.
  package var name: String
  /// The value of `credential_process`; see ``joined(_:)``.
  package var command: String
  /// The region, if one is known.
  package var region: String?

  /// The section, with a line break at its end.
  package var text: String {
    var settings = "credential_process = \(command)\n"
    if let region, Self.isOneLine(region) { settings += "region = \(region)\n" }
    return Self.titles(name).map { "[\($0)]\n\(settings)" }.joined(separator: "\n")
  }

  /// Whether a name can be that of a profile: printable, without brackets, and without blanks at
  /// its ends.
  static func isName(_ name: String) -> Bool {
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
  package static func joined(_ words: [String]) throws(AuthError) -> String {
    for word in words where !isOneLine(word) {
      throw AuthError(
        .badConfiguration,
        "`\(DisplayText.sanitized(word))` holds a character that an AWS configuration file cannot "
          + "say",
        hints: ["rename that file or directory"])
    }
    return words.map(quoted).joined(separator: " ")
  }

  private static func isOneLine(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }

  // Only the parts that need it stand in quotes, so that a path begins as it is.
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

extension Catalog {
  /// A profile for every AWS identity, and one more for each alias that stands for one identity.
  ///
  /// - Parameters:
  ///   - executable: The absolute path of this program.
  ///   - prefix: What stands before each name.
  ///   - variables: Variables that the program needs in order to find the same configuration.
  ///   - withAmbient: Whether `aws/ambient` gets one: only where a profile of ours is not itself
  ///     part of the surroundings.
  /// - Returns: The profiles, in the order of the identities.
  /// - Throws: ``AuthError`` with code `badConfiguration` if a path cannot be written down.
  func awsProfiles(
    executable: String, prefix: String = "", variables: [(name: String, value: String)] = [],
    withAmbient: Bool
  ) throws(AuthError) -> [AWSProfile] {
    var start = [executable, "credential-process"] + reproducingArguments
    if !variables.isEmpty {
      start = ["/usr/bin/env"] + variables.map { "\($0.name)=\($0.value)" } + start
    }
    let beginning = try AWSProfile.joined(start + ["--identity"])
    let identities = identities
    let names = Set(identities.map(\.name))
    var profiles: [AWSProfile] = []
    for record in identities where record.isForAWS && (withAmbient || !record.isAmbient) {
      // Names that cannot stand in a file of lines cannot be profiles.
      guard AWSProfile.isName(record.name) else { continue }
      let command = try beginning + " " + AWSProfile.joined([record.name])
      var titles = [record.name]
      if let alias = record.alias, !names.contains(alias), find(alias)?.name == record.name {
        titles.append(alias)
      }
      for title in titles.map({ prefix + $0 }) where AWSProfile.isName(title) {
        profiles.append(AWSProfile(name: title, command: command, region: record.region))
      }
    }
    return profiles
  }
}

extension IdentityRecord {
  /// Whether its credentials are for AWS, or a mock's.
  var isForAWS: Bool { kind.hasPrefix("aws/") || kind.hasPrefix("mock") }
}
