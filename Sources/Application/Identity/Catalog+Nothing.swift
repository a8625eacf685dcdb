package import AuthConfiguration
package import Core

extension Catalog {
  /// The error for a missing configuration, with the directories that were searched.
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

  /// The error for a configuration that defines no identities.
  func nothingDefined() -> AuthError {
    let files = files.joined(separator: ", ")
    let error = AuthError(.badConfiguration, "no identities are defined in \(files)")
    guard let profile = profilesAvailable.first else {
      return error.hint("define one under `auth.identities:`, as docs/getting-started.md shows")
    }
    let option = ShellQuoting.typed(command: ["--profile", profile])
    return error.hint("there are profiles: try `\(option)`")
  }

  /// The error for `tags` that nothing has, with the tags that exist.
  package func nothingTagged(_ tags: [String], among known: [String]) -> AuthError {
    let known = Set(known).sorted().joined(separator: ", ")
    let word = tags.count == 1 ? "the tag" : "any of the tags"
    return AuthError(
      .usage, "nothing has \(word): \(tags.joined(separator: ", "))",
      hints: [known.isEmpty ? "no tag is defined" : "tags are: \(known)"])
  }
}
