import Application
import ArgumentParser
import Core

/// `atmos-auth eks-kubeconfig`: writes clusters into kubeconfigs.
struct EKSKubeconfig: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "eks-kubeconfig",
    abstract: "Write EKS clusters into kubeconfigs.",
    usage: "atmos-auth eks-kubeconfig [<integration> ...] [<options>]",
    discussion: """
      Without a name, writes all clusters of the identity's integrations. Everything else in a kubeconfig \
      stays as it is, comments too.

        $ atmos-auth eks-kubeconfig
        $ atmos-auth eks-kubeconfig main -i dev
        $ atmos-auth eks-kubeconfig --name main --region eu-west-1 -i dev
        $ kubectl get pods
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: ArgumentHelp("Integrations to set up.", valueName: "integration"))
  var names: [String] = []

  @Option(help: .hidden)
  var integration: String?

  @Option(help: ArgumentHelp("Cluster that no integration names.", valueName: "cluster"))
  var name: String?

  @Option(help: ArgumentHelp("Region of that cluster.", valueName: "region"))
  var region: String?

  @Option(help: ArgumentHelp("Name of its context.", valueName: "context"))
  var alias: String?

  @Option(
    help: ArgumentHelp("Kubeconfig that it is written into.", valueName: "file"),
    completion: .file())
  var kubeconfig: String?

  @Flag(help: "Show the entries instead of writing them.")
  var dryRun = false

  func validate() throws {
    guard name == nil || names.isEmpty && integration == nil else {
      throw ValidationError("give integrations, or a cluster with `--name` and `--region`")
    }
    guard (name == nil) == (region == nil) else {
      throw ValidationError("`--name` and `--region` go together")
    }
    guard name != nil || alias == nil && kubeconfig == nil else {
      throw ValidationError(
        "`--alias` and `--kubeconfig` are for `--name`; an integration has its own")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    var request = ClusterLoginRequest(
      names: names + (integration.map { [$0] } ?? []), isDryRun: dryRun)
    if let name, let region {
      request.cluster = ClusterLoginRequest.Named(
        name: name, region: region, alias: alias, kubeconfig: kubeconfig)
    }
    return try await request.run(context)
  }
}
