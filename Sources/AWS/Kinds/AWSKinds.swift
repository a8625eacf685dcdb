public import Model

/// The kinds of this target.
public enum AWSKinds {
  /// All of them, for the registry.
  public static let all: [Kind] =
    [.identityCenter, .awsUser, .permissionSet, .assumeRole, .assumeRoot, .awsAmbient, .saml]
    + [.ecr, .ecrPublic, .eks]

  /// The kind of a role that is assumed with the credential before it.
  public static var assumedRole: Kind { .assumeRole }
}
