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

  init(_ context: CommandContext, _ who: Resolution, realm: String) {
    self.context = context
    self.who = who
    self.realm = realm
  }

  // Where one is noted; `nil` outside of a terminal's session.
  private func path(of record: IdentityRecord) -> String? {
    // Another session of the same terminal is another window, or another person.
    let session = getsid(0)
    guard session > 0, let start = ProcessMark.start(of: session) else { return nil }
    let fingerprint = (try? who.configuration.catalog().trust(for: record).fingerprint) ?? ""
    let key = "\(session)-\(start) \(fingerprint) \(realm) \(record.name.lowercased())"
    return "\(context.paths.typedNamesDirectory)/\(FileName.encode(key))"
  }

  /// Whether each was typed in this terminal not longer than so many seconds ago.
  func wereTyped(within seconds: Int64) -> Bool {
    seconds > 0 && who.protected.allSatisfy { wasTyped($0, within: seconds) }
  }

  private func wasTyped(_ record: IdentityRecord, within seconds: Int64) -> Bool {
    guard let path = path(of: record), let bytes = FileSystem.readOwn(path, limit: 64),
      let at = Int64(String(decoding: bytes, as: UTF8.self).trimmed)
    else { return false }
    return (0..<seconds).contains(Instant(secondsSince1970: at).seconds(until: context.now))
  }

  /// Asks for each; where none is protected, for the name of who the program ends up as.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` unless they are typed.
  func ask(for what: String) async throws(AuthError) {
    let records = who.protected
    for record in records.isEmpty ? [who.leadsTo.first ?? who.record] : records {
      try await ask(for: what, record)
    }
  }

  private func ask(for what: String, _ record: IdentityRecord) async throws(AuthError) {
    let name = record.name
    guard let person = context.person else {
      throw AuthError(.loginRequired, "there is nobody to type the name of `\(name)`")
    }
    let isProtected = record.isProtected ? ", which is protected" : ""
    let answer = try await person.ask(
      "\(what) acts as \(name)\(isProtected). Type its name to go on: ", hidden: false)
    guard ByteText(answer.revealed().trimmed) == ByteText(name) else {
      throw AuthError(.loginRequired, "that is not the name of `\(name)`, so nothing was run")
    }
    guard let path = path(of: record) else { return }
    // Without a place to remember it, it is asked for again.
    try? FileSystem.writeAtomically(
      path, Array("\(context.now.secondsSince1970)\n".utf8), isDurable: false)
  }
}
