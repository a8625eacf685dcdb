import Core

extension AuthError {
  /// The hints of a role that `assume` names, which stands in no configuration: where they speak of
  /// its fields, they speak of the options, and what would log in as it or store its keys is about
  /// `base`, or about nothing.
  func hints(of role: AdHocRole, on base: String?) -> AuthError {
    let options = [
      "principal.external_id": "--external-id", "principal.mfa_arn": "--mfa-serial",
      "principal.duration": "--duration",
    ]
    let name = ShellQuoting.typed(command: ["-i", role.name]) + "`"
    var error = self
    error.hints = hints.compactMap { hint in
      var hint = hint
      for (field, option) in options { hint.replace("`\(field)`", with: "`\(option)`") }
      guard hint.contains(name) else { return hint }
      return base.map { hint.replacing(name, with: ShellQuoting.typed(command: ["-i", $0]) + "`") }
    }
    return error
  }
}
