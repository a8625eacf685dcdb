import Application
import ArgumentParser
import Core

/// `atmos-auth eks-token`: a token for kubectl, which runs this.
struct EKSToken: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "eks-token",
    abstract: "Print a token for kubectl and an EKS cluster.",
    usage: "atmos-auth eks-token --cluster <name> --region <region> [<options>]",
    discussion: """
      Standard output is an ExecCredential of the version that kubectl asks for, and nothing else. \
      `eks-kubeconfig` writes the entry that runs this command.

        $ atmos-auth eks-token --cluster main --region eu-west-1 -i dev
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("Name of the cluster.", valueName: "name"))
  var cluster: String?

  @Option(help: .hidden)
  var clusterName: String?

  @Option(help: ArgumentHelp("Region of the cluster.", valueName: "region"))
  var region: String

  @Option(help: .hidden)
  var bound: String?

  func validate() throws {
    guard (cluster ?? clusterName) != nil else {
      throw ValidationError("Missing expected argument '--cluster <name>'")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let cluster = cluster ?? clusterName ?? ""
    return try await ClusterTokenRequest(cluster: cluster, region: region, bound: bound).run(
      context)
  }
}
