public import Model

/// The kinds of Azure, which this release checks and lists, but cannot log in with yet.
public enum AzureKinds {
  private static let common: [Field] = [
    Field("spec.tenant_id", .text, required: true, "The Entra ID tenant."),
    Field("spec.subscription_id", .text, "The subscription, unless an identity says."),
    Field("spec.location", .text, "Location that tools use."),
    Field(
      "spec.cloud_environment", .oneOf(["public", "usgovernment", "china"]),
      "Which of the clouds; default `public`."),
  ]
  private static let client = Field(
    "spec.client_id", .text, "Application that asks; default: the Azure CLI's.")

  /// All of them, for the registry.
  public static let all: [Kind] = logins + integrations

  private static let logins: [Kind] = [
    Kind(
      "azure/cli", .provider, summary: "Whoever is logged in to the Azure CLI.",
      fields: common, via: .forbidden, isRemembered: false),
    Kind(
      "azure/device-code", .provider, summary: "A login in a browser, here or elsewhere.",
      fields: common + [client], via: .forbidden),
    Kind(
      "azure/interactive", .provider, summary: "A login in a browser on this machine.",
      fields: common + [client], via: .forbidden),
    Kind(
      "azure/oidc", .provider, summary: "A workload that Entra ID trusts by its OIDC token.",
      fields: common + [
        Field("spec.client_id", .text, required: true, "The application's id."),
        Field("spec.audience", .text, "Audience; default `api://AzureADTokenExchange`."),
        Field("spec.token_file_path", .text, "File with the token."),
      ], via: .forbidden, isRemembered: false),
    Kind(
      "azure/subscription", .identity, summary: "A subscription.",
      fields: [
        Field("principal.subscription_id", .text, required: true, "The subscription's id."),
        Field("principal.resource_group", .text, "Resource group that tools use."),
        Field("principal.location", .text, "Location that tools use."),
      ], via: .providerRequired),
  ]

  private static let integrations: [Kind] = [
    Kind(
      "azure/acr", .integration, summary: "A Docker login to a registry of ACR.",
      fields: [
        Field("spec.registry.name", .text, required: true, "The registry's name."),
        Field("spec.registry.tenant_id", .text, "Accepted but not used."),
      ], via: .required),
    Kind(
      "azure/aks", .integration, summary: "A kubeconfig for a cluster of AKS.",
      fields: [
        Field("spec.cluster.name", .text, required: true, "The cluster's name."),
        Field("spec.cluster.resource_group", .text, required: true, "Its resource group."),
        Field("spec.cluster.subscription_id", .text, "Its subscription; default: the identity's."),
      ] + Field.kubeconfig, via: .required),
  ]
}
