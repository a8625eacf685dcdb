import Application
import ArgumentParser
import Core

/// `atmos-auth`: the list of commands, grouped by what a person wants.
struct AtmosAuth: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atmos-auth",
    abstract: "Cloud identity for the shell.",
    discussion: """
      Add the hook to your shell's start-up file:

        eval "$(atmos-auth hook bash)"      # in ~/.bashrc
        eval "$(atmos-auth hook zsh)"       # in ~/.zshrc
        atmos-auth hook fish | source       # in ~/.config/fish/config.fish

      Then trust the `.atmos-identity` of a directory:

        $ atmos-auth allow                  # once; shows what it grants
        $ aws sts get-caller-identity

      Identities are defined in the `auth:` section of atmos.yaml.
      """,
    version: Version.current,
    groupedSubcommands: [
      CommandGroup(
        name: "Identities",
        subcommands: [Login.self, Logout.self, Whoami.self, List.self, Why.self]),
      CommandGroup(
        name: "Running programs",
        subcommands: [
          Exec.self, Shell.self, ReplCommandLine.self, Env.self, Console.self, Assume.self,
        ]),
      CommandGroup(
        name: "Registries and clusters", subcommands: [ECRLogin.self, EKSKubeconfig.self]),
      CommandGroup(
        name: "This shell",
        subcommands: [Use.self, Status.self, Hook.self, Wrap.self, Shims.self, Completion.self]),
      CommandGroup(
        name: "Trust and audit",
        subcommands: [Allow.self, Deny.self, Revoke.self, Prune.self, AuditCommand.self]),
      CommandGroup(
        name: "Configuration",
        subcommands: [
          Validate.self, Stacks.self, User.self, MFA.self, KeyringCommand.self, AWSConfig.self,
          Import.self,
        ]),
      CommandGroup(
        name: "For other programs",
        subcommands: [
          CredentialProcess.self, EKSToken.self, TerragruntAuth.self, Complete.self,
          Revalidate.self,
        ]),
    ])

  /// The names that a person can type after `atmos-auth`.
  static var commandNames: [String] {
    (configuration.groupedSubcommands.flatMap(\.subcommands) + configuration.ungroupedSubcommands)
      .filter { $0.configuration.shouldDisplay }
      .map { $0.configuration.commandName ?? $0._commandName }
  }
}
