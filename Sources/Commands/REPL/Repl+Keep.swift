import Application
import AuthConfiguration
import Core

extension Repl {
  /// Acts as `name`, or as who a person chooses from a list.
  func use(_ name: String?) async throws(AuthError) {
    if let name {
      try choose(try context.identity(named: name, by: .argument))
    } else {
      let all = try context.configuration.readableCatalog().identities
      try choose(try await context.pick(all, why: "Select an identity"))
    }
  }

  /// Acts as the identity with one of `tags`; a person chooses between several.
  func use(tagged tags: [String]) async throws(AuthError) {
    try choose(try await context.identity(tagged: tags))
  }

  private func choose(_ who: Resolution) throws(AuthError) {
    try context.recentIdentities(in: who.configuration).note(who.record.name)
    state.choose(.named(who.record.name))
  }

  /// Leaves, and lets the calling shell go on as the chosen identity.
  func keep() async throws(AuthError) -> Int32 {
    if let role = state.roles.last {
      throw AuthError(
        .usage, "the session of \(role.name) is in this REPL only",
        hints: ["`save NAME` makes it an identity; then `keep NAME`"])
    }
    guard let shell else {
      throw AuthError(
        .usage, "this REPL was not started by a shell with the hook",
        hints: [
          ShellKind.hookHint(context.surroundings.environment),
          "without it, `!` starts a shell as the current identity",
        ])
    }
    (state.isKept, state.isOver) = (true, true)
    // Who chose nothing gets nothing else.
    guard state.hasChanged || state.choice != .unstated else { return 0 }
    var flags = context.flags
    flags.directory = flags.directory.map { _ in context.directory }
    try shell.write(state.choice, flags)
    return 0
  }
}
