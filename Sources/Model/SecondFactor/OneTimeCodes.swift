/// Where one-time codes come from: a person, a seed, other programs.
public protocol OneTimeCodes: Sendable {
  /// What a code of the device takes of a person.
  func personNeed(for request: CodeRequest, effects: Effects) async -> PersonNeed

  /// Begins one login's codes; nothing is asked yet.
  func codes(for request: CodeRequest, effects: Effects) -> any CodeSupply
}
