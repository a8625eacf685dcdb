package import AuthConfiguration
package import Core
package import Model
import Sessions

/// What is known about an identity's session on this machine.
package struct IdentityStatus {
  package var record: IdentityRecord
  package var realm: String
  package var realmSource: String
  /// The remembered session, usable or not; `nil` when there is none.
  package var credential: Credential?
  /// Whom the cloud says the session stands for, when it was asked.
  var verified: Principal?
  /// Whether the session can be used now.
  package var isValid: Bool
  /// Why the identity may not be used, where it was not allowed; nothing stored of it is read then.
  package var refusal: AuthError?
  /// The variables that hand the identity to programs, as `environment` in `whoami -o json`.
  package var environment: [(name: String, value: String)]
  /// The home directory, shown as `~`.
  package var home: String?

  /// Creates it from its parts.
  package init(
    record: IdentityRecord, realm: String, realmSource: String, credential: Credential? = nil,
    verified: Principal? = nil, isValid: Bool, environment: [(name: String, value: String)],
    home: String? = nil
  ) {
    self.record = record
    self.realm = realm
    self.realmSource = realmSource
    self.credential = credential
    self.verified = verified
    self.isValid = isValid
    self.environment = environment
    self.home = home
  }
}

extension CommandContext {
  /// The state of who acts; nobody is logged in, but with `verify` its cloud is asked.
  package func status(
    of who: Resolution, verify: Bool
  ) async throws(AuthError) -> IdentityStatus {
    let who = asStarted(who)
    let record = who.record
    let catalog = try who.configuration.readableCatalog()
    var status = IdentityStatus(
      record: record, realm: catalog.realm, realmSource: catalog.realmSource.rawValue,
      isValid: false,
      environment: [], home: surroundings.environment["HOME"])
    var looking = self
    // Nobody who only looks is asked to allow anything.
    looking.mayAskForTrust = false
    do throws(AuthError) { try await looking.approve(who) } catch {
      guard error.code == .loginRequired else { throw error }
      status.refusal = error
      return status
    }
    if record.isAmbient {
      status.isValid = true
      return status
    }
    status.credential = try await sessionStore(in: who.configuration).read(
      realm: catalog.realm, identity: who.narrowed?.place.name ?? record.name,
      digest: try sessionDigest(of: who))
    let isUsable = status.credential?.isUsable(at: now, margin: 0) ?? false
    status.isValid = isUsable ? try idleEnd(of: who) == nil : false
    // Where no file can be written there is no other delivery.
    status.environment = try Delivery(
      who, credential: status.credential, isStatic: !paths.canKeepState, context: self
    ).set
    if verify, status.isValid, let credential = status.credential,
      let ask = registry.cloud(record.cloud)?.verify
    {
      status.verified = try await ask(
        VerificationRequest(
          credential: credential, identity: record.name,
          effects: try effects(in: who.configuration)))
    }
    return status
  }

  // The digest of an identity that rests on a command's output is not in the index.
  private func sessionDigest(of who: Resolution) throws(AuthError) -> String {
    if let narrowed = who.narrowed { return narrowed.place.digest }
    if who.record.isStable { return who.record.sessionDigest }
    let chain = try who.configuration.chain(for: who.record.name)
    return chain.sessionDigest(through: chain.links.count - 1)
  }
}
