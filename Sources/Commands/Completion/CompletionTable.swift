/// What can be typed after `atmos-auth` and in the REPL, for completion.
///
/// Asking the option parser takes longer than a TAB may. So its description of itself is written
/// down, in CompletionTable+Generated.swift, and a test compares the two.
enum CompletionTable {
  /// What has names that can be looked up.
  enum Subject: String, Sendable {
    /// An identity: its name or alias.
    case identity
    /// A provider.
    case provider
    /// A tag of identities.
    case identityTag
    /// A tag of providers.
    case providerTag
    /// A tag of either.
    case tag
    /// A configuration profile.
    case profile
    /// The ARN of a role that the configuration names.
    case role
    /// A page of the AWS console.
    case consolePage
    /// A program, then whatever that program completes.
    case program
  }

  /// What a value is.
  enum Value: Equatable, Sendable {
    /// One of these words.
    case words([String])
    /// The name of such a thing.
    case name(Subject)
    /// Several, with commas between them.
    case list(Subject)
    /// A file.
    case file
    /// A directory.
    case directory
    /// Something that cannot be guessed.
    case text
  }

  /// An option.
  struct Option: Sendable {
    /// Long ones first.
    var names: [String]
    /// What follows it; `nil` for a flag.
    var value: Value?
    var summary: String

    init(_ names: [String], _ summary: String) {
      self.names = names
      self.summary = summary
    }

    init(_ names: [String], _ value: Value, _ summary: String) {
      self.names = names
      self.value = value
      self.summary = summary
    }
  }

  /// A command.
  struct Command: Sendable {
    var name: String
    var summary: String
    /// Its own options.
    var options: [Option]
    /// Options that it shares with other commands.
    var shared: [Option]
    /// What its own words are, in order.
    var arguments: [Value]
    var subcommands: [Command]

    init(
      _ name: String, _ summary: String, _ options: [Option] = [], shared: [Option] = [],
      arguments: [Value] = [], subcommands: [Command] = []
    ) {
      self.name = name
      self.summary = summary
      self.options = options
      self.shared = shared
      self.arguments = arguments
      self.subcommands = subcommands
    }

    /// All of its options.
    var allOptions: [Option] { options + shared }
  }

  /// Options of nearly every command.
  static let global = identity + nobody
  /// Those of a command that acts as no identity.
  static let nobody = configuration + process

  /// What can be typed before a command.
  static let root = global + program
}
