import Application
import AuthConfiguration
import Core
import Model
import Terminal

extension Repl {
  /// Assumes a role on top of what there is; it stays only if that works.
  func assume(_ role: AdHocRole) async throws(AuthError) -> Int32 {
    state.roles.append(role)
    do throws(AuthError) {
      let credential = try await roleSession(on: try await baseIdentity())
      let left = credential.expiresAt.map {
        Remaining.text(seconds: context.now.seconds(until: $0))
      }
      let mark = context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
      context.err.write("\(mark) Assumed \(role.arn)\(left.map { " for \($0)" } ?? "")\n")
      return 0
    } catch {
      state.roles.removeLast()
      throw error
    }
  }

  /// Writes the roles on top as identities, the last one called `name`.
  func save(as name: String) async throws(AuthError) -> Int32 {
    guard !state.roles.isEmpty else {
      throw AuthError(
        .usage, "no role was assumed, so there is nothing to save",
        hints: ["`assume ROLE_ARN` comes first"])
    }
    guard IdentityName.isShellSafe(name), !IdentityName.isOff(name) else {
      throw AuthError(
        .usage, "not a name for an identity: \(DisplayText.sanitized(name, limit: 80))",
        hints: ["use letters, digits and . _ / @ + : - only"])
    }
    let base = try await baseIdentity()
    let catalog = try base.configuration.readableCatalog()
    // Those in between need names, too.
    let names = (1..<state.roles.count).map { "\(name)-\($0)" } + [name]
    for new in names.reversed() {
      guard let known = try? catalog.identity(named: new) else { continue }
      throw AuthError(
        .usage, "identity `\(known.name)` already exists", hints: ["choose another name"])
    }
    guard let directory = catalog.dropInDirectory else {
      throw AuthError(
        .badConfiguration, "no atmos.yaml here reads other files, so it cannot be saved")
    }
    let path = "\(directory)/\(FileName.encode(name.lowercased())).yaml"
    guard !FileSystem.exists(path) else {
      throw AuthError(
        .usage, "\(path) already exists; it was not overwritten", hints: ["choose another name"])
    }
    var identities: [(key: String, value: YAMLText.Value)] = []
    for (index, role) in state.roles.enumerated() {
      identities.append(
        (
          names[index],
          .map([
            ("kind", .text(AdHocRole.kind)),
            ("via", .map([("identity", .text(index == 0 ? base.record.name : names[index - 1]))])),
            ("principal", .map(role.principal.map { ($0.key, .text($0.value)) })),
          ])
        ))
    }
    let text =
      "# Saved in the REPL of atmos-auth; it is yours to change.\n"
      + YAMLText.document([("auth", .map([("identities", .map(identities))]))])
    // Readable to others as any file of a project is, since it goes into version control.
    try FileSystem.writeAtomically(path, Array(text.utf8), mode: 0o644)
    context.say("\(context.err.symbol("✓", plain: "ok")) Saved \(name) in \(path)")
    return 0
  }
}
