import Application
import ArgumentParser
import Core

/// `atmos-auth ecr-login`: logs Docker and tools like it in to registries of ECR.
struct ECRLogin: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecr-login",
    abstract: "Log Docker in to container registries.",
    usage: "atmos-auth ecr-login [<integration> ...] [<options>]",
    discussion: """
      Without a name, sets up all registries of the identity's integrations. Docker then asks this program \
      for a password at each pull; nothing is stored in its file, unless the integration says \
      `spec.store: docker`.

        $ atmos-auth ecr-login
        $ atmos-auth ecr-login images -i dev
        $ atmos-auth ecr-login --registry 123456789012.dkr.ecr.eu-west-1.amazonaws.com
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: ArgumentHelp("Integrations to set up.", valueName: "integration"))
  var names: [String] = []

  @Option(
    name: [.long, .customShort("r")],
    help: ArgumentHelp("Registry that no integration names.", valueName: "host"))
  var registry: [String] = []

  @Flag(name: .customLong("public"), help: "Log in to ECR Public.")
  var isPublic = false

  func validate() throws {
    guard names.isEmpty || registry.isEmpty && !isPublic else {
      throw ValidationError("give integrations, or registries with `--registry` and `--public`")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await RegistryLoginRequest(
      names: names,
      hosts: ConfigurationFlags.list(registry) + (isPublic ? ["public.ecr.aws"] : [])
    ).run(context)
  }
}
