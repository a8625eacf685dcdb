import AuthConfiguration
import CLibrary
import Core
import Model
import Terminal

/// The names of protected identities that a person typed, each remembered in the terminal it was typed
/// in.
struct TypedNames {
  private let context: CommandContext
  private let who: Resolution
  private let realm: String

  private var name: String { who.protected.name }

  init(_ context: CommandContext, _ who: Resolution, realm: String) {
    self.context = context
    self.who = who
    self.realm = realm
  }

  // Where it is noted; `nil` outside of a terminal's session.
  private var path: String? {
    // Another session of the same terminal is another window, or another person.
    let session = getsid(0)
    guard session > 0, let start = ProcessMark.start(of: session) else { return nil }
    let fingerprint = (try? who.configuration.catalog().trust(for: who.protected).fingerprint) ?? ""
    let key = "\(session)-\(start) \(fingerprint) \(realm) \(name.lowercased())"
    return "\(context.paths.typedNamesDirectory)/\(FileName.encode(key))"
  }

  /// Whether it was typed in this terminal not longer than so many seconds ago.
  func wasTyped(within seconds: Int64) -> Bool {
    guard seconds > 0, let path, let bytes = FileSystem.readOwn(path, limit: 64),
      let at = Int64(String(decoding: bytes, as: UTF8.self).trimmed)
    else { return false }
    return (0..<seconds).contains(Instant(secondsSince1970: at).seconds(until: context.now))
  }

  /// Asks for it.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` unless it is typed.
  func ask(for what: String) async throws(AuthError) {
    guard let person = context.person else {
      throw AuthError(.loginRequired, "there is nobody to type the name of `\(name)`")
    }
    let answer = try await person.ask(
      "\(what) acts as \(name), which is protected. Type its name to go on: ", hidden: false)
    guard ByteText(answer.revealed().trimmed) == ByteText(name) else {
      throw AuthError(.loginRequired, "that is not the name of `\(name)`, so nothing was run")
    }
    guard let path else { return }
    // Without a place to remember it, it is asked for again.
    try? FileSystem.writeAtomically(
      path, Array("\(context.now.secondsSince1970)\n".utf8), isDurable: false)
  }
}
