import Core
import Model

extension AssumeRoleSource: NarrowableSource {
  /// The most managed policies that a session may have.
  ///
  /// Source: "AssumeRole", AWS STS API Reference.
  private static let mostPolicies = 10

  func narrowed(by narrowing: SessionNarrowing) throws(AuthError) -> any CredentialSource {
    let partition = role.flatMap(Partition.ofARN) ?? .commercial
    var names = narrowing.policyNames
    if narrowing.isReadOnly {
      names.append("arn:\(partition.name):iam::aws:policy/ReadOnlyAccess")
    }
    if narrowing.policy != nil || !names.isEmpty {
      // A session may do what any of its policies permits: another one would widen it.
      guard !hasPolicies else {
        throw AuthError(
          .refused,
          "identity `\(name)` has a session policy already, and a further one would permit more",
          hints: ["define an identity with the narrower policy under `principal`"])
      }
      guard names.count <= Self.mostPolicies else {
        throw AuthError(.usage, "a session has \(Self.mostPolicies) policies at most")
      }
    }
    var source = self
    source.take(policy: narrowing.policy, names: names)
    if let seconds = narrowing.duration { source.shorten(to: seconds) }
    return source
  }
}
