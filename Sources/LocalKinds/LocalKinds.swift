public import Model

/// The kinds that need no cloud of their own: for demonstrations, tests and shells that are set up
/// already.
public enum LocalKinds {
  /// All of them, for the registry.
  public static let all: [Kind] =
    [
      .ambient, .mock("mock", .provider), .mock("mock", .identity),
      .mock("mock/aws", .provider), .mock("mock/aws", .identity),
    ] + EmulatorKinds.all
}
