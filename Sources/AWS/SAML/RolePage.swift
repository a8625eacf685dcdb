import Core
import Logging
import Model
import SignIn

/// The page of AWS on which people choose a role after a SAML login: it alone knows what accounts are
/// called.
enum RolePage {
  /// Names are a courtesy; a person is not kept waiting for them.
  private static let limit = Duration.seconds(5)

  /// Asks it for the names of the accounts of a response.
  ///
  /// - Parameters:
  ///   - response: The response, in base64.
  ///   - roles: What it offers.
  ///   - effects: Everything outside the process.
  /// - Returns: The names by the accounts' numbers; empty where the page does not say.
  static func accountNames(
    for response: Secret, _ roles: [SAMLRole], _ effects: Effects
  ) async -> [String: String] {
    let partition = roles.first.flatMap { Partition.ofARN($0.role) } ?? .commercial
    let endpoint = try? ServiceEndpoint.resolve(
      .signIn, region: partition.defaultRegion, configured: nil, effects: effects)
    guard let endpoint else { return [:] }
    let form = PercentEncoding.form([
      (name: "RelayState", value: ""), (name: "SAMLResponse", value: response.revealed()),
    ])
    let request = HTTPRequest(
      method: "POST", url: endpoint.url + "saml",
      headers: [(name: "Content-Type", value: "application/x-www-form-urlencoded")],
      body: Secret(form), timeout: limit, operation: "role page")
    guard let answer = try? await effects.transport.send(request), answer.status == 200 else {
      effects.log.debug("the names of the accounts are not known")
      return [:]
    }
    return AccountNames.onRolePage(answer.body)
  }
}
