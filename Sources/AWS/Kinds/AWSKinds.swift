public import Model

/// The kinds of this target that log in to AWS.
public enum AWSKinds {
  /// All of them, for the registry.
  public static let all: [Kind] = [
    .identityCenter, .awsUser, .permissionSet, .assumeRole, .assumeRoot, .awsAmbient, .ambient,
  ]
}

/// The kinds that need no cloud: for demonstrations and tests.
public enum MockKinds {
  /// All of them, for the registry.
  public static let all: [Kind] = [
    .mock("mock", .provider), .mock("mock", .identity),
    .mock("mock/aws", .provider), .mock("mock/aws", .identity),
  ]
}
