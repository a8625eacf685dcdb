import AuthConfiguration
import Core
import HTTPTransport
import Hook
import Keyrings
import Model

extension Registry {
  /// The variables that lead logins or secrets elsewhere: addresses of services, certificates that
  /// servers are checked against, and keyrings.
  ///
  /// Proxies are not among them, since they see no more than the network does. Neither are the
  /// variables that say what the surroundings offer, which an ambient identity is there to take.
  var redirecting: [String] {
    clouds.flatMap(\.variables.redirecting) + TrustRoots.variables + KeyringFactory.variables
  }

  /// Those that are set in an environment.
  func redirects(in environment: [String: String]) -> [Redirect] {
    let set = redirecting.filter { !(environment[$0] ?? "").isEmpty }
    // Nearly always there is none, and then nothing is taken apart.
    guard !set.isEmpty else { return [] }
    let marker = environment[Marker.variable].flatMap(Marker.init(text:))
    let carried = CarriedEnvironment.values(environment)
    return set.sorted().map { name in
      let value = environment[name] ?? ""
      guard let marker, let entry = marker.entry(name), marker.isOurs(entry, now: value) else {
        return Redirect(name: name, value: value, before: value, handed: carried[name])
      }
      var before: String?
      if case .exported(let earlier) = entry.earlier { before = earlier }
      return Redirect(name: name, value: value, before: before, handed: before)
    }
  }
}
