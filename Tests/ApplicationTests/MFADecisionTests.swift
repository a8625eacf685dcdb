import Model
import Testing
import ToolCommands

@testable import Application

/// The table of docs/mfa-levels.md, row by row.
@Suite struct MFADecisionTests {
  private static func question(
    _ level: MFALevel, _ commandClass: CommandClass,
    _ change: (inout MFAQuestion) -> Void = { _ in }
  ) -> MFAQuestion {
    var question = MFAQuestion(level: level, commandClass: commandClass)
    change(&question)
    return question
  }

  @Test(arguments: [
    // Each level with each class, somebody at the terminal.
    (question(.never, .none), MFADecision.proceed), (question(.never, .plan), .proceed),
    (question(.never, .apply), .proceed), (question(.appliesOnly, .none), .proceed),
    (question(.appliesOnly, .plan), .proceed),
    (question(.appliesOnly, .apply), .askForCode(unattended: false)),
    (question(.plansAndApplies, .none), .proceed),
    (question(.plansAndApplies, .plan), .askForCode(unattended: false)),
    (question(.plansAndApplies, .apply), .askForCode(unattended: false)),
  ])
  func levels(question: MFAQuestion, expected: MFADecision) {
    #expect(MFADecision(question) == expected)
  }

  @Test(arguments: [
    // A young code does for applies-only, and never for plans-and-applies.
    (question(.appliesOnly, .apply) { ($0.age, $0.maximumAge) = (60, 900) }, MFADecision.reuse),
    (question(.appliesOnly, .apply) { ($0.age, $0.maximumAge) = (0, 900) }, .reuse),
    (
      question(.appliesOnly, .apply) { ($0.age, $0.maximumAge) = (900, 900) },
      .askForCode(unattended: false)
    ),
    (
      question(.appliesOnly, .apply) { ($0.age, $0.maximumAge) = (0, 0) },
      .askForCode(unattended: false)
    ),
    // A clock that was put back makes nothing young.
    (
      question(.appliesOnly, .apply) { ($0.age, $0.maximumAge) = (-1, 900) },
      .askForCode(unattended: false)
    ),
    (
      question(.plansAndApplies, .apply) { ($0.age, $0.maximumAge) = (1, 900) },
      .askForCode(unattended: false)
    ),
    (
      question(.plansAndApplies, .plan) { ($0.age, $0.maximumAge) = (1, 900) },
      .askForCode(unattended: false)
    ),
  ])
  func `age of the last code`(question: MFAQuestion, expected: MFADecision) {
    #expect(MFADecision(question) == expected)
  }

  @Test(arguments: [
    (
      question(.plansAndApplies, .apply) { $0.plansItself = true }, MFADecision.refuse(.unseenPlan)
    ),
    (
      question(.plansAndApplies, .apply) { ($0.plansItself, $0.isUnattended) = (true, true) },
      .refuse(.unseenPlan)
    ),
    (question(.appliesOnly, .apply) { $0.plansItself = true }, .askForCode(unattended: false)),
    (question(.never, .apply) { $0.plansItself = true }, .proceed),
  ])
  func `apply without a saved plan`(question: MFAQuestion, expected: MFADecision) {
    #expect(MFADecision(question) == expected)
  }

