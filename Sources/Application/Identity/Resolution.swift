package import AuthConfiguration
package import Core
import Model

/// Who a command acts as: the answer to that question, returned once and handed on.
package struct Resolution {
  /// The identity.
  package var record: IdentityRecord
  /// What decided.
  package var reason: Reason
  /// The name as it was asked for, in lower case, which a grant is for; empty where none was.
  package var asked: String
  /// The fingerprints that a directory's grant covers.
  package var granted: [String] = []
  /// The fingerprint that was handed out; another one is refused, though it may be allowed.
  package var bound: String?
  /// The digest of the shell's pin that said so; see ``Core/PinRecord``.
  package var pin: UInt64?
  /// What is handed out instead of the identity's own session.
  package var narrowed: NarrowedSession?
  /// What the directory's file says, when that decides about the configuration or the region.
  package var file: IdentityFile?
  /// Whether a checkout's manifests lead from a stack, or its files from a unit of terragrunt's, to
  /// the identity.
  package var isChosenByCheckout = false
  /// Whom a program becomes with this identity's session; what restrains these holds as well.
  package var leadsTo: [IdentityRecord] = []
  /// The configuration that the identity is one of.
  package var configuration: Configuration

  /// What decided who a command acts as.
  package enum Reason: String, Sendable {
    /// The command's own argument.
    case argument = "the argument"
    /// `--identity`.
    case option = "--identity"
    /// `ATMOS_IDENTITY`.
    case environment = "ATMOS_IDENTITY"
    /// The nearest `.atmos-identity`.
    case directory = "the directory"
    /// The stack that was named.
    case stack = "the stack"
    /// The role that terragrunt's files name.
    case role = "the role of terragrunt.hcl"
    /// The configuration's default, or the only identity that fits.
    case onlyOne = "default"
    /// A person, from a list.
    case person = "a person"
  }

  /// Creates it from its parts.
  package init(
    _ record: IdentityRecord, by reason: Reason, asked: String? = nil, file: IdentityFile? = nil,
    in configuration: Configuration
  ) {
    self.asked = (asked ?? record.name).lowercased()
    self.record = record
    self.reason = reason
    self.file = file
    self.configuration = configuration
  }

  /// Those who have to be named where protected identities are to be named: whom it leads to, and
  /// itself where it leads to no such one.
  var protected: [IdentityRecord] {
    let led = leadsTo.filter(\.isProtected)
    return led.isEmpty && record.isProtected ? [record] : led
  }

  /// The names of all that a question about it is about, in lower case; its own is the first.
  var concerned: [String] { ([record] + leadsTo).map { $0.name.lowercased() } }

  /// What is asked for commands, given the person's own `auth.shell.mfa`.
  func mfa(over standard: MFAPolicy) -> MFAPolicy {
    leadsTo.reduce(record.mfa.over(standard, isOwn: record.isOwn)) { strictest, next in
      next.mfa.over(standard, isOwn: next.isOwn).over(strictest, isOwn: false)
    }
  }

  /// The identity that a question about it is said to be about.
  func asking(over standard: MFAPolicy) -> IdentityRecord {
    leadsTo.first {
      $0.isProtected || ($0.mfa.over(standard, isOwn: $0.isOwn).level ?? .never) > .never
    } ?? leadsTo.first ?? record
  }

  /// The region that programs are given; what the directory's file says beats the identity's own.
  package var region: String? { file?.region ?? record.region }
}

/// Who a command acts as, or that it is to be nobody.
package enum ChosenIdentity {
  /// An identity of a configuration.
  case identity(Resolution)
  /// Nobody: identities are switched off here.
  case nobody(by: Resolution.Reason)

  var displayName: String {
    switch self {
    case .identity(let who): who.record.name
    case .nobody: "none"
    }
  }

  /// What decided.
  package var reason: Resolution.Reason {
    switch self {
    case .identity(let who): who.reason
    case .nobody(let reason): reason
    }
  }
}
