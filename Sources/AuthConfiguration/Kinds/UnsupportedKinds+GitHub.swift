internal import Model

extension UnsupportedKinds {
  /// GitHub Actions and Atmos Pro, which builds on them.
  static let github: [Kind] = [
    Kind(
      "github/oidc", .provider, summary: "The token that GitHub Actions gives to a job.",
      fields: [
        Field("spec.audience", .text, required: true, "Audience of the token."),
        Field("region", .text, "Region for the rest of the chain."),
      ], via: .forbidden, isRemembered: false),
    Kind(
      "atmos/pro", .provider, summary: "A session of Atmos Pro.",
      fields: [
        Field("spec.workspace_id", .text, "Workspace; default: ATMOS_PRO_WORKSPACE_ID."),
        Field("spec.base_url", .url, "Address; default https://atmos-pro.com."),
        Field("spec.endpoint", .text, "Path below it; default api/v1."),
        Field("spec.audience", .text, "Audience; default atmos-pro.com."),
      ], via: .forbidden),
    Kind(
      "atmos/pro", .identity, summary: "A session of Atmos Pro, for integrations.",
      via: .providerRequired),
  ]
}
