import AuthConfiguration
package import Core
package import Model
import Terminal

/// Answers an AWS SDK's `credential_process`.
package struct CredentialProcessRequest {
  /// Creates a request.
  package init() {}

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let record = try await context.requiredIdentity(mayChoose: false)
    let credential = try await context.session(of: record)
    guard let keys = credential.aws else {
      throw AuthError(.usage, "identity `\(record.name)` gives no AWS credentials")
        .hint("kind `\(record.kind)` leaves the shell's own credentials as they are")
    }
    try context.emit(Self.json(keys, expiresAt: credential.expiresAt))
    return 0
  }

  /// The document that AWS SDKs read, `Version` 1
  /// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
  package static func json(_ keys: AWSKeys, expiresAt: Instant?) -> String {
    var members = [
      ("Version", "1"),
      ("AccessKeyId", JSONText.string(keys.accessKeyID)),
      ("SecretAccessKey", JSONText.string(keys.secretAccessKey.revealed())),
    ]
    if let token = keys.sessionToken {
      members.append(("SessionToken", JSONText.string(token.revealed())))
    }
    if let expiresAt {
      members.append(("Expiration", JSONText.string(Timestamp.rfc3339(expiresAt))))
    }
    return JSONText.object(members) + "\n"
  }
}
