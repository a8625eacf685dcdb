import Application
import ArgumentParser
import AuthConfiguration
import Core
import Model
import Terminal

/// `atmos-auth list`: what is configured, and which of it is logged in.
struct List: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List providers and identities with their sessions.",
    usage: "atmos-auth list [<options>]",
    discussion: """
      Secrets are masked in every format.

        $ atmos-auth list
        $ atmos-auth list --format table --tags prod
        $ atmos-auth list --format json | jq '.identities | keys'
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("Output format: \(ListFormat.allNames).", valueName: "format"),
    completion: .words(of: ListFormat.self))
  var format = "tree"

  @Option(
    help: ArgumentHelp("List only these providers; `*` for all.", valueName: "a,b"),
    completion: .list(of: .provider))
  var providers: String?

  @Option(
    help: ArgumentHelp("List only these identities; `*` for all.", valueName: "a,b"),
    completion: .list(of: .identity))
  var identities: String?

  @Option(
    help: ArgumentHelp("List only entries with any of these tags.", valueName: "a,b"),
    completion: .list(of: .tag))
  var tags: String?

  var wantsJSON: Bool { format == "json" }

  func validate() throws {
    guard providers == nil || identities == nil else {
      throw ValidationError(
        "mutually exclusive flags provided: --providers and --identities")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let format = try ListFormat(argument: self.format)
    let listing = try Listing(
      catalog: try context.configuration.readableCatalog(), sessions: context.sessionFacts(),
      now: context.now,
      filter: Listing.Filter(
        providers: providers.map { $0 == "*" ? [] : ConfigurationFlags.list([$0]) },
        identities: identities.map { $0 == "*" ? [] : ConfigurationFlags.list([$0]) },
        tags: tags.map { ConfigurationFlags.list([$0]) } ?? []))
    try context.emit(ListRendering.text(listing, as: format, on: context.out))
    // What is wrong with one identity is not a reason to hide the others, nor to keep quiet.
    let count = try context.configuration.catalog().diagnostics.count { $0.severity == .error }
    if count > 0 {
      context.say(
        "\(count) \(count == 1 ? "error" : "errors") in the configuration; "
          + "see `atmos-auth validate`")
    }
    return 0
  }
}
