internal import Core
internal import Model

extension CloudConsole {
  /// The AWS Management Console.
  static let aws = CloudConsole(
    durations: ConsoleSignIn.durations, pages: { ConsoleAlias.names },
    check: { text throws(AuthError) in _ = try ConsoleDestination(text) },
    address: { visit throws(AuthError) in
      let page = try visit.destination.map { text throws(AuthError) in
        try ConsoleDestination(text)
      }
      return try await ConsoleSignIn(
        identity: visit.identity, issuer: visit.issuer, effects: visit.effects
      ).address(
        for: visit.credential, destination: page ?? .home, duration: visit.seconds)
    })
}
