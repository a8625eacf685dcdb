import AuthConfiguration
import Core
import Model

/// Sees to it that a command starts with a session that lasts as long as earlier runs took, where a
/// later renewal would take a person.
struct RunGuard {
  private let who: Resolution
  private let context: CommandContext
  private let history: RunHistory

  /// Whether the session of who acts takes a person to be renewed, as far as is known.
  static func isOf(_ who: Resolution, realm: String, _ context: CommandContext) -> Bool {
    context.facts(realm: realm, identity: who.record.name)
      .map { $0.renewableUntil < Facts.always } ?? false
  }

  /// The guard for a command, told by its own words.
  init(
    _ words: [String], as who: Resolution, realm: String, _ context: CommandContext
  ) {
    self.who = who
    self.context = context
    history = RunHistory(
      of: words, as: who.record.name, realm: realm, in: context.directory, context.paths)
  }

  /// The session to start with.
  ///
  /// - Throws: ``AuthError`` where there is none at all.
  func session() async throws(AuthError) -> Credential {
    let present = try await context.session(of: who)
    guard let expected = history.expected, let end = present.expiresAt else { return present }
    let left = context.now.seconds(until: end)
    guard left < expected else { return present }
    let lifetime = present.issuedAt.seconds(until: end)
    // What was just got is as good as there is.
    let wanted = min(expected, lifetime - lifetime / 10)
    var credential = present
    if left < wanted {
      do throws(AuthError) {
        credential = try await context.session(of: who, minimumValidity: wanted)
      } catch {
        context.say("cannot renew `\(who.record.name)` before this begins: \(error.message)")
      }
    }
    let given = credential.expiresAt.map { context.now.seconds(until: $0) } ?? expected
    if given < expected {
      context.say(
        "warning: earlier runs here took about \(DurationText.text(expected * 2 / 3)), and this "
          + "session of `\(who.record.name)` lasts \(DurationText.text(given)); you may be asked on "
          + "the way")
    }
    return credential
  }

  /// Notes that the command begins; the value of ``RunHistory/variable``.
  func begin() -> String {
    history.begin(at: context.now, process: context.surroundings.process)
  }
}
