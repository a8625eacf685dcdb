internal import Core
internal import Model

extension AWSKeys {
  /// The keys as variables.
  ///
  /// They beat any profile, so the profile has to go.
  var variables: [VariableChange] {
    var changes: [VariableChange] = [
      .unset("AWS_PROFILE"), .keep("AWS_CONFIG_FILE"), .keep("AWS_SDK_LOAD_CONFIG"),
      .set("AWS_ACCESS_KEY_ID", to: accessKeyID),
      .set("AWS_SECRET_ACCESS_KEY", to: secretAccessKey.revealed()),
    ]
    if let sessionToken { changes.append(.set("AWS_SESSION_TOKEN", to: sessionToken.revealed())) }
    return changes
  }

  /// The document that AWS SDKs read from a `credential_process`, `Version` 1
  /// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
  func processAnswer(expiresAt: Instant?) -> Secret {
    var members = [
      ("Version", "1"),
      ("AccessKeyId", JSONText.string(accessKeyID)),
      ("SecretAccessKey", JSONText.string(secretAccessKey.revealed())),
    ]
    if let sessionToken {
      members.append(("SessionToken", JSONText.string(sessionToken.revealed())))
    }
    if let expiresAt {
      members.append(("Expiration", JSONText.string(Timestamp.rfc3339(expiresAt))))
    }
    return Secret(JSONText.object(members))
  }
}
