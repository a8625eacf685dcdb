import AuthConfiguration
import Core
import ToolCommands

/// A stack of atmos whose identity a command acts as.
package struct StackQuestion: Sendable, Equatable {
  /// Its name.
  package var name: String
  /// The component, where a command line names one.
  package var component: String?
  /// Whether a person named it to us; else it stands in the command line of the program that is run.
  package var isStated: Bool
  /// Whether the program may change something.
  package var mayChange = false

  /// A stack that a person named.
  package init(named name: String) {
    self.name = name
    isStated = true
  }

  /// The stack that a command line of atmos names; `nil` if it names none.
  init?(command: [String], environment: [String: String]) {
    guard ToolCommand.isOf("atmos", command),
      let line = ToolCommand.read(command, environment: environment), let name = line.stack,
      line.commandClass > .none
    else { return nil }
    self.name = name
    component = line.component
    isStated = false
    mayChange = line.commandClass == .apply
  }
}

extension CommandContext {
  /// The same context, in which the stack counts that a program's command line names.
  package func following(stackOf command: [String]) -> CommandContext {
    guard stack == nil else { return self }
    var context = self
    context.stack = StackQuestion(command: command, environment: surroundings.environment)
    return context
  }

  /// The identity of a stack; `nil` if nothing says, and the stack was not named by a person.
  ///
  /// - Throws: ``AuthError`` with code `usage` if there is no such stack, `loginRequired` if it selects
  ///   nobody or several, `badConfiguration` if only atmos can tell.
  func identity(of question: StackQuestion) async throws(AuthError) -> Resolution? {
    let shown = DisplayText.sanitized(question.name, limit: 120)
    let stack: Stack
    do throws(AuthError) {
      stack = try definedStack(named: question.name, component: question.component)
    } catch {
      guard question.isStated || error.code != .usage else { return nil }
      throw error
    }
    switch stack.choice {
    case .identity(let name):
      do throws(AuthError) {
        var who = Resolution(
          try configuration.readableCatalog().identity(named: name), by: .stack,
          asked: NameGrants.name(ofStack: stack.name), in: configuration)
        who.isChosenByCheckout = stack.isChosenByCheckout
        return who
      } catch {
        throw error.naming(stack.file)
      }
    case .several(let names):
      let catalog = try configuration.readableCatalog()
      if personAtInput != nil {
        return try await pick(
          try names.map { name throws(AuthError) in try catalog.identity(named: name) },
          why: "Stack \(shown) has several default identities")
      }
      throw AuthError(
        .loginRequired,
        "stack `\(shown)` has several default identities: \(names.joined(separator: ", "))",
        hints: ["name one with `--identity NAME` or ATMOS_IDENTITY"])
    case .nothing:
      guard question.isStated else { return nil }
      throw AuthError(
        .loginRequired, "stack `\(shown)` selects no identity",
        hints: [
          "mark one in its manifest: `auth: {identities: {NAME: {default: true}}}`",
          "or name one with `--identity NAME`",
        ])
    case .unknown(let reason):
      guard question.isStated || question.mayChange else {
        say("cannot tell which identity stack `\(shown)` selects: \(reason)")
        return nil
      }
      throw AuthError(
        .badConfiguration, "cannot tell which identity stack `\(shown)` selects: \(reason)",
        hints: ["name the identity with `--identity NAME` or ATMOS_IDENTITY"])
    }
  }
}
