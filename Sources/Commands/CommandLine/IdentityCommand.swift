import Application
import ArgumentParser

/// The identity to act as, as a word of its own.
struct IdentityArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Identity to act as; the same as `-i`.", valueName: "identity"),
    completion: .names(of: .identity))
  var name: String?
}

/// A command that takes the identity to act as with `--identity` or as a word of its own.
protocol IdentityCommand: ContextCommand {
  /// The word.
  var who: IdentityArgument { get }
}

extension IdentityCommand {
  var flags: ConfigurationFlags {
    var flags = global.flags
    if who.name != nil { flags.identity = IdentityChoice(argument: who.name) }
    return flags
  }

  func validate() throws {
    guard who.name == nil || global.identity == nil else {
      throw ValidationError("the identity is given twice: keep NAME or `--identity`")
    }
  }
}
