import Core
import Model

/// The variables of awsu, in the spelling of its code and in that of its manual.
///
/// They stand in for options that were not given. Source: kreuzwerker/awsu, `config/config.go` and
/// README.md.
struct AWSUVariables {
  private let environment: [String: String]

  init(_ environment: [String: String]) {
    self.environment = environment
  }

  /// `AWSU_GRACE`: seconds that whatever is handed out must last.
  ///
  /// - Throws: ``AuthError`` with code `usage` for what is not a duration.
  var grace: Int64? {
    get throws(AuthError) {
      guard let text = value("AWSU_GRACE") else { return nil }
      do throws(AuthError) {
        return try ExecRequest.seconds(text)
      } catch {
        throw AuthError(.usage, "AWSU_GRACE: \(error.message)", hints: error.hints)
      }
    }
  }

  /// `AWSU_DURATION`: how long the session of a role lasts, as a duration.
  var duration: String? { value("AWSU_DURATION") }

  /// `AWSU_MFA_SERIAL` or `AWSU_SERIAL`: the device that a role asks for.
  var mfaDevice: String? { value("AWSU_MFA_SERIAL", "AWSU_SERIAL") }

  /// `AWSU_TOKEN_GENERATOR` or `AWSU_GENERATOR`: where codes come from.
  var sources: [CodeSource]? {
    switch value("AWSU_TOKEN_GENERATOR", "AWSU_GENERATOR")?.lowercased() {
    case "yubikey": [.yubiKey(account: nil), .terminal]
    case "manual": [.terminal]
    default: nil
    }
  }

  private func value(_ names: String...) -> String? {
    names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
  }
}
