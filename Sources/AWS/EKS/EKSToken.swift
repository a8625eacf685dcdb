public import Core
public import Model

/// The token that a cluster of EKS takes: a signed question to STS who its bearer is.
///
/// Source: aws-iam-authenticator, `pkg/token`; vectors from botocore.
public enum EKSToken {
  /// EKS takes a token for 15 minutes after its signature; one less, for clocks that differ.
  private static let lifetime: Int64 = 14 * 60

  /// Makes a token; nothing is sent.
  ///
  /// - Parameters:
  ///   - cluster: The cluster's name.
  ///   - region: Its region, whose STS the token is a question to.
  ///   - credential: Whom the cluster is to take its bearer for.
  ///   - effects: Everything outside the process.
  /// - Returns: The token. It ends with the credential at the latest.
  /// - Throws: ``AuthError`` with code `badConfiguration` if the credential is not of AWS, or the
  ///   region cannot be one.
  public static func make(
    cluster: String, region: String, credential: Credential, effects: Effects
  ) throws(AuthError) -> ClusterToken {
    guard let keys = credential.aws else {
      throw AuthError(.badConfiguration, "there is no AWS credential for cluster `\(cluster)`")
    }
    // Tokens of the global STS are not taken everywhere.
    var effects = effects
    effects.environment["AWS_STS_REGIONAL_ENDPOINTS"] = "regional"
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: region, configured: nil, effects: effects)
    let signer = SigV4Signer(keys: keys, region: endpoint.signingRegion, service: "sts")
    let now = effects.now()
    guard
      let url = signer.presigned(
        endpoint.url + "?Action=GetCallerIdentity&Version=2011-06-15",
        headers: [(name: "x-k8s-aws-id", value: cluster)], for: 60, at: now)
    else {
      throw AuthError(.badConfiguration, "the endpoint address `\(endpoint.url)` cannot be used")
    }
    let text = String(decoding: Base64.encode(url.utf8, .url), as: UTF8.self)
    let end = now.advanced(bySeconds: lifetime)
    return ClusterToken(
      token: Secret("k8s-aws-v1.\(text)"), expiresAt: min(end, credential.expiresAt ?? end))
  }
}
