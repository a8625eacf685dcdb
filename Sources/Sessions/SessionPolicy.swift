/// What a caller asks of a credential beyond whose it is.
public struct SessionPolicy: Sendable, Equatable {
  /// How many seconds the credential must last; one that could only be had shorter is an error.
  ///
  /// `nil` leaves it to ``Credential/renewalMargin``: a credential within it is renewed if that
  /// takes no person and works, and used as it is otherwise.
  public var minimumValidity: Int64?
  /// Whether to get a new credential for the target whatever is remembered, as `login` does.
  ///
  /// Links before it are resumed from all the same.
  public var forceTarget: Bool
  /// Whether a person may be asked, where there is one.
  public var allowPerson: Bool

  /// For how many seconds after its code a session before the target's is gone on from; `nil` for as
  /// long as it lasts.
  ///
  /// It is for roles that look at the age of the code (`aws:MultiFactorAuthAge`).
  public var maximumProofAge: Int64?

  /// Creates a policy.
  public init(
    minimumValidity: Int64? = nil, forceTarget: Bool = false, allowPerson: Bool = true,
    maximumProofAge: Int64? = nil
  ) {
    self.maximumProofAge = maximumProofAge
    self.minimumValidity = minimumValidity
    self.forceTarget = forceTarget
    self.allowPerson = allowPerson
  }
}
