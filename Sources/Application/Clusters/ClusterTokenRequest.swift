import AWS
import AuthConfiguration
package import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `eks-token` does, apart from the command line: answers kubectl.
///
/// Source: https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
package struct ClusterTokenRequest {
  /// The cluster's name.
  package var cluster: String
  /// Its region.
  package var region: String
  /// The fingerprint that the identity had when the entry was written; it must have no other.
  package var bound: String?

  /// Creates it from its parts.
  package init(cluster: String, region: String, bound: String? = nil) {
    self.cluster = cluster
    self.region = region
    self.bound = bound
  }

  private static let limit: Int64 = 45
  private static let group = "client.authentication.k8s.io"

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let wish = Wish(context.surroundings.environment["KUBERNETES_EXEC_INFO"])
    var context = context
    context.deadline = context.now.advanced(bySeconds: Self.limit)
    context.mayAskForTrust = false
    // Whoever runs kubectl in a script or an editor would wait for a window that nobody sees.
    context.mayAskPerson = wish.isInteractive
    var who = try await context.requiredIdentity(mayChoose: false)
    who.bound = bound
    let credential = try await context.session(of: who)
    let token = try EKSToken.make(
      cluster: cluster, region: region, credential: credential,
      effects: try context.effects(in: who.configuration, needsKeyring: false))
    try await context.writeDown(
      HandOut(.eksToken, .token, of: who.record, credential), in: who.configuration)
    let status = JSONText.object([
      ("expirationTimestamp", JSONText.string(Timestamp.rfc3339(token.expiresAt))),
      ("token", JSONText.string(token.token.revealed())),
    ])
    try context.emit(
      JSONText.object([
        ("kind", JSONText.string("ExecCredential")),
        ("apiVersion", JSONText.string("\(Self.group)/\(wish.version)")),
        ("spec", "{}"), ("status", status),
      ]) + "\n")
    return 0
  }

  /// What kubectl says of the answer that it wants.
  struct Wish: Equatable {
    /// `v1` or `v1beta1`.
    var version = "v1beta1"
    /// Whether a person may be asked.
    var isInteractive = false

    /// Reads `KUBERNETES_EXEC_INFO`; what cannot be read says nothing.
    init(_ text: String?) {
      guard let text, let info = try? JSONDecoder().decode(Info.self, from: Data(text.utf8)) else {
        return
      }
      if info.apiVersion == "\(ClusterTokenRequest.group)/v1" { version = "v1" }
      isInteractive = info.spec?.interactive ?? false
    }

    private struct Info: Decodable {
      struct Spec: Decodable { var interactive: Bool? }

      var apiVersion: String?
      var spec: Spec?
    }
  }
}
