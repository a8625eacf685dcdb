import AWS
package import AuthConfiguration
package import Core
package import Model
import Sessions

/// A role that a person assumes on the spot, without an identity in the configuration.
///
/// Its session is in this value and nowhere else: it ends with the REPL.
package struct AdHocRole {
  /// What it is called in prompts and lists: the last part of the role's path.
  package let name: String
  /// What stands under `principal` when it is saved.
  package let principal: [(key: String, value: String)]
  /// What assumes it.
  package let source: any CredentialSource
  /// Its session, once it was assumed.
  package var credential: Credential?

  /// The kind it is of, once it is saved.
  package static let kind = AWSKinds.assumedRole.name

  /// How long its session may last, in seconds, where the role allows it.
  ///
  /// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  package static let durations: ClosedRange<Int64> = 900...43200

  /// Describes a role by what `principal` would hold, `assume_role` included.
  ///
  /// - Throws: ``AuthError`` with code `usage` when it cannot be assumed as it is.
  package init(_ settings: [(key: String, value: String?)]) throws(AuthError) {
    principal = settings.compactMap { key, value in value.map { (key, $0) } }
    let arn = principal.first { $0.key == "assume_role" }?.value ?? ""
    name = try Self.name(of: arn)
    let place = SourceMark(file: "assume", line: 1, column: 1)
    func text(_ text: String) -> ConfigNode {
      ConfigNode(.scalar(text, isQuoted: true), mark: place)
    }
    let members = principal.map {
      ConfigNode.Entry(key: $0.key, mark: place, value: text($0.value))
    }
    let node = ConfigNode(
      .mapping([
        .init(key: "kind", mark: place, value: text(Self.kind)),
        .init(key: "principal", mark: place, value: ConfigNode(.mapping(members), mark: place)),
      ]), mark: place)
    let definition = Definition(
      name: name, section: .identity, kind: Self.kind, node: node, mark: place)
    let kind = AWSKinds.assumedRole
    guard let makeSource = kind.makeSource else {
      throw AuthError(.notSupported, "roles cannot be assumed by this build")
    }
    let faults = kind.check(definition).filter { $0.severity == .error }
    if let fault = faults.first {
      throw AuthError(.usage, fault.message, hints: fault.suggestion.map { [$0] } ?? [])
    }
    source = try makeSource(definition)
  }

  private static func name(of arn: String) throws(AuthError) -> String {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[4].utf8.count == 12,
      parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) }), parts[5].hasPrefix("role/"),
      let name = parts[5].split(separator: "/").dropFirst().last
    else {
      throw AuthError(
        .usage, "not the ARN of a role: \(DisplayText.sanitized(arn, limit: 120))",
        hints: ["it looks like `arn:aws:iam::123456789012:role/Deploy`"])
    }
    return String(name)
  }

  /// The role's ARN.
  package var arn: String { principal.first { $0.key == "assume_role" }?.value ?? "" }

  /// The identity that it would be, standing on `base`, for reports and programs.
  package func record(on base: IdentityRecord) -> IdentityRecord {
    var record = base
    record.name = name
    record.kind = Self.kind
    record.cloud = Cloud.aws.name
    record.alias = nil
    record.isDefault = false
    record.isAmbient = false
    record.isStable = true
    record.principal = arn
    record.account = credential?.account
    record.region = credential?.region ?? base.region
    // They were meant for the identity that it depends on.
    record.environment = []
    return record
  }
}
