import Core
import Model

extension Kind {
  /// `aws/eks`: a kubeconfig entry for a cluster of EKS.
  static let eks = Kind(
    "aws/eks", .integration, summary: "A kubeconfig for a cluster of EKS.",
    fields: [
      Field("spec.cluster.name", .text, required: true, "The cluster's name."),
      Field("spec.cluster.region", .region, required: true, "The cluster's region."),
    ] + Field.kubeconfig, via: .required,
    check: { $0.kubeconfigFaults },
    makeIntegration: { definition throws(AuthError) in try EKSAccess(definition) })
}

/// Access to a cluster of EKS.
struct EKSAccess: ClusterAccess {
  /// The integration; `nil` for a cluster that was named by hand.
  private let name: String?
  private let clusterName: String
  private let region: String

  let kubeconfig: KubeconfigPlace

  init(_ definition: Definition) throws(AuthError) {
    guard let cluster = definition.text("spec", "cluster", "name"),
      let region = definition.text("spec", "cluster", "region")
    else {
      throw definition.broken("`spec.cluster.name` and `spec.cluster.region` are both needed")
    }
    name = definition.name
    clusterName = cluster
    self.region = region
    kubeconfig = try definition.kubeconfigPlace()
  }

  init(_ name: String, region: String, _ place: KubeconfigPlace) {
    self.name = nil
    clusterName = name
    self.region = region
    kubeconfig = place
  }

  var repeatCommand: [String]? {
    let place = ["--name", clusterName, "--region", region]
    return ["eks-kubeconfig"] + (name.map { [$0] } ?? place)
  }

  var environment: [VariableChange] { kubeconfig.environment }

  var tokenCommand: [String] { ["eks-token", "--cluster", clusterName, "--region", region] }

  func userName(of cluster: Cluster) -> String {
    // The cluster is called by its ARN.
    let parts = cluster.name.split(separator: ":", omittingEmptySubsequences: false)
    let account = parts.count > 4 && !parts[4].isEmpty ? "-\(parts[4])" : ""
    return "atmos-eks-\(clusterName)-\(region)\(account)"
  }

  func cluster(_ request: IntegrationRequest) async throws(AuthError) -> Cluster {
    guard let keys = request.credential.aws else {
      throw AuthError(
        .badConfiguration,
        "cluster `\(clusterName)`: `\(request.identity)` gives no AWS credential",
        hints: [
          name.map { "point `via.identity` of `\($0)` at an AWS identity" }
            ?? "name an AWS identity with `-i`"
        ])
    }
    let effects = request.effects
    let endpoint = try ServiceEndpoint.resolve(
      .eks, region: region, configured: nil, effects: effects)
    let client = JSONClient(endpoint, signingName: "eks", keys: keys, effects: effects)
    let answer: Answer
    do {
      answer = try await client.get(
        "clusters/\(PercentEncoding.encode(clusterName))", operation: "DescribeCluster")
    } catch {
      throw report(request, endpoint, error)
    }
    guard let server = answer.cluster.endpoint, answer.cluster.status == "ACTIVE" else {
      let status = DisplayText.sanitized(answer.cluster.status ?? "without a status", limit: 40)
      throw AuthError(
        .unavailable, "cluster `\(clusterName)` in \(region) cannot be used: it is \(status)")
    }
    return Cluster(
      name: answer.cluster.arn, server: server,
      authority: answer.cluster.certificateAuthority?.data)
  }

  private func report(
    _ request: IntegrationRequest, _ endpoint: ServiceEndpoint, _ failure: CallFailure
  ) -> AuthError {
    var error = CallReport(
      action: "DescribeCluster", identity: request.identity, service: .eks, endpoint: endpoint,
      caller: request.credential.caller,
      deniedHints: { caller in
        ["\(caller) needs `eks:DescribeCluster` on cluster `\(clusterName)`"]
      }
    ).error(for: failure, request.effects)
    if case .refused(let refusal) = failure, refusal.code == "ResourceNotFoundException" {
      error.hints = [
        "account \(request.credential.account ?? "?") has no cluster `\(clusterName)` in \(region)"
      ]
    }
    return error
  }

  private struct Answer: Decodable {
    struct Description: Decodable {
      struct Authority: Decodable { var data: String? }

      var arn: String
      var endpoint: String?
      var status: String?
      var certificateAuthority: Authority?
    }

    var cluster: Description
  }
}
