import Model
import ToolCommands

/// What speaks for and against running a command as an identity, and who is there to be asked.
struct MFAQuestion: Equatable {
  /// Which commands ask for a code.
  var level = MFALevel.never
  /// What the command may do.
  var commandClass = CommandClass.none
  /// Whether the identity asks for its name before what may change something.
  var isProtected = false
  /// Whether a person can be asked.
  var hasTerminal = true
  /// Whether TF_IN_AUTOMATION says that nobody is to be asked.
  var isAutomation = false
  /// Whether codes come without a person, and the policy says that these will do.
  var isUnattended = false
  /// Whether the command plans and applies in one, so that its plan would be seen inside the tool.
  var plansItself = false
  /// Whether the identity's chain has a device or a login that proves who is there.
  var hasFactor = true
  /// The age of the last code of this class in seconds, and for how many it does; `nil` for none.
  var age: Int64?
  var maximumAge: Int64 = 0
  /// Whether the name was typed in this terminal not longer ago than that.
  var isConfirmed = false
  /// The class of the command that this one runs inside of, which has a code of the same identity.
  var heldClass: CommandClass?
  /// The class of the command that this one runs inside of, for which the same identity's name was typed.
  var namedClass: CommandClass?

  /// Whether a code is asked for.
  var needsCode: Bool {
    switch commandClass {
    case .none: false
    case .plan: level == .plansAndApplies
    case .apply: level >= .appliesOnly
    }
  }

  /// Whether it runs because the name was typed in this terminal before, for another command.
  var goesByEarlierName: Bool {
    isProtected && isConfirmed && commandClass == .apply && !needsCode && canAsk
      && namedClass != .apply
  }

  /// Whether a person is there and may be asked.
  var canAsk: Bool { hasTerminal && !isAutomation }
}

/// Whether a command may run as an identity, and what is asked before.
///
/// It is the one decision about MFA levels and protected identities, for `exec`, wrappers, shims and
/// the REPL.
enum MFADecision: Equatable {
  /// It runs with the session that a shell has.
  case proceed
  /// It runs with the session of the command around it.
  case share
  /// It runs with a session of its own, made from the last code.
  case reuse
  /// It runs with a session of its own, once there is another code; without a person if that is
  /// `unattended`.
  case askForCode(unattended: Bool)
  /// It runs once the identity's name is typed.
  case askForName
  /// It does not run.
  case refuse(Reason)

  /// Why a command does not run.
  enum Reason: Equatable {
    /// Nobody can be asked.
    case nobodyToAsk
    /// The tool would ask whether to apply what it has just planned, when the code is long given.
    case unseenPlan
    /// Nothing in the chain proves that a person is there.
    case noFactor
  }

  /// Decides; docs/mfa-levels.md has the table.
  init(_ question: MFAQuestion) {
    let canAsk = question.canAsk
    if question.commandClass == .none {
      self = .proceed
    } else if let held = question.heldClass, held >= question.commandClass {
      self = .share
    } else if !question.needsCode {
      self =
        if !question.isProtected || question.commandClass < .apply {
          .proceed
        } else if let named = question.namedClass, named >= question.commandClass {
          .proceed
        } else if !canAsk {
          question.isUnattended ? .proceed : .refuse(.nobodyToAsk)
        } else {
          question.isConfirmed ? .proceed : .askForName
        }
    } else if !question.hasFactor {
      self = .refuse(.noFactor)
    } else if question.level == .plansAndApplies, question.plansItself {
      self = .refuse(.unseenPlan)
    } else if !canAsk, !question.isUnattended {
      self = .refuse(.nobodyToAsk)
    } else if question.level == .appliesOnly, let age = question.age,
      (0..<question.maximumAge).contains(age)
    {
      self = .reuse
    } else {
      self = .askForCode(unattended: !canAsk)
    }
  }
}
