import AWS
package import Core
import Model

/// A form in which an assumed role's credential is printed.
package enum AssumeFormat: Equatable {
  /// A form of variables.
  case variables(EnvFormat)
  /// One line for Atlantis' `multienv` step.
  case multienv
  /// What `aws sts assume-role` prints.
  case json
  /// What SDKs read from a `credential_process`.
  case credentialProcess

  /// The names of all forms.
  package static let names = [
    "export", "dotenv", "env", "multienv", "json", "credential-process", "github", "fish",
    "powershell",
  ]

  package init(argument: String) throws(AuthError) {
    switch argument {
    case "export", "bash", "zsh": self = .variables(.bash)
    case "multienv": self = .multienv
    case "json": self = .json
    case "credential-process": self = .credentialProcess
    case "dotenv", "env", "github", "fish", "powershell":
      self = .variables(try EnvFormat(argument: argument))
    default:
      throw AuthError(
        .usage, "invalid format: unsupported format: \(DisplayText.sanitized(argument))",
        hints: ["use one of \(Self.names.joined(separator: ", "))"])
    }
  }

  /// The line that Atlantis' `multienv` step reads: `NAME="value",NAME="value"`.
  ///
  /// Source: server/core/runtime/multienv_step_runner.go of Atlantis. A value in quotes may have
  /// commas; an escaped quote is the only escape, and no escape can be the last character.
  ///
  /// - Throws: ``AuthError`` with code `usage` for a value that cannot be expressed.
  package static func multienv(
    _ variables: [(name: String, value: String)]
  ) throws(AuthError) -> String {
    var parts: [String] = []
    for (name, value) in variables {
      guard !value.contains(where: \.isNewline), !value.hasSuffix("\\") else {
        throw AuthError(
          .usage, "the value of \(name) cannot be expressed in `--format multienv`",
          hints: ["use `--format json`"])
      }
      parts.append("\(name)=\"\(value.replacing("\"", with: "\\\""))\"")
    }
    return parts.joined(separator: ",")
  }

  /// The document that AWS' command line prints for AssumeRole, as far as it is known.
  static func document(_ credential: Credential) -> String? {
    guard let keys = credential.aws else { return nil }
    var members = [
      ("AccessKeyId", JSONText.string(keys.accessKeyID)),
      ("SecretAccessKey", JSONText.string(keys.secretAccessKey.revealed())),
    ]
    if let token = keys.sessionToken {
      members.append(("SessionToken", JSONText.string(token.revealed())))
    }
    if let end = credential.expiresAt {
      members.append(("Expiration", JSONText.string(Timestamp.rfc3339(end))))
    }
    var document = [("Credentials", JSONText.object(members))]
    if let arn = credential.principal {
      let id = credential.principalID.map { [("AssumedRoleId", JSONText.string($0))] } ?? []
      document.append(
        ("AssumedRoleUser", JSONText.object(id + [("Arn", JSONText.string(arn))])))
    }
    return JSONText.indented(JSONText.object(document))
  }
}
