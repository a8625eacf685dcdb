import Application
import ArgumentParser
import AuthConfiguration
import Core
import Model
import Terminal

/// `atmos-auth validate`: every fault of every configuration file at once.
struct Validate: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check the configuration and show all faults at once.",
    usage: "atmos-auth validate [<options>]",
    discussion: """
      The exit status is 78 if there are errors; warnings do not count.

        $ atmos-auth validate
        $ atmos-auth validate --format json
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Option(name: [.long, .short], help: "Output format.")
  var format: OutputForm = .text

  @Flag(name: [.long, .short], help: "Also list the files read.")
  var verbose = false

  var wantsJSON: Bool { format == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let catalog = try context.configuration.catalog()
    guard catalog.isConfigured || !catalog.diagnostics.isEmpty else {
      throw catalog.nothingFound()
    }
    let hasErrors = catalog.diagnostics.contains { $0.severity == .error }
    let report = DiagnosticReport(catalog.diagnostics, workingDirectory: context.directory)
    switch format {
    case .json: try context.emit(report.json())
    case .text:
      context.err.write(report.text())
      if verbose || isVerbose(context.surroundings.environment) {
        context.err.write(ValidateSummary.text(catalog))
      }
      context.err.write(
        hasErrors
          ? context.err.styled(context.err.symbol("✗", plain: "x"), .bad)
            + " Authentication configuration is not valid\n"
          : context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
            + " Authentication configuration is valid\n")
    }
    return hasErrors ? AuthError.Code.badConfiguration.exitStatus : 0
  }

  // atmos reads the same variable, with the words that Go has for truth.
  private func isVerbose(_ environment: [String: String]) -> Bool {
    ["1", "t", "true"].contains(
      environment["ATMOS_AUTH_VALIDATE_VERBOSE", default: ""].lowercased())
  }
}

/// What `validate --verbose` says beyond faults.
enum ValidateSummary {
  static func text(_ catalog: Catalog) -> String {
    let files = catalog.files.map { "  \($0)" }
    return
      (["Read:"] + files
      + ["\(catalog.providers.count) providers, \(catalog.count) identities"])
      .map { DisplayText.sanitized($0) + "\n" }.joined()
  }
}
