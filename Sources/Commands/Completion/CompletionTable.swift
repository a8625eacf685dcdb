import Application
import Model

/// What can be typed after `atmos-auth`, for completion.
///
/// Written out, since asking the option parser takes longer than a TAB may; a test compares it
/// with what the parser says of itself.
enum CompletionTable {
  /// What a value is.
  indirect enum Value: Equatable, Sendable {
    /// One of these words.
    case words([String])
    /// Several, with commas between them.
    case list(Value)
    /// An identity's name or alias.
    case identity
    /// A provider's name.
    case provider
    /// A tag of identities, of providers or of both.
    case tag(of: Set<Kind.Section>)
    /// A configuration profile.
    case profile
    /// The ARN of a role that the configuration names.
    case role
    /// A page of the AWS console.
    case consolePage
    /// A file.
    case file
    /// A directory.
    case directory
    /// A program, then whatever that program completes.
    case program
    /// Something that cannot be guessed.
    case text
  }

  /// An option.
  struct Option: Sendable {
    var names: [String]
    /// What follows it; `nil` for a flag.
    var value: Value?
    var summary: String

    init(_ names: [String], value: Value? = nil, _ summary: String) {
      self.names = names
      self.value = value
      self.summary = summary
    }
  }

  /// A command.
  struct Command: Sendable {
    var name: String
    var summary: String
    var options: [Option] = []
    var argument: Value?
    var subcommands: [Command] = []
    /// Whether it takes the options of ``global``; else `options` is all there is.
    var isGlobal = true

    /// All of its options.
    var allOptions: [Option] { isGlobal ? options + CompletionTable.global : options }
  }

  static let global =
    [
      Option(["--identity", "-i"], value: .identity, "the identity to act as"),
      Option(["--base-path"], value: .directory, "base path of the project"),
      Option(["--config"], value: .file, "configuration file"),
      Option(["--config-path"], value: .directory, "directory with configuration"),
      Option(["--profile"], value: .list(.profile), "configuration profile"),
    ] + general

  /// What can be typed before a command.
  static let root = global + [Option(["--version"], "show the version")]

  /// What the commands take, too, that read no configuration of ours.
  private static let general = [
    Option(["--chdir", "-C"], value: .directory, "work as if started here"),
    Option(["--no-color"], "write no colours"),
    Option(
      ["--logs-level"], value: .words(["Trace", "Debug", "Info", "Warning", "Error", "Off"]),
      "how much to tell"),
    Option(["--logs-file"], value: .file, "where to tell it"),
    Option(["--help", "-h"], "show help"),
  ]

  private static let delivery = [
    Option(["--static"], "hand over the keys themselves"),
    Option(["--min-validity"], value: .text, "time the session must have left"),
  ]

  private static let signIn = [
    Option(["--no-browser"], "show an address and a code instead"),
    Option(["--qr"], "also show a QR code"),
  ]

  private static let code = [
    Option(["--mfa-code-stdin"], "read an MFA code from standard input")
  ]

  private static let form = Option(
    ["--output", "-o", "--format"], value: .words(["text", "json"]), "form of the output")

  private static let device = Option(
    ["--device"], value: .text, "the device's ARN or serial number")

  static let identityTags = Value.list(.tag(of: [.identity]))
  private static let providerTags = Value.list(.tag(of: [.provider]))
  private static let allTags = Value.list(.tag(of: [.identity, .provider]))
  private static let identities = Value.list(.identity)
  private static let providers = Value.list(.provider)

  private static let shells = Value.words(["bash", "zsh", "fish"])

