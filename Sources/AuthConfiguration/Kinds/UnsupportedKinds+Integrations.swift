internal import Model

extension UnsupportedKinds {
  private static let kubeconfig: [Field] = [
    Field("spec.cluster.alias", .text, "Name of the context."),
    Field("spec.cluster.kubeconfig.path", .text, "The kubeconfig to write to."),
    Field("spec.cluster.kubeconfig.mode", .text, "Its permissions; default `0600`."),
    Field(
      "spec.cluster.kubeconfig.update", .oneOf(["merge", "replace", "error"]),
      "What becomes of what is there; default `merge`."),
  ]

  static let integrations: [Kind] = [
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
      ] + kubeconfig, via: .required),
    Kind(
      "azure/acr", .integration, summary: "A Docker login to a registry of ACR.",
      fields: [
        Field("spec.registry.name", .text, required: true, "The registry's name."),
        Field("spec.registry.tenant_id", .text, "Accepted, read by nobody."),
      ], via: .required),
    Kind(
      "azure/aks", .integration, summary: "A kubeconfig for a cluster of AKS.",
      fields: [
        Field("spec.cluster.name", .text, required: true, "The cluster's name."),
        Field("spec.cluster.resource_group", .text, required: true, "Its resource group."),
        Field("spec.cluster.subscription_id", .text, "Its subscription; default: the identity's."),
      ] + kubeconfig, via: .required),
    Kind(
      "gcp/gke", .integration, summary: "A kubeconfig for a cluster of GKE.",
      fields: [
        Field("spec.cluster.name", .text, required: true, "The cluster's name."),
        Field("spec.cluster.project_id", .text, required: true, "Its project."),
        Field("spec.cluster.location", .text, required: true, "Its region or zone."),
      ] + kubeconfig, via: .required),
    Kind(
      "github/sts", .integration, summary: "Git access to repositories, through Atmos Pro.",
      fields: [
        Field("spec.repos", .texts, "The repositories."),
        Field("spec.policy_name", .text, "The policy; default `default`."),
        Field("spec.git_config_mode", .oneOf(["env", "file"]), "How git is told; default `env`."),
        Field("spec.revoke_on_exit", .bool, "Whether tokens end with the job."),
        Field("spec.token_env", .text, "Variable for the token."),
      ], via: .required),
  ]
}
