package import AuthConfiguration
package import Core

extension Catalog {
  /// That there is no configuration, and where one was looked for.
  package func nothingFound() -> AuthError {
    let places = directories
    let shown = places.prefix(8).joined(separator: ", ") + (places.count > 8 ? ", …" : "")
    return AuthError(
      .badConfiguration, "no atmos.yaml was found here, above, or in ~/.atmos",
      hints: [
        "looked in: \(shown)",
        "write one as docs/getting-started.md shows, or name one with `--config FILE`",
        "or run `atmos-auth import aws-config` if you have AWS profiles",
      ])
  }

  /// That the configuration has no identity, and what it may be missing.
  func nothingDefined() -> AuthError {
    let files = files.joined(separator: ", ")
    let error = AuthError(.badConfiguration, "there are no identities in \(files)")
    guard let profile = profilesAvailable.first else {
      return error.hint("define one under `auth.identities:`, as docs/getting-started.md shows")
    }
    let option = ShellQuoting.typed(command: ["--profile", profile])
    return error.hint("there are profiles: try `\(option)`")
  }

  /// That nothing has one of `tags`, and which tags there are.
  package func nothingTagged(_ tags: [String], among known: [String]) -> AuthError {
    let known = Set(known).sorted().joined(separator: ", ")
    let word = tags.count == 1 ? "tag" : "any of the tags"
    return AuthError(
      .usage, "nothing has the \(word): \(tags.joined(separator: ", "))",
      hints: [known.isEmpty ? "no tag is defined" : "tags are: \(known)"])
  }
}
