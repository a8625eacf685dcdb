// swift-format-ignore-file
// Made by scripts/make-completion-table from what the option parser says; not to be edited.

extension CompletionTable {
  static let configuration: [Option] = [
    Option(["--identity", "-i"], .name(.identity), "the identity to act as"),
    Option(["--base-path"], .directory, "the base path of the project"),
    Option(["--config"], .file, "a configuration file, in place of those found"),
    Option(["--config-path"], .directory, "a directory with configuration, in place of those found"),
    Option(["--profile"], .list(.profile), "a configuration profile to apply"),
  ]

  static let process: [Option] = [
    Option(["--chdir", "-C"], .directory, "work as if started in this directory"),
    Option(["--no-color"], "write no colours"),
    Option(["--logs-level"], .words(["Trace", "Debug", "Info", "Warning", "Error", "Off"]), "how much to tell about what is done"),
    Option(["--logs-file"], .file, "where to tell it"),
    Option(["--help", "-h"], "show help information"),
  ]

  static let help: [Option] = [
    Option(["--help", "-h"], "show help information"),
  ]

  static let program: [Option] = [
    Option(["--version"], "show the version"),
  ]

  static let commands: [Command] = [
    Command("login", "log in and remember the session", [
      Option(["--no-browser"], "open no browser"),
      Option(["--qr"], "also show the address as a QR code, for a phone"),
      Option(["--mfa-code-stdin"], "read an MFA code, in case one is needed, from standard input"),
      Option(["--provider", "-p"], .name(.provider), "log in to a provider only"),
      Option(["--tags"], .list(.identityTag), "log in as the identity that has one of these tags"),
    ], shared: global, argument: .name(.identity)),
    Command("logout", "forget sessions", [
      Option(["--provider", "-p"], .name(.provider), "forget a provider and all identities that start at it"),
      Option(["--tags"], .list(.providerTag), "forget the providers that have one of these tags"),
      Option(["--all"], "forget every identity and provider of this configuration"),
      Option(["--all-realms"], "forget every session of every realm on this machine"),
      Option(["--keychain"], "also delete long-lived keys from the keyring"),
      Option(["--dry-run"], "show what would be removed, and remove nothing"),
      Option(["--force"], "do not ask before deleting from the keyring"),
    ], shared: global, argument: .name(.identity)),
    Command("whoami", "show the identity in use and how long it lasts", [
      Option(["--output", "--format", "-o"], .words(["text", "json"]), "the form of the output"),
      Option(["--verify"], "ask STS as well"),
    ], shared: global),
    Command("list", "list providers and identities with their sessions", [
      Option(["--format", "-f"], .words(["tree", "table", "json", "yaml", "graphviz", "mermaid", "markdown"]), "the form of the output"),
      Option(["--providers"], .list(.provider), "only providers, or only these"),
      Option(["--identities"], .list(.identity), "only identities, or only these"),
      Option(["--tags"], .list(.tag), "only what has one of these tags"),
    ], shared: global),
    Command("why", "tell what using an identity would do, without doing it", shared: global, argument: .name(.identity)),
    Command("exec", "run a program with credentials that renew themselves", [
      Option(["--static"], "also hand over the keys themselves, for programs that know nothing else"),
      Option(["--min-validity"], .text, "refuse to start with less time left than this (such as 45m), renewing first if that helps"),
      Option(["--mfa-code-stdin"], "read an MFA code, in case one is needed, from standard input"),
    ], shared: global, argument: .name(.program)),
    Command("shell", "start a shell that acts as an identity", [
      Option(["--static"], "also hand over the keys themselves, for programs that know nothing else"),
      Option(["--min-validity"], .text, "refuse to start with less time left than this (such as 45m), renewing first if that helps"),
      Option(["--mfa-code-stdin"], "read an MFA code, in case one is needed, from standard input"),
      Option(["--shell"], .file, "the shell to start"),
    ], shared: global),
    Command("repl", "log in, switch, assume roles and run programs in one conversation", shared: global),
    Command("env", "print the variables that hand an identity to other programs", [
      Option(["--mfa-code-stdin"], "read an MFA code, in case one is needed, from standard input"),
      Option(["--format", "-f"], .words(["bash", "zsh", "fish", "powershell", "json", "dotenv", "env", "github"]), "the form of the output"),
      Option(["--output-file", "-o"], .file, "append to a file instead"),
      Option(["--login"], "log in first when there is no valid session"),
      Option(["--static"], "print the keys themselves"),
    ], shared: global),
    Command("console", "open the AWS console as an identity", [
      Option(["--mfa-code-stdin"], "read an MFA code, in case one is needed, from standard input"),
      Option(["--destination"], .name(.consolePage), "the page to open"),
      Option(["--duration"], .text, "how long the console session lasts, 15m to 12h, where AWS lets that be chosen"),
      Option(["--issuer"], .text, "whom the console names when the session has ended"),
      Option(["--print-only"], "write the address to standard output and open nothing"),
      Option(["--no-open"], "show the address on the terminal and open nothing"),
      Option(["--isolated"], "use a browser profile that only this identity has (auth.console.isolated)"),
      Option(["--no-isolated"], "do not use a browser profile that only this identity has (auth.console.isolated)"),
      Option(["--container"], "use a container in Firefox that only this identity has (auth.console.container)"),
      Option(["--no-container"], "do not use a container in Firefox that only this identity has (auth.console.container)"),
    ], shared: global),
    Command("use", "act as an identity in this shell, whatever the directory says", [
      Option(["--auto"], "let directories decide again"),
      Option(["--dir"], "write the choice to .atmos-identity in this directory and allow it"),
      Option(["--tags"], .list(.identityTag), "choose among what has one of these tags"),
    ], shared: global, argument: .name(.identity)),
    Command("status", "explain which identity applies in this directory, and why", shared: global, argument: .directory),
    Command("hook", "print the code that a shell evaluates when it starts", [
      Option(["--uninstall"], "print the code that takes the hook out again"),
      Option(["--no-prompt"], "leave the prompt alone"),
      Option(["--no-switch"], "do not switch on cd"),
    ], shared: global, argument: .words(["bash", "zsh", "fish"])),
    Command("completion", "print the code that completes commands, options and identity names", shared: global, argument: .words(["bash", "zsh", "fish"])),
    Command("allow", "trust the .atmos-identity of a directory", shared: global, argument: .directory),
    Command("deny", "refuse the .atmos-identity of a directory, without being asked again", shared: global, argument: .directory),
    Command("revoke", "forget what was allowed or denied for a directory", shared: global, argument: .directory),
    Command("prune", "forget grants whose directory is gone, and sessions that ended long ago", shared: global),
    Command("validate", "check the configuration and show every fault at once", [
      Option(["--format", "-f"], .words(["text", "json"]), "the form of the output"),
      Option(["--verbose", "-v"], "also say what was read"),
    ], shared: global),
    Command("user", "manage the stored keys of IAM users", subcommands: [
      Command("configure", "store an IAM user's access keys in the keyring", [
        Option(["--access-key-id"], .text, "the access key id"),
        Option(["--mfa-arn"], .text, "the ARN or serial number of the user's MFA device"),
        Option(["--session-duration"], .text, "how long sessions last, such as 12h"),
        Option(["--verify"], "store nothing that AWS does not accept, and look for the user's MFA device"),
      ], shared: global),
      Command("rotate", "replace an IAM user's stored access keys by new ones", [
        Option(["--deactivate"], "make the old key inactive instead of deleting it"),
        Option(["--delete-key"], .text, "delete this other key of the user first"),
        Option(["--dry-run"], "show what would be done, and change nothing"),
      ], shared: global),
    ]),
    Command("mfa", "look after MFA devices, and where their codes come from", subcommands: [
      Command("status", "list MFA devices: where their codes come from, and when one was last given", [
        Option(["--output", "--format", "-o"], .words(["text", "json"]), "the form of the output"),
      ], shared: global),
      Command("add", "store a device's seed in the keyring, so that codes are made without asking", [
        Option(["--device"], .text, "the device's ARN or serial number"),
        Option(["--replace"], "replace a seed that is there without asking"),
      ], shared: global),
      Command("remove", "remove a device's seed from the keyring", [
        Option(["--device"], .text, "the device's ARN or serial number"),
      ], shared: global),
      Command("register", "make a virtual MFA device for an IAM user, with its seed in the keyring", [
        Option(["--device-name"], .text, "what the device is called in the account"),
        Option(["--qr"], "also show the seed as a QR code, for a phone that is to make the same codes"),
        Option(["--replace"], "delete a device of that name first that nobody uses"),
      ], shared: global),
      Command("unregister", "take an IAM user's MFA device away, at IAM and in the keyring", [
        Option(["--device"], .text, "the device's ARN or serial number"),
        Option(["--force"], "do not ask"),
      ], shared: global),
    ]),
    Command("keyring", "look after the place where long-lived secrets are", subcommands: [
      Command("status", "show which keyring is used, where it is and whether it is unlocked", [
        Option(["--output", "--format", "-o"], .words(["text", "json"]), "the form of the output"),
      ], shared: global),
      Command("lock", "forget the unlocked key, so that the next command has to open the keyring again", shared: global),
      Command("migrate", "move all entries from one keyring to another", [
        Option(["--keep"], "leave the entries in the keyring they come from as well"),
        Option(["--replace"], "replace entries that have another value in the keyring they go to"),
        Option(["--dry-run"], "show what would be done, and do nothing"),
      ], shared: global, argument: .words(["system", "file", "command", "memory"])),
    ]),
    Command("aws-config", "print or write AWS profiles for the configured identities", [
      Option(["--write"], "write the profiles into the AWS configuration file"),
      Option(["--remove"], "take them out of it again"),
      Option(["--file"], .file, "the AWS configuration file"),
      Option(["--prefix"], .text, "what to put before each profile's name"),
      Option(["--yes", "-y"], "do not ask"),
    ], shared: global),
    Command("import", "make identities from the configuration of other tools", subcommands: [
      Command("aws-config", "make identities from AWS profiles", [
        Option(["--config"], .file, "the AWS configuration"),
        Option(["--credentials"], .file, "the AWS credentials"),
        Option(["--output", "-o"], .file, "write the section into a new file"),
        Option(["--profile"], .text, "only this profile, and those it comes from"),
        Option(["--with-keys"], "store static keys in the keyring now"),
      ], shared: process),
    ]),
    Command("credential-process", "print credentials for an AWS SDK's credential_process setting", shared: global),
  ]

