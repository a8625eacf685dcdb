import Application
import AuthConfiguration
import Core
import Model
import Sessions

extension Repl {
  /// The session of the topmost role; roles whose sessions have ended are assumed again on the way.
  ///
  /// - Throws: ``AuthError``: what a cloud said; roles stay on top all the same.
  func roleSession(on base: Resolution) async throws(AuthError) -> Credential {
    guard var upstream = try await context.sessionUnlessAmbient(of: base) else {
      throw AuthError(
        .usage,
        "`\(base.record.name)` leaves credentials to the environment, so no role can be assumed from it"
      )
    }
    for index in state.roles.indices {
      let role = state.roles[index]
      if let known = role.credential, known.isUsable(at: context.now, margin: known.renewalMargin) {
        upstream = known
        continue
      }
      let realm = try base.configuration.readableCatalog().realm
      upstream = try await role.source.credential(
        LinkRequest(
          realm: realm, upstream: upstream, previous: role.credential,
          effects: try context.effects(in: base.configuration)))
      state.roles[index].credential = upstream
    }
    return upstream
  }

  /// The variables of the last role on top: its keys, since no other process can renew them.
  func roleDelivery(
    to program: (name: String, path: String)? = nil
  ) async throws(AuthError) -> Delivery {
    let base = try await baseIdentity()
    let credential = try await roleSession(on: base)
    guard let role = state.roles.last else { throw AuthError(.usage, "no role was assumed") }
    if let end = credential.expiresAt {
      let left = Remaining.text(seconds: context.now.seconds(until: end))
      context.say(
        "the keys of \(role.name) last \(left) and do not renew; `save NAME` makes it an identity")
    }
    let who = base.with(role)
    try await context.writeDown(
      HandOut(program == nil ? .env : .repl, .keys, of: who.record, credential, to: program),
      in: who.configuration)
    var delivery = try Delivery(
      who, credential: credential, isStatic: true, context: context)
    // No configuration knows it by a name.
    delivery.set.removeAll { $0.name == "ATMOS_IDENTITY" }
    delivery.unset.append("ATMOS_IDENTITY")
    return delivery
  }
}

extension Resolution {
  /// Who acts with a role on top.
  func with(_ role: AdHocRole) -> Resolution {
    var who = self
    who.record = role.record(on: record)
    return who
  }
}
