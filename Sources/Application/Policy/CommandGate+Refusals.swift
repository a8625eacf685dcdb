import AuthConfiguration
import Core
import Model
import ToolCommands

extension CommandGate {
  /// Why a command does not run, and what to do instead.
  func refusal(_ reason: MFADecision.Reason) -> AuthError {
    var error = plainRefusal(reason)
    if let why { error.hints.insert(why, at: 0) }
    return error
  }

  /// Says why it is asked about, where that is not plain from what was typed.
  func sayWhy() {
    if let why { context.say("note: \(why)") }
  }

  private var why: String? {
    guard let reason = command?.reason else { return nil }
    let isPlain = typed.map { $0.commandClass == .apply && $0.reason == nil } ?? false
    return isPlain ? reason : "\(what) counts as apply: \(reason)"
  }

  private func plainRefusal(_ reason: MFADecision.Reason) -> AuthError {
    let name = who.asking(over: standard).name
    switch reason {
    case .nobodyToAsk:
      let asked =
        asksForCodes ? "asks for an MFA code" : "asks for the name of the identity to be typed"
      let isAutomation = context.person != nil
      let cause = isAutomation ? "TF_IN_AUTOMATION is set" : "there is no terminal to ask on"
      return AuthError(
        .loginRequired, "\(what) as `\(name)` \(asked), and \(cause)",
        hints: [
          isAutomation ? "if you are there, `unset TF_IN_AUTOMATION`" : "run it in a terminal",
          asksForCodes
            ? "or store a seed with `atmos-auth mfa add`, and set `mfa: {unattended: true}`"
            : "or let programs run it with `mfa: {unattended: true}`",
        ])
    case .unseenPlan:
      return AuthError(
        .loginRequired,
        "\(what) as `\(name)` asks for two codes, and its plan would only be seen after the second",
        hints: [planHint])
    case .noFactor:
      return AuthError(
        .loginRequired,
        "\(what) as `\(name)` asks for an MFA code, and nothing in the chain of `\(name)` takes one",
        hints: [
          "give the user or role its device with `mfa_arn`",
          "or write `mfa: {policy: never}` into the definition of `\(name)`",
        ])
    }
  }

  private var isForAllUnits: Bool {
    let environment = context.surroundings.environment
    return TerragruntPlace.read(arguments, environment: environment)?.isForAllUnits == true
  }

  private var planHint: String {
    let isDestroying =
      command?.words.last.map { $0.contains("destroy") || $0.hasPrefix("d") && $0.count < 5 }
      ?? false
    switch command?.tool {
    case "pulumi":
      return "save the plan first: `pulumi preview --save-plan FILE`, then `pulumi up --plan FILE`"
    case "atmos":
      return "plan first: `atmos terraform plan COMPONENT -s STACK`, then "
        + "`atmos terraform apply COMPONENT -s STACK --from-plan`"
    case "terragrunt" where isForAllUnits:
      let run = "terragrunt run --all --out-dir DIRECTORY"
      return
        "save the plans first: `\(run) plan\(isDestroying ? " -destroy" : "")`, then "
        + "`\(run) apply`"
    case "terragrunt":
      return "save the plan first: `terragrunt plan -out FILE`, then `terragrunt apply FILE`"
    case let tool:
      let tool = tool ?? "terraform"
      return
        "save the plan first: `\(tool) plan\(isDestroying ? " -destroy" : "") -out FILE`, then "
        + "`\(tool) apply FILE`"
    }
  }
}
