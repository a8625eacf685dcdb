import Application
import AuthConfiguration
import Core
import Model
import Sessions
import Terminal

extension Repl {
  /// Shows how old the second factor is and, unless `onlyShows`, asks for it again.
  func renewSecondFactor(onlyShows: Bool) async throws(AuthError) -> Int32 {
    let base = try await baseIdentity()
    let chain = try base.configuration.chain(for: base.record.name)
    let steps = try await context.state(of: chain, in: base.configuration).steps
    guard
      let index = steps.lastIndex(where: {
        ChainState.device($0) != nil || $0.session?.mfaAt != nil
      })
    else {
      throw AuthError(
        .usage, "nothing in the chain of `\(base.record.name)` asks for a second factor",
        hints: ["`login` gets a new session all the same"])
    }
    let name = steps[index].name
    if let given = steps[index].session?.mfaAt {
      let age = Remaining.age(seconds: given.seconds(until: context.now))
      context.say("Second factor at `\(name)`: \(age)")
    } else {
      context.say("Second factor at `\(name)`: none yet")
    }
    if onlyShows { return 0 }
    // What depends on the old session goes with it.
    for last in index..<chain.links.count {
      _ = try await context.session(
        for: Chain(realm: chain.realm, links: Array(chain.links[...last])),
        in: base.configuration, force: true)
    }
    state.distrustRoles()
    context.say("\(context.err.symbol("✓", plain: "ok")) Second factor given; sessions are new")
    return 0
  }

  /// Tells how long the session lasts that programs would get.
  func tellTime() async throws(AuthError) -> Int32 {
    let base = try await baseIdentity()
    if let role = state.roles.last {
      try context.emit("\(role.name): \(Self.left(role.credential, context.now))\n")
      return 0
    }
    if base.record.isAmbient {
      try context.emit("\(base.record.name): as long as what the surroundings offer\n")
      return 0
    }
    let status = try await context.status(of: base, verify: false)
    var text = Self.left(status.credential, context.now)
    if let end = status.credential?.expiresAt, end > context.now {
      text += ", until \(LocalTime.text(end))"
    }
    if let given = status.credential?.mfaAt {
      text += "; second factor \(Remaining.age(seconds: given.seconds(until: context.now)))"
    }
    try context.emit("\(DisplayText.sanitized(base.record.name)): \(text)\n")
    return 0
  }

  /// Shows the links, those of the configuration and the roles on top.
  func showChain() async throws(AuthError) -> Int32 {
    let base = try await baseIdentity()
    let arrow = context.out.symbol("└ ", plain: "> ")
    var table = Table()
    func add(_ name: String, _ cells: [String]) {
      let depth = table.count
      let margin = depth == 0 ? "" : String(repeating: "  ", count: depth - 1) + arrow
      table.append([margin + name] + cells)
    }
    let chain = try base.configuration.chain(for: base.record.name)
    for step in try await context.state(of: chain, in: base.configuration).steps {
      add(
        step.name,
        [step.kind, step.isRemembered ? Self.left(step.session, context.now) : "not remembered"])
    }
    for role in state.roles {
      add(role.name, ["assumed here", Self.left(role.credential, context.now), role.arn])
    }
    try context.emit(table.lines().map { $0 + "\n" }.joined())
    return 0
  }

  private static func left(_ credential: Credential?, _ now: Instant) -> String {
    guard let credential else { return "no session" }
    guard let end = credential.expiresAt else { return "does not end" }
    let left = now.seconds(until: end)
    return left > 0 ? "\(Remaining.text(seconds: left)) left" : "ended"
  }
}