  static let replWords: [Command] = [
    Command("use", "act as an identity; `use -`, `use none`, `use --auto`", [
      Option(["--auto"], "let the directory and the defaults decide again"),
      Option(["--tags"], .list(.identityTag), "choose among what has one of these tags"),
    ], shared: help, argument: .name(.identity)),
    Command("mfa", "give the second factor again; `mfa --age` shows how old it is", [
      Option(["--age"], "only tell how old it is"),
    ], shared: help),
    Command("assume", "assume a role on top of the identity", [
      Option(["--external-id"], .text, "what the role's trust policy asks for"),
      Option(["--duration"], .text, "how long the session lasts, 15m to 12h"),
      Option(["--region"], .text, "the region to work in"),
      Option(["--session-name"], .text, "the session's name in logs"),
      Option(["--mfa-arn"], .text, "the device whose code the role asks for"),
    ], shared: help, argument: .name(.role)),
    Command("chain", "show the links, and how long each lasts", shared: help),
    Command("pop", "go back by one assumed role", shared: help),
    Command("save", "write the assumed role as an identity", shared: help),
    Command("exec", "run a program as the identity; `!LINE` runs a line of your shell", [
      Option(["--static"], "also hand over the keys themselves, for programs that know nothing else"),
      Option(["--min-validity"], .text, "refuse to start with less time left than this (such as 45m), renewing first if that helps"),
    ], shared: help, argument: .name(.program)),
    Command("time", "tell how long the session lasts", shared: help),
    Command("keep", "leave, and let the calling shell act as the identity", shared: help, argument: .name(.identity)),
    Command("exit", "leave; also quit, Ctrl-D", shared: help),
    Command("quit", "the same as exit", shared: help),
  ]
}