  @Test(arguments: [
    (
      question(.appliesOnly, .apply) { $0.hasTerminal = false }, MFADecision.refuse(.nobodyToAsk)
    ),
    (question(.appliesOnly, .apply) { $0.isAutomation = true }, .refuse(.nobodyToAsk)),
    // A person's young code is not a robot's.
    (
      question(.appliesOnly, .apply) {
        ($0.hasTerminal, $0.age, $0.maximumAge) = (false, 1, 900)
      }, .refuse(.nobodyToAsk)
    ),
    (question(.appliesOnly, .plan) { $0.hasTerminal = false }, .proceed),
    (question(.plansAndApplies, .plan) { $0.hasTerminal = false }, .refuse(.nobodyToAsk)),
    (
      question(.appliesOnly, .apply) { ($0.hasTerminal, $0.isUnattended) = (false, true) },
      .askForCode(unattended: true)
    ),
    (
      question(.appliesOnly, .apply) { ($0.isAutomation, $0.isUnattended) = (true, true) },
      .askForCode(unattended: true)
    ),
    (
      question(.appliesOnly, .apply) { $0.isUnattended = true }, .askForCode(unattended: false)
    ),
    (
      question(.appliesOnly, .apply) {
        ($0.hasTerminal, $0.isUnattended, $0.age, $0.maximumAge) = (false, true, 1, 900)
      }, .reuse
    ),
    (question(.appliesOnly, .apply) { $0.hasFactor = false }, .refuse(.noFactor)),
    (question(.appliesOnly, .plan) { $0.hasFactor = false }, .proceed),
  ])
  func `nobody to ask, or nothing to ask for`(question: MFAQuestion, expected: MFADecision) {
    #expect(MFADecision(question) == expected)
  }

  @Test(arguments: [
    (question(.appliesOnly, .apply) { $0.heldClass = .apply }, MFADecision.share),
    (question(.plansAndApplies, .plan) { $0.heldClass = .apply }, .share),
    (question(.plansAndApplies, .plan) { $0.heldClass = .plan }, .share),
    // A hook of a plan does not get to apply.
    (
      question(.appliesOnly, .apply) { $0.heldClass = .plan }, .askForCode(unattended: false)
    ),
    (
      question(.appliesOnly, .apply) { ($0.heldClass, $0.isAutomation) = (.plan, true) },
      .refuse(.nobodyToAsk)
    ),
    // terragrunt says TF_IN_AUTOMATION to what it runs.
    (
      question(.appliesOnly, .apply) { ($0.heldClass, $0.isAutomation) = (.apply, true) }, .share
    ),
    (question(.never, .none) { $0.heldClass = .apply }, .proceed),
  ])
  func `a command inside another`(question: MFAQuestion, expected: MFADecision) {
    #expect(MFADecision(question) == expected)
  }

  @Test(arguments: [
    (question(.never, .apply) { $0.isProtected = true }, MFADecision.askForName),
    (question(.never, .plan) { $0.isProtected = true }, .proceed),
    (question(.never, .none) { $0.isProtected = true }, .proceed),
    (question(.never, .apply) { ($0.isProtected, $0.isConfirmed) = (true, true) }, .proceed),
    (
      question(.never, .apply) { ($0.isProtected, $0.hasTerminal) = (true, false) },
      .refuse(.nobodyToAsk)
    ),
    (
      question(.never, .apply) {
        ($0.isProtected, $0.hasTerminal, $0.isConfirmed) = (true, false, true)
      }, .refuse(.nobodyToAsk)
    ),
    (
      question(.never, .apply) {
        ($0.isProtected, $0.hasTerminal, $0.isUnattended) = (true, false, true)
      }, .proceed
    ),
    // A person who is there is asked all the same.
    (question(.never, .apply) { ($0.isProtected, $0.isUnattended) = (true, true) }, .askForName),
    (
      question(.never, .apply) {
        ($0.isProtected, $0.isUnattended, $0.isAutomation) = (true, true, true)
      }, .proceed
    ),
    // Inside of a command for which the name was typed, also where nobody can be asked.
    (
      question(.never, .apply) {
        ($0.isProtected, $0.namedClass, $0.isAutomation) = (true, .apply, true)
      }, .proceed
    ),
    (question(.never, .apply) { ($0.isProtected, $0.namedClass) = (true, .plan) }, .askForName),
    // A code says more than a name.
    (
      question(.appliesOnly, .apply) { ($0.isProtected, $0.namedClass) = (true, .apply) },
      .askForCode(unattended: false)
    ),
    (
      question(.appliesOnly, .apply) { $0.isProtected = true }, .askForCode(unattended: false)
    ),
    (question(.never, .apply) { ($0.isProtected, $0.heldClass) = (true, .apply) }, .share),
  ])
  func `protected identities`(question: MFAQuestion, expected: MFADecision) {
    #expect(MFADecision(question) == expected)
  }
}
