import Core
import Model

/// The identity tokens that a pod of Kubernetes finds in files.
///
/// What an admission controller put there for a cloud comes first. The token that every pod has is
/// for its own cluster: whoever gets it can act there as the pod's service account. So it is sent
/// to a cloud only if the configuration says that it is meant to be.
struct PodTokens {
  /// Whom the token is for, for errors: ``provider `ci` ``.
  let subject: String
  /// The audience that was asked for, if one was.
  let audience: String?
  /// Everything outside the process.
  let effects: Effects
  /// Where the cluster mounts the files.
  var secrets = "/var/run/secrets"

  // https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html
  // https://learn.microsoft.com/azure/aks/workload-identity-overview
  private static let variables = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AZURE_FEDERATED_TOKEN_FILE"]
  private static let ofEKS = "eks.amazonaws.com/serviceaccount/token"
  // https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/
  private static let ofCluster = "kubernetes.io/serviceaccount/token"

  /// The places in their order, for people.
  static let names = variables + ["/var/run/secrets/" + ofEKS, "/var/run/secrets/" + ofCluster]

  /// The first token that is for the audience, or without one the first that is not for the cluster.
  ///
  /// - Returns: The token.
  /// - Throws: ``AuthError`` with code `refused` if there is none.
  func token() throws(AuthError) -> IdentityToken {
    var paths = Self.variables.compactMap { name in
      effects.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    paths.append("\(secrets)/\(Self.ofEKS)")
    if audience != nil { paths.append("\(secrets)/\(Self.ofCluster)") }
    var others: [String] = []
    for path in paths {
      guard let bytes = try FileSystem.readFile(path, limit: TokenCall.fileLimit) else { continue }
      let shown = DisplayText.sanitized(path)
      let token = try TokenCall(subject: subject, service: shown, effects: effects)
        .token(Secret(bytes))
      guard let audience, let claims = token.claims, !claims.audiences.contains(audience) else {
        return token
      }
      others.append("\(shown) says: \(claims.line)")
    }
    throw others.isEmpty ? missing(paths) : forOthers(others)
  }

  private func missing(_ paths: [String]) -> AuthError {
    AuthError(
      .refused,
      "\(subject): there is no token file "
        + paths.map { DisplayText.sanitized($0) }.joined(separator: " or "),
      hints: [
        "give the pod's service account a role, or mount a token for the cloud and name its file in "
          + "`spec.token_file`"
      ]
        + (audience == nil
          ? ["the pod's token for its own cluster is used only if `spec.audience` is its audience"]
          : []))
  }

  private func forOthers(_ lines: [String]) -> AuthError {
    AuthError(
      .refused, "\(subject): no token of this pod is for audience `\(audience ?? "")`",
      hints: lines + [
        "mount a `serviceAccountToken` with that audience, and name its file in `spec.token_file`"
      ])
  }
}
