import Application
import Core
import Model

/// Who a REPL acts as: a choice, and the roles that were assumed on top of it.
struct ReplState {
  /// What was chosen; `.unstated` leaves it to the environment, the directory and defaults.
  private(set) var choice: IdentityChoice
  /// The roles on top, each standing on the one before.
  var roles: [AdHocRole] = []
  /// Whether somebody else was chosen than at the start.
  private(set) var hasChanged = false
  /// Whether the REPL is to end.
  var isOver = false
  /// Whether the calling shell is to act as who was chosen.
  var isKept = false

  private var previous: IdentityChoice?

  init(_ choice: IdentityChoice) {
    self.choice = choice
  }

  /// Acts as somebody else from now on; roles on top of the one before go.
  mutating func choose(_ new: IdentityChoice) {
    roles = []
    guard new != choice else { return }
    (previous, choice, hasChanged) = (choice, new, true)
  }

  /// Goes back to who was chosen before.
  ///
  /// - Throws: ``AuthError`` with code `usage` when nobody was.
  mutating func goBack() throws(AuthError) {
    guard let previous else {
      throw AuthError(.usage, "nothing was chosen before", hints: ["`use NAME` chooses"])
    }
    choose(previous)
  }

  /// Roles have to be assumed again: what they depend on has changed.
  mutating func distrustRoles() {
    for index in roles.indices { roles[index].credential = nil }
  }
}
