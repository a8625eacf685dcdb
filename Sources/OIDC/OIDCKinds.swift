public import Model

/// Providers of identity tokens, and Atmos Pro, which builds on GitHub's: this release checks and lists
/// Atmos Pro, but cannot log in with it yet.
public enum OIDCKinds {
  /// All of them, for the registry.
  public static let all: [Kind] = [.gitHubOIDC, .webOIDC] + proKinds + integrations

  private static let proKinds: [Kind] = [
    Kind(
      "atmos/pro", .provider, summary: "A session of Atmos Pro.",
      fields: [
        Field("spec.workspace_id", .text, "Workspace; default: ATMOS_PRO_WORKSPACE_ID."),
        Field("spec.base_url", .url, "Address; default https://atmos-pro.com."),
        Field("spec.endpoint", .text, "Path at that address; default `api/v1`."),
        Field("spec.audience", .text, "Audience; default atmos-pro.com."),
      ], via: .forbidden),
    Kind(
      "atmos/pro", .identity, summary: "A session of Atmos Pro, for integrations.",
      via: .providerRequired),
  ]

  private static let integrations: [Kind] = [
    Kind(
      "github/sts", .integration, summary: "Git access to repositories, through Atmos Pro.",
      fields: [
        Field("spec.repos", .texts, "The repositories."),
        Field("spec.policy_name", .text, "The policy; default `default`."),
        Field(
          "spec.git_config_mode", .oneOf(["env", "file"]), "How git is configured; default `env`."),
        Field("spec.revoke_on_exit", .bool, "Whether tokens end with the job."),
        Field("spec.token_env", .text, "Variable for the token."),
      ], via: .required)
  ]
}
