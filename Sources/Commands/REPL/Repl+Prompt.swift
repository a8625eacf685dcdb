import Application
import AuthConfiguration
import Core
import Hook
import Model
import Terminal

extension Repl {
  /// The prompt: the segment that the shell's prompt would have, and the roles on top of it.
  func prompt() async -> String {
    guard isInteractive else { return "" }
    let stream = context.err
    let columns = stream.columns
    var text = "atmos-auth"
    if let who = await knownIdentity(),
      let catalog = try? who.configuration.readableCatalog(mayBeMissing: true)
    {
      let record = who.record
      let segment = Segment(
        identity: record.name, isProtected: record.isProtected, style: catalog.shell.style,
        facts: record.isAmbient ? nil : context.facts(realm: catalog.realm, identity: record.name))
      let symbol = Segment.symbol(
        catalog.shell.style, environment: { self.context.surroundings.environment[$0] })
      text = stream.styledForPrompt(
        DisplayText.sanitized(segment.text(at: context.now, columns: columns, symbol: symbol)),
        Self.style(segment, at: context.now))
    }
    // On a narrow terminal only the last role is of interest.
    let roles = columns < 60 ? state.roles.suffix(1) : state.roles[...]
    for role in roles {
      text += " \(stream.symbol("›", plain: ">")) \(DisplayText.sanitized(role.name, limit: 24))"
      if let end = role.credential?.expiresAt {
        let left = context.now.seconds(until: end)
        text += left > 0 ? " \(Segment.duration(left))" : " ~"
      }
    }
    return text + "> "
  }

  // The colours that the hooks draw it in.
  private static func style(_ segment: Segment, at now: Instant) -> Style {
    let look = segment.look(at: now)
    if segment.isProtected, look != .expired, look != .ended { return .alarming }
    return switch look {
    case .valid: .good
    case .expiring: .warning
    case .renewable: .renewable
    case .expired, .ended: .bad
    case .unknown: .unknown
    }
  }
}
