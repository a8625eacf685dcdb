import Model

extension Kind {
  /// Registries and clusters of AWS, which this release checks and lists, but cannot set up yet.
  static let awsIntegrations: [Kind] = [
    Kind(
      "aws/ecr", .integration, summary: "A Docker login to a registry of ECR.",
      fields: [
        Field("spec.registry.account_id", .accountID, required: true, "The registry's account."),
        Field("spec.registry.region", .region, required: true, "The registry's region."),
      ], via: .required),
    Kind(
      "aws/ecr-public", .integration, summary: "A Docker login to ECR Public.",
      fields: [
        Field(
          "spec.registry.region", .oneOf(["us-east-1", "us-west-2"]), "One of its two regions.")
      ], via: .required),
    Kind(
      "aws/eks", .integration, summary: "A kubeconfig for a cluster of EKS.",
      fields: [
        Field("spec.cluster.name", .text, required: true, "The cluster's name."),
        Field("spec.cluster.region", .region, required: true, "The cluster's region."),
      ] + Field.kubeconfig, via: .required),
  ]
}
