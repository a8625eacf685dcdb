internal import Core
public import Model

/// The kinds of Google Cloud, which this release checks and lists, but cannot log in with yet.
public enum GCPKinds {
  /// All of them, for the registry.
  public static let all: [Kind] = logins + integrations

  private static let logins: [Kind] = [
    Kind(
      "gcp/adc", .provider, summary: "Google's application default credentials.",
      fields: [
        Field("spec.project_id", .text, "The project."),
        Field("spec.region", .text, "Region that tools use."),
        Field("spec.scopes", .texts, "Scopes; default: the whole cloud platform."),
      ], via: .forbidden, isRemembered: false, check: { $0.requireSpec() + $0.refusePathNames() }),
    Kind(
      "gcp/workload-identity-federation", .provider,
      summary: "A workload that Google trusts by its OIDC token.",
      fields: [
        Field("spec.project_number", .text, required: true, "Number of the pool's project."),
        Field("spec.workload_identity_pool_id", .text, "The pool."),
        Field("spec.workload_identity_pool", .text, "The older spelling of it."),
        Field("spec.workload_identity_provider_id", .text, "The provider in the pool."),
        Field("spec.workload_identity_provider", .text, "The older spelling of it."),
        Field("spec.project_id", .text, "The project that tools use."),
        Field("spec.region", .text, "Region that tools use."),
        Field("spec.service_account_email", .text, "Service account to act as."),
        Field("spec.scopes", .texts, "Scopes; default: the whole cloud platform."),
        Field(
          "spec.token_source.type", .oneOf(["environment", "file", "url"]),
          "Where the token is; default: what GitHub Actions offers."),
        Field("spec.token_source.environment_variable", .text, "Variable with the token."),
        Field("spec.token_source.file_path", .text, "File with the token."),
        Field("spec.token_source.url", .url, "Address that gives the token."),
        Field(
          "spec.token_source.request_token", .text, secret: true,
          "Token that the address requires."),
        Field("spec.token_source.audience", .text, "Audience to ask for."),
        Field("spec.token_source.allowed_hosts", .texts, "Hosts that may be asked."),
      ], via: .forbidden, isRemembered: false,
      check: { definition in
        definition.requireOne(
          of: ["spec.workload_identity_pool_id", "spec.workload_identity_pool"])
          + definition.requireOne(
            of: ["spec.workload_identity_provider_id", "spec.workload_identity_provider"])
          + definition.refusePathNames()
      }),
    Kind(
      "gcp/service-account", .identity, summary: "A service account to act as.",
      fields: [
        Field(
          "principal.service_account_email", .text, required: true, "E-mail of the account."),
        Field("principal.delegates", .texts, "Accounts in between."),
        Field("principal.scopes", .texts, "Scopes; default: the whole cloud platform."),
        Field("principal.lifetime", .duration, "Length of the session; default 1 hour."),
        Field("principal.project_id", .text, "The project; default: the e-mail's."),
      ], via: .required,
      check: { definition in
        definition.checkServiceAccount() + definition.refusePathNames()
      }),
    Kind(
      "gcp/project", .identity, summary: "A project that tools use.",
      fields: [
        Field("principal.project_id", .text, required: true, "The project."),
        Field("principal.region", .text, "Region that tools use."),
        Field("principal.zone", .text, "Zone that tools use."),
        Field("principal.location", .text, "The older spelling of `zone`."),
      ], check: { $0.refusePathNames() }),
  ]

  private static let integrations: [Kind] = [
    Kind(
      "gcp/gke", .integration, summary: "A kubeconfig for a cluster of GKE.",
      fields: [
        Field("spec.cluster.name", .text, required: true, "The cluster's name."),
        Field("spec.cluster.project_id", .text, required: true, "Its project."),
        Field("spec.cluster.location", .text, required: true, "Its region or zone."),
      ] + Field.kubeconfig, via: .required)
  ]
}

extension Definition {
  /// atmos wants `spec:` here even if there is nothing to say in it.
  fileprivate func requireSpec() -> [Diagnostic] {
    if node["spec"] != nil { return [] }
    return [
      Diagnostic(
        .error, "\(section.rawValue) `\(name)`: `spec` is missing", mark: mark,
        suggestion: "add `spec: {}`", code: "missing-field")
    ]
  }

  /// Names of these kinds become parts of paths.
  fileprivate func refusePathNames() -> [Diagnostic] {
    guard name.contains("/") || name.contains("\\") else { return [] }
    return [
      Diagnostic(
        .error, "\(section.rawValue) `\(name)`: names of kind `\(kind)` have no `/` and no `\\`",
        mark: mark, suggestion: "write `-` in its place", code: "bad-name")
    ]
  }

  fileprivate func checkServiceAccount() -> [Diagnostic] {
    guard let node = node["principal", "service_account_email"], let text = node.text?.trimmed,
      !text.isEmpty, !text.hasSuffix(".iam.gserviceaccount.com") || !text.contains("@")
    else { return [] }
    return [
      Diagnostic(
        .error,
        "identity `\(name)`: `principal.service_account_email` is not the e-mail address of a service account",
        mark: node.mark, suggestion: "it looks like `NAME@PROJECT.iam.gserviceaccount.com`")
    ]
  }
}