  static let commands = [
    Command(
      name: "login", summary: "log in and remember the session",
      options: [
        Option(["--provider", "-p"], value: .provider, "log in to a provider only"),
        Option(["--tags"], value: identityTags, "the identity that has one of these tags"),
      ] + signIn + code, argument: .identity),
    Command(
      name: "why", summary: "tell what using an identity would do", argument: .identity),
    Command(name: "repl", summary: "log in, switch and run programs in one conversation"),
    Command(
      name: "logout", summary: "forget sessions",
      options: [
        Option(["--provider", "-p"], value: .provider, "a provider and its identities"),
        Option(["--tags"], value: providerTags, "providers that have one of these tags"),
        Option(["--all"], "everything of this configuration"),
        Option(["--all-realms"], "every session on this machine"),
        Option(["--keychain"], "stored keys too"),
        Option(["--dry-run"], "only show what would be removed"),
        Option(["--force"], "do not ask"),
      ], argument: .identity),
    Command(
      name: "whoami", summary: "show the identity in use",
      options: [
        form,
        Option(["--verify"], "ask STS as well"),
      ]),
    Command(
      name: "list", summary: "list providers and identities",
      options: [
        Option(
          ["--format", "-f"],
          value: .words(["tree", "table", "json", "yaml", "graphviz", "mermaid", "markdown"]),
          "form of the output"),
        Option(["--providers"], value: providers, "only providers"),
        Option(["--identities"], value: identities, "only identities"),
        Option(["--tags"], value: allTags, "only what has one of these tags"),
      ]),
    Command(
      name: "exec", summary: "run a program as an identity", options: delivery + code,
      argument: .program),
    Command(
      name: "shell", summary: "start a shell as an identity",
      options: delivery + code + [Option(["--shell"], value: .file, "the shell to start")]),
    Command(
      name: "env", summary: "print variables for other programs",
      options: [
        Option(
          ["--format", "-f"],
          value: .words([
            "bash", "zsh", "fish", "powershell", "json", "dotenv", "env", "github",
          ]), "form of the output"),
        Option(["--output-file", "-o"], value: .file, "append to a file"),
        Option(["--login"], "log in first if needed"),
        Option(["--static"], "print the keys themselves"),
      ] + code),
    Command(
      name: "console", summary: "open the AWS console",
      options: [
        Option(["--destination"], value: .consolePage, "the page to open"),
        Option(["--duration"], value: .text, "how long the session lasts"),
        Option(["--issuer"], value: .text, "whom the console names"),
        Option(["--print-only"], "write the address to standard output"),
        Option(["--no-open"], "show the address on the terminal"),
        Option(["--isolated"], "a browser profile for this identity"),
        Option(["--no-isolated"], "the usual browser"),
        Option(["--container"], "a Firefox container for this identity"),
        Option(["--no-container"], "no container"),
      ] + code),
    Command(
      name: "use", summary: "act as an identity in this shell",
      options: [
        Option(["--auto"], "let directories decide again"),
        Option(["--dir"], "write .atmos-identity here and allow it"),
        Option(["--tags"], value: identityTags, "choose among what has one of these tags"),
      ], argument: .identity),
    Command(
      name: "status", summary: "explain which identity applies here", argument: .directory),
    Command(
      name: "hook", summary: "print the code for a shell's dotfile",
      options: [
        Option(["--uninstall"], "take the hook out again"),
        Option(["--no-prompt"], "leave the prompt alone"),
        Option(["--no-switch"], "do not switch on cd"),
      ], argument: shells),
    Command(name: "completion", summary: "print the completion code", argument: shells),
    Command(name: "allow", summary: "trust a directory's file", argument: .directory),
    Command(name: "deny", summary: "refuse a directory's file", argument: .directory),
    Command(name: "revoke", summary: "forget a decision", argument: .directory),
    Command(name: "prune", summary: "forget grants whose directory is gone, and old sessions"),
    Command(
      name: "validate", summary: "check the configuration",
      options: [
        Option(["--format", "-f"], value: .words(["text", "json"]), "form of the output"),
        Option(["--verbose", "-v"], "also say what was read"),
      ]),
    Command(
      name: "user", summary: "manage the stored keys of IAM users",
      subcommands: [
        Command(
          name: "configure", summary: "store access keys in the keyring",
          options: [
            Option(["--access-key-id"], value: .text, "the access key id"),
            Option(["--mfa-arn"], value: .text, "the MFA device"),
            Option(["--session-duration"], value: .text, "how long sessions last"),
            Option(["--verify"], "ask AWS about them first"),
          ]),
        Command(
          name: "rotate", summary: "replace access keys by new ones",
          options: [
            Option(["--deactivate"], "make the old key inactive only"),
            Option(["--delete-key"], value: .text, "delete this other key first"),
            Option(["--dry-run"], "only show what would be done"),
          ]),
      ]),
    Command(
      name: "mfa", summary: "look after MFA devices",
      subcommands: [
        Command(
          name: "status", summary: "list devices and where their codes come from",
          options: [form]),
        Command(
          name: "add", summary: "store a device's seed in the keyring",
          options: [device, Option(["--replace"], "replace a seed without asking")]),
        Command(
          name: "remove", summary: "remove a device's seed from the keyring", options: [device]),
        Command(
          name: "register", summary: "make a virtual MFA device",
          options: [
            Option(["--device-name"], value: .text, "what it is called"),
            Option(["--qr"], "also show a QR code"),
            Option(["--replace"], "delete an unused device of that name"),
          ]),
        Command(
          name: "unregister", summary: "take an MFA device away",
          options: [device, Option(["--force"], "do not ask")]),
      ]),
    Command(
      name: "aws-config", summary: "print or write profiles for AWS tools",
      options: [
        Option(["--write"], "write them into the AWS configuration"),
        Option(["--remove"], "take them out of it again"),
        Option(["--file"], value: .file, "the AWS configuration file"),
        Option(["--prefix"], value: .text, "what to put before each name"),
        Option(["--yes", "-y"], "do not ask"),
      ]),
    Command(
      name: "import", summary: "make identities from other tools' configuration",
      subcommands: [
        Command(
          name: "aws-config", summary: "make identities from AWS profiles",
          options: [
            Option(["--config"], value: .file, "the AWS configuration"),
            Option(["--credentials"], value: .file, "the AWS credentials"),
            Option(["--output", "-o"], value: .file, "write into a new file"),
            Option(["--profile"], value: .text, "only this profile"),
            Option(["--with-keys"], "store static keys in the keyring"),
          ] + general, isGlobal: false)
      ]),
    Command(
      name: "keyring", summary: "look after the place where long-lived secrets are",
      subcommands: [
        Command(
          name: "status", summary: "show which keyring is used and whether it is unlocked",
          options: [form]),
        Command(name: "lock", summary: "forget the unlocked key"),
        Command(
          name: "migrate", summary: "move all entries from one keyring to another",
          options: [
            Option(["--keep"], "leave the entries where they come from as well"),
            Option(["--replace"], "replace entries that have another value"),
            Option(["--dry-run"], "only show what would be done"),
          ], argument: .words(["system", "file", "command"])),
      ]),
    Command(name: "credential-process", summary: "print credentials for an AWS SDK"),
  ]
}
