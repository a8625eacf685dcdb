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

  /// `AWSU_NO_CACHE`: whether a role is assumed again, whatever is remembered.
  var ignoresSessions: Bool { isOn("AWSU_NO_CACHE") }

  /// `AWSU_QR`: whether a new device's seed is shown as a QR code.
  var showsQRCode: Bool { isOn("AWSU_QR") }

  /// `AWSU_QR_ISSUER` or `AWSU_ISSUER`: whose device an authenticator app shows it as.
  var issuer: String? { value("AWSU_QR_ISSUER", "AWSU_ISSUER") }

  /// `AWSU_VERBOSE`: whether each step is logged.
  var isVerbose: Bool { isOn("AWSU_VERBOSE") }

  // As Go's `strconv.ParseBool` has them.
  private func isOn(_ name: String) -> Bool {
    ["1", "t", "T", "true", "TRUE", "True"].contains(value(name))
  }

  private func value(_ names: String...) -> String? {
    names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
  }
}
