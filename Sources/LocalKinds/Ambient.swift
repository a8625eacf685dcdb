import AWS
import Core
import Model

extension Kind {
  /// `ambient`: whatever the surroundings offer, untouched, of whatever cloud.
  static let ambient = Kind(
    "ambient", .identity, summary: "The credentials that the shell already has, unchanged.",
    via: .forbidden, gives: .nothing, isRemembered: false, isAmbient: true,
    // A region that is configured beside it is told as atmos tells it: to AWS' tools.
    regionVariables: Cloud.aws.variables.regions,
    makeSource: { _ in AmbientSource() })
}

/// Answers that there is nothing to do.
struct AmbientSource: CredentialSource {
  var traits: [Trait] { [Trait("credentials", "of the surroundings")] }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    Credential(.ambient, issuedAt: request.effects.now(), expiresAt: nil)
  }
}
