import Model

/// A platform whose jobs and workloads find their identity token at a place that is always the same.
enum TokenPreset: String, CaseIterable {
  case azureDevOps = "azure-devops"
  case bitbucket
  case buildkite
  case circleCI = "circleci"
  case gitLab = "gitlab"
  case kubernetes
  case spacelift
  case terraformCloud = "terraform-cloud"

  static let names = allCases.map(\.rawValue)

  /// Where the platform documents that the token is.
  func origin(_ definition: Definition) -> TokenOrigin {
    switch self {
    // https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken
    case .azureDevOps: .azurePipelines(connection: definition.text("spec", "service_connection"))
    // https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
    case .bitbucket: .variables(["BITBUCKET_STEP_OIDC_TOKEN"])
    // https://buildkite.com/docs/agent/v3/cli-oidc
    case .buildkite:
      .command(
        ["buildkite-agent", "oidc", "request-token"]
          + (definition.text("spec", "audience").map { ["--audience", $0] } ?? []))
    // https://circleci.com/docs/openid-connect-tokens/
    case .circleCI: .variables(["CIRCLE_OIDC_TOKEN_V2", "CIRCLE_OIDC_TOKEN"])
    // The name that GitLab's own examples give to the entry of `id_tokens`.
    // https://docs.gitlab.com/ci/cloud_services/aws/
    case .gitLab: .variables(["GITLAB_OIDC_TOKEN"])
    case .kubernetes: .pod
    // https://docs.spacelift.io/integrations/cloud-providers/oidc
    case .spacelift: .variables(["SPACELIFT_OIDC_TOKEN"])
    // https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/manual-generation
    case .terraformCloud: .variables(["TFC_WORKLOAD_IDENTITY_TOKEN"])
    }
  }
}
