internal import Core
internal import Model

extension ConfigurationLoader {
  /// Warns of a variable that atmos lets a checkout decide, and that is here for a person's own
  /// environment to say.
  mutating func warnOfIgnored(_ name: String, _ mark: SourceMark) {
    let instead: String?
    switch name {
    case "ATMOS_IDENTITY": instead = "mark the identity with `default: true`"
    case "ATMOS_KEYRING_TYPE": instead = "use `auth.keyring.type`"
    case "ATMOS_KEYRING_FILE_PATH": instead = "use `auth.keyring.spec.path`"
    case "ATMOS_KEYRING_PASSWORD_ENV": instead = "use `auth.keyring.spec.password_env`"
    case "ATMOS_LOGS_LEVEL": instead = "use `auth.logs.level`"
    case "ATMOS_KEYRING_PASSWORD", "ATMOS_AUTH_MFA_CODE", "ATMOS_CHDIR", "ATMOS_CONFIG",
      "ATMOS_CONFIG_PATH", "ATMOS_CLI_CONFIG_PATH", "ATMOS_LOGS_FILE", "ATMOS_INTERACTIVE":
      instead = nil
    default: return
    }
    warn(
      "`\(name)` in `env` has no effect on atmos-auth", mark,
      suggestion: instead ?? "set it in your own environment", code: "ignored-variable")
  }
}
