package import AuthConfiguration
package import Model

/// Credentials that leave the program, as the audit log gets to know of it.
package struct HandOut {
  /// The way they go.
  package enum Way: String {
    case exec
    case wrapper
    case shell
    case repl
    case env
    case use
    case credentialProcess = "credential-process"
    case eksToken = "eks-token"
    case registry = "docker-credential"
    case console
    case assume
    case terragrunt = "terragrunt-auth"
    case mfaCode = "mfa-code"
    /// A session was made and kept; nothing leaves.
    case login
    /// The end of a program that was started in another way's line.
    case end
  }

  /// What is handed out.
  package enum Delivery: String {
    /// The keys themselves.
    case keys
    /// A profile whose credentials are asked for each time, which is a line of its own.
    case profile
    /// A token or a password that was made from them.
    case token
    /// A page that is signed in.
    case page
    /// Whatever the surroundings offer.
    case ambient
    /// Nothing.
    case none
  }

  package var way: Way
  package var delivery: Delivery
  /// Whose they are; `nil` for a provider's.
  package var record: IdentityRecord?
  /// The names of the chain.
  package var chain: [String]
  package var credential: Credential?
  /// What narrows the session; see ``Audit/AuditEntry/policies``.
  package var policies: [String] = []
  /// The program that is started, as it was typed, and where it is.
  package var program: (name: String, path: String)?

  /// A hand-out of an identity's credentials.
  package init(
    _ way: Way, _ delivery: Delivery, of record: IdentityRecord, _ credential: Credential?,
    to program: (name: String, path: String)? = nil
  ) {
    self.way = way
    self.delivery = record.isAmbient && credential == nil ? .ambient : delivery
    self.record = record
    chain = record.chain.map(\.name)
    self.credential = credential
    self.program = program
  }

  /// The credential of a role that was assumed on the spot, by an identity or what the
  /// surroundings offer.
  init(_ role: AdHocRole, on record: IdentityRecord?, _ credential: Credential) {
    way = .assume
    delivery = .keys
    self.record = record
    chain = (record?.chain.map(\.name) ?? []) + [role.name]
    self.credential = credential
  }

  /// A login along a chain.
  package init(loginTo chain: Chain, _ record: IdentityRecord?, _ credential: Credential) {
    way = .login
    delivery = .none
    self.record = record
    self.chain = chain.links.map(\.name)
    self.credential = credential
  }
}
