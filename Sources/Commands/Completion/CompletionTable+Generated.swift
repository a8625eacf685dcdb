// swift-format-ignore-file
// Made by scripts/make-completion-table from what the option parser says; not to be edited.

extension CompletionTable {
  static let identity: [Option] = [
    Option(["--identity", "-i"], .name(.identity), "identity to act as"),
  ]

  static let configuration: [Option] = [
    Option(["--base-path"], .directory, "base path of the project"),
    Option(["--config"], .file, "configuration file to read instead of those found"),
    Option(["--config-path"], .directory, "directory of configuration files to read instead of those found"),
    Option(["--profile"], .list(.profile), "configuration profile to apply"),
  ]

  static let process: [Option] = [
    Option(["--chdir", "-C"], .directory, "work as if started in this directory"),
    Option(["--no-color"], "do not use colours"),
    Option(["--logs-level"], .words(["Trace", "Debug", "Info", "Warning", "Error", "Off"]), "log level"),
    Option(["--logs-file"], .file, "file to write the log to"),
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
      Option(["--no-browser"], "do not open a browser"),
      Option(["--qr"], "also show the address as a QR code, for a phone"),
      Option(["--mfa-code-stdin"], "read an MFA code from the first line of standard input, should one be needed"),
      Option(["--stack"], .text, "act as the identity that this stack of atmos selects"),
      Option(["--provider", "-p"], .name(.provider), "log in to this provider only"),
      Option(["--tags"], .list(.identityTag), "log in as the identity with any of these tags"),
      Option(["--webflow"], "sign in in a browser, whatever keys are stored"),
    ], shared: global, arguments: [.name(.identity)]),
    Command("logout", "forget sessions", [
      Option(["--identity", "-i"], .name(.identity), "identity to forget"),
      Option(["--provider", "-p"], .name(.provider), "forget a provider and all identities obtained from it"),
      Option(["--tags"], .list(.providerTag), "forget the providers with any of these tags"),
      Option(["--all"], "forget every identity and provider of this configuration"),
      Option(["--all-realms"], "forget all sessions on this machine, in every realm"),
      Option(["--keychain"], "also delete long-lived keys from the keyring"),
      Option(["--dry-run"], "show what would be removed, without removing it"),
      Option(["--force"], "do not ask before deleting from the keyring"),
    ], shared: nobody, arguments: [.name(.identity)]),
    Command("whoami", "show the identity in use and how long it lasts", [
      Option(["--output", "--format", "-o"], .words(["text", "json"]), "output format"),
      Option(["--verify"], "also ask STS, which needs the network"),
    ], shared: global, arguments: [.name(.identity)]),
    Command("list", "list providers and identities with their sessions", [
      Option(["--format", "-f"], .words(["tree", "table", "json", "yaml", "graphviz", "mermaid", "markdown"]), "output format"),
      Option(["--providers"], .list(.provider), "list only these providers"),
      Option(["--identities"], .list(.identity), "list only these identities"),
      Option(["--tags"], .list(.tag), "list only entries with any of these tags"),
    ], shared: nobody),
    Command("why", "show what using an identity would do, without doing it", shared: global, arguments: [.name(.identity)]),
    Command("exec", "run a program with credentials that renew themselves", [
      Option(["--static"], "also pass the keys themselves, for programs that need them"),
      Option(["--min-validity"], .text, "time the session must have left, such as 45m"),
      Option(["--stack"], .text, "act as the identity that this stack of atmos selects"),
      Option(["--policy"], .file, "let the session do only what this policy permits"),
      Option(["--read-only"], "let the session only read"),
      Option(["--session-duration"], .text, "longest duration of a session, 15m to 12h"),
      Option(["--mfa-code-stdin"], "read an MFA code from the first line of standard input, should one be needed"),
      Option(["--wrapper"], "where no identity applies, run the program on its own, as wrapper functions do"),
    ], shared: global, arguments: [.name(.identity), .name(.program)]),
    Command("shell", "start a shell that acts as an identity", [
      Option(["--static"], "also pass the keys themselves, for programs that need them"),
      Option(["--min-validity"], .text, "time the session must have left, such as 45m"),
      Option(["--mfa-code-stdin"], "read an MFA code from the first line of standard input, should one be needed"),
      Option(["--shell"], .file, "shell to start"),
    ], shared: global, arguments: [.name(.identity)]),
    Command("repl", "log in, switch, assume roles and run programs at one prompt", shared: global),
    Command("env", "print the variables that make other programs act as an identity", [
      Option(["--mfa-code-stdin"], "read an MFA code from the first line of standard input, should one be needed"),
      Option(["--stack"], .text, "act as the identity that this stack of atmos selects"),
      Option(["--format", "-f"], .words(["bash", "zsh", "fish", "powershell", "json", "dotenv", "env", "github"]), "output format"),
      Option(["--output-file", "-o"], .file, "append to this file instead of printing"),
      Option(["--login"], "log in first if there is no valid session"),
      Option(["--static"], "print the keys themselves"),
    ], shared: global, arguments: [.name(.identity)]),
    Command("console", "open the AWS console as an identity", [
      Option(["--mfa-code-stdin"], "read an MFA code from the first line of standard input, should one be needed"),
      Option(["--destination"], .name(.consolePage), "page to open"),
      Option(["--duration"], .text, "length of the console session, 15m to 12h, where AWS allows a choice"),
      Option(["--issuer"], .text, "issuer shown when the console session ends"),
      Option(["--print-only"], "print the address on standard output"),
      Option(["--no-open"], "show the address on the terminal"),
      Option(["--isolated"], "use a browser profile of this identity alone (auth.console.isolated)"),
      Option(["--no-isolated"], "do not use a browser profile of this identity alone (auth.console.isolated)"),
      Option(["--container"], "use a Firefox container of this identity alone (auth.console.container)"),
      Option(["--no-container"], "do not use a Firefox container of this identity alone (auth.console.container)"),
    ], shared: global, arguments: [.name(.identity)]),
    Command("assume", "assume a role in an account and print its credentials, for pipelines", [
      Option(["--mfa-code-stdin"], "read an MFA code from the first line of standard input, should one be needed"),
      Option(["--account"], .text, "the same as ACCOUNT"),
      Option(["--role"], .text, "the same as ROLE"),
      Option(["--default-role"], .text, "role if neither ROLE nor accounts.json names one"),
      Option(["--session-name"], .text, "name of the session in logs"),
      Option(["--duration"], .text, "length of the session, 15m to 12h"),
      Option(["--external-id"], .text, "external id that the role's trust policy asks for"),
      Option(["--region"], .text, "region to call and to print"),
      Option(["--mfa-serial"], .text, "MFA device that the role asks for"),
      Option(["--accounts"], .file, "accounts file"),
      Option(["--access-key-var"], .text, "variable with the access key id to start from"),
      Option(["--secret-key-var"], .text, "variable with the secret access key"),
      Option(["--session-token-var"], .text, "variable with the session token"),
      Option(["--account-vars"], "also set AWS_SECURITY_TOKEN, and AWS_ACCOUNT_ID, _NAME and _ROLE, for prompts"),
      Option(["--format", "-f"], .text, "output format"),
      Option(["--output-file", "-o"], .file, "write to this file instead of printing"),
    ], shared: global),
    Command("ecr-login", "log Docker in to container registries", [
      Option(["--registry", "-r"], .text, "registry that no integration names"),
      Option(["--public"], "log in to ECR Public"),
    ], shared: global),
    Command("eks-kubeconfig", "write EKS clusters into kubeconfigs", [
      Option(["--name"], .text, "cluster that no integration names"),
      Option(["--region"], .text, "region of that cluster"),
      Option(["--alias"], .text, "name of its context"),
      Option(["--kubeconfig"], .file, "kubeconfig that it is written into"),
      Option(["--dry-run"], "show the entries instead of writing them"),
    ], shared: global),
    Command("use", "act as an identity in this shell, whatever the directory says", [
      Option(["--auto"], "let the directory decide again"),
      Option(["--dir"], "also write .atmos-identity in this directory, and allow it"),
      Option(["--tags"], .list(.identityTag), "choose among identities with any of these tags"),
    ], shared: global, arguments: [.name(.identity)]),
    Command("status", "explain which identity applies in this directory, and why", shared: nobody, arguments: [.directory]),
    Command("hook", "print the code that a shell evaluates when it starts", [
      Option(["--uninstall"], "print the code that removes the hook from a shell"),
      Option(["--no-prompt"], "do not change the prompt"),
      Option(["--no-switch"], "do not switch on `cd`"),
      Option(["--no-wrap"], "define no functions for the programs of `auth.shell.wrap`"),
    ], shared: nobody, arguments: [.words(["bash", "zsh", "fish"])]),
    Command("wrap", "choose the programs that shells run as the identity that applies", subcommands: [
      Command("add", "wrap programs in shells that start from now on", shared: nobody, arguments: [.words(["atmos", "aws", "az", "gcloud", "helm", "helmfile", "kubectl", "packer", "pulumi", "terraform", "terragrunt", "tofu"])]),
      Command("remove", "stop wrapping programs", shared: nobody, arguments: [.words(["atmos", "aws", "az", "gcloud", "helm", "helmfile", "kubectl", "packer", "pulumi", "terraform", "terragrunt", "tofu"])]),
      Command("list", "print the programs that are wrapped, one per line", shared: nobody),
    ]),
    Command("shims", "keep small programs that run tools as wrappers do, for Makefiles and IDEs", subcommands: [
      Command("install", "make shims", [
        Option(["--dir"], .directory, "directory of the shims"),
      ], shared: nobody, arguments: [.words(["atmos", "aws", "az", "gcloud", "helm", "helmfile", "kubectl", "packer", "pulumi", "terraform", "terragrunt", "tofu"])]),
      Command("remove", "remove shims; all of them if none is named", [
        Option(["--dir"], .directory, "directory of the shims"),
      ], shared: nobody, arguments: [.words(["atmos", "aws", "az", "gcloud", "helm", "helmfile", "kubectl", "packer", "pulumi", "terraform", "terragrunt", "tofu"])]),
      Command("list", "print the paths of the shims, one per line", [
        Option(["--dir"], .directory, "directory of the shims"),
      ], shared: nobody),
    ]),
    Command("completion", "print the code that completes commands, options and identity names", shared: nobody, arguments: [.words(["bash", "zsh", "fish"])]),
    Command("allow", "trust the .atmos-identity of a directory", [
      Option(["--identity", "-i"], .name(.identity), "identity instead of a directory"),
      Option(["--provider"], .name(.provider), "provider instead of a directory"),
      Option(["--stack"], .text, "stack instead of a directory"),
      Option(["--account"], .text, "account of an accounts file instead of a directory"),
      Option(["--role"], .text, "role in that account"),
      Option(["--accounts"], .file, "accounts file"),
      Option(["--all"], "allow every identity and every .atmos-identity of the configuration"),
      Option(["--fingerprint"], .text, "allow the identity only if it has this fingerprint"),
      Option(["--with-keys"], "let the identity use keys and seeds that were stored for another one"),
    ], shared: nobody, arguments: [.directory]),
    Command("deny", "refuse the .atmos-identity of a directory without being asked again", [
      Option(["--identity", "-i"], .name(.identity), "identity instead of a directory"),
      Option(["--provider"], .name(.provider), "provider instead of a directory"),
      Option(["--stack"], .text, "stack instead of a directory"),
      Option(["--account"], .text, "account of an accounts file instead of a directory"),
    ], shared: nobody, arguments: [.directory]),
    Command("revoke", "forget what was allowed or denied for a directory", [
      Option(["--identity", "-i"], .name(.identity), "identity instead of a directory"),
      Option(["--provider"], .name(.provider), "provider instead of a directory"),
      Option(["--stack"], .text, "stack instead of a directory"),
      Option(["--account"], .text, "account of an accounts file instead of a directory"),
    ], shared: nobody, arguments: [.directory]),
    Command("prune", "forget grants whose directory is gone, and sessions that ended long ago", shared: nobody),
    Command("audit", "show, verify and export the log of handed-out credentials", subcommands: [
      Command("show", "list what was handed out, the latest last", [
        Option(["--identity", "-i"], .name(.identity), "only lines about this identity"),
        Option(["--account"], .text, "only lines about this account"),
        Option(["--command"], .text, "only lines about this program, by its name"),
        Option(["--directory"], .directory, "only lines from this directory or its subdirectories"),
        Option(["--since"], .text, "only lines since then"),
        Option(["--last"], .text, "only this many of those lines, the latest"),
      ], shared: nobody),
      Command("verify", "check that no line of the log was changed, removed, moved or cut off", [
        Option(["--head"], .text, "a copy of the head, as `verify` prints it and the system's log has it"),
        Option(["--keep"], .text, "how long lines were kept, if `auth.audit.keep` was different before"),
        Option(["--format", "--output", "-f"], .words(["text", "json"]), "output format"),
      ], shared: nobody),
      Command("export", "print the log for other programs", [
        Option(["--identity", "-i"], .name(.identity), "only lines about this identity"),
        Option(["--account"], .text, "only lines about this account"),
        Option(["--command"], .text, "only lines about this program, by its name"),
        Option(["--directory"], .directory, "only lines from this directory or its subdirectories"),
        Option(["--since"], .text, "only lines since then"),
        Option(["--last"], .text, "only this many of those lines, the latest"),
        Option(["--format", "-f"], .words(["json", "csv"]), "output format"),
      ], shared: nobody),
    ]),
    Command("validate", "check the configuration and show all faults at once", [
      Option(["--format", "-f"], .words(["text", "json"]), "output format"),
      Option(["--verbose", "-v"], "also list the files read"),
    ], shared: nobody),
    Command("stacks", "show which identity each stack selects, and write that down for directories", [
      Option(["--format", "--output", "-o"], .words(["text", "json"]), "output format"),
      Option(["--write"], "write .atmos-identity files"),
    ], shared: nobody),
    Command("user", "manage the stored keys of IAM users", subcommands: [
      Command("configure", "store an IAM user's access keys in the keyring", [
        Option(["--provider", "-p"], .name(.provider), "store the password of this provider's page"),
        Option(["--access-key-id"], .text, "access key id"),
        Option(["--mfa-arn"], .text, "ARN or serial number of the user's MFA device"),
        Option(["--session-duration"], .text, "length of sessions, such as 12h"),
        Option(["--verify"], "check the keys with AWS before storing them, and find the MFA device"),
      ], shared: global),
      Command("rotate", "replace an IAM user's stored access keys with new ones", [
        Option(["--deactivate"], "make the old key inactive instead of deleting it"),
        Option(["--delete-key"], .text, "first delete this other key of the user"),
        Option(["--dry-run"], "show what would be done, without doing it"),
      ], shared: global),
    ]),
    Command("mfa", "manage MFA devices and where their codes come from", subcommands: [
      Command("status", "list MFA devices: where their codes come from and when each was last used", [
        Option(["--output", "--format", "-o"], .words(["text", "json"]), "output format"),
      ], shared: global),
      Command("code", "print a code of an identity's MFA device, to be typed elsewhere", [
        Option(["--device"], .text, "ARN or serial number of the device"),
      ], shared: global),
      Command("add", "store a device's seed in the keyring, so that atmos-auth can make its codes", [
        Option(["--device"], .text, "ARN or serial number of the device"),
        Option(["--replace"], "replace an existing seed without asking"),
      ], shared: global),
      Command("remove", "remove a device's seed from the keyring", [
        Option(["--device"], .text, "ARN or serial number of the device"),
      ], shared: global),
      Command("register", "create a virtual MFA device for an IAM user, with its seed in the keyring", [
        Option(["--device-name"], .text, "name of the device in the account"),
        Option(["--qr"], "also show the seed as a QR code, so that a phone can make the same codes"),
        Option(["--replace"], "first delete an unused device of the same name"),
      ], shared: global),
      Command("unregister", "remove an IAM user's MFA device from IAM and from the keyring", [
        Option(["--device"], .text, "ARN or serial number of the device"),
        Option(["--force"], "do not ask for confirmation"),
      ], shared: global),
    ]),
    Command("keyring", "manage the keyring, which holds long-lived secrets", subcommands: [
      Command("status", "show which keyring is in use, where it is and whether it is unlocked", [
        Option(["--output", "--format", "-o"], .words(["text", "json"]), "output format"),
      ], shared: nobody),
      Command("lock", "forget the session key, so that the next command must unlock the keyring", shared: nobody),
      Command("migrate", "move all entries from one keyring to another", [
        Option(["--keep"], "also keep the entries in the first keyring"),
        Option(["--replace"], "replace entries that have another value in the second keyring"),
        Option(["--dry-run"], "show what would be done, without doing it"),
      ], shared: nobody, arguments: [.words(["system", "file", "command", "memory"]), .words(["system", "file", "command", "memory"])]),
    ]),
    Command("aws-config", "print or write AWS profiles for the configured identities", [
      Option(["--write"], "write the profiles to the AWS configuration file"),
      Option(["--remove"], "remove the profiles again"),
      Option(["--file"], .file, "AWS configuration file"),
      Option(["--prefix"], .text, "text to put before each profile's name"),
      Option(["--yes", "-y"], "do not ask for confirmation"),
    ], shared: nobody),
    Command("import", "create identities from the configuration of other tools", subcommands: [
      Command("aws-config", "create identities from AWS profiles", [
        Option(["--config"], .file, "AWS configuration file"),
        Option(["--credentials"], .file, "AWS credentials file"),
        Option(["--output", "-o"], .file, "new file to write the section to"),
        Option(["--profile"], .text, "import only this profile, and those it depends on"),
        Option(["--with-keys"], "store static keys in the keyring now"),
      ], shared: process),
    ]),
    Command("credential-process", "print credentials for an AWS SDK's credential_process setting", shared: global),
    Command("eks-token", "print a token for kubectl and an EKS cluster", [
      Option(["--cluster"], .text, "name of the cluster"),
      Option(["--region"], .text, "region of the cluster"),
    ], shared: global),
    Command("terragrunt-auth", "print credentials for terragrunt, as its --auth-provider-cmd", [
      Option(["--min-validity"], .text, "time the session must have left, such as 45m"),
    ], shared: global),
  ]

  static let replWords: [Command] = [
    Command("use", "act as an identity; `use -`, `use none`, `use --auto`", [
      Option(["--auto"], "let the directory and the defaults decide again"),
      Option(["--tags"], .list(.identityTag), "choose among identities with any of these tags"),
    ], shared: help, arguments: [.name(.identity)]),
    Command("mfa", "give the second factor again; `mfa --age` shows its age", [
      Option(["--age"], "only show how old it is"),
    ], shared: help),
    Command("assume", "assume a role on top of the identity", [
      Option(["--external-id"], .text, "external ID that the role's trust policy requires"),
      Option(["--duration"], .text, "length of the session, 15m to 12h"),
      Option(["--region"], .text, "region to work in"),
      Option(["--session-name"], .text, "name of the session in logs"),
      Option(["--mfa-arn"], .text, "MFA device whose code the role requires"),
    ], shared: help, arguments: [.name(.role)]),
    Command("chain", "show the links and how long each lasts", shared: help),
    Command("pop", "go back by one assumed role", shared: help),
    Command("save", "write the assumed role as an identity", shared: help),
    Command("exec", "run a program as the identity; `!LINE` runs a line of your shell", [
      Option(["--static"], "also pass the keys themselves, for programs that need them"),
      Option(["--min-validity"], .text, "time the session must have left, such as 45m"),
    ], shared: help, arguments: [.name(.program)]),
    Command("time", "show how long the session lasts", shared: help),
    Command("keep", "leave, and let the calling shell act as the identity", shared: help, arguments: [.name(.identity)]),
    Command("exit", "leave; also quit, Ctrl-D", shared: help),
    Command("quit", "leave; the same as `exit`", shared: help),
  ]
}
