public import Core
public import Model

/// Moves entries from one keyring to another, so that at every moment each of them is whole in at
/// least one of the two.
///
/// All are copied, then all are read back and compared, and only then is the first one removed.
/// Whoever is interrupted starts it again: what is there already is left alone, what was removed is
/// not missed.
public struct KeyringMigration: Sendable {
  private let source: any Keyring
  private let destination: any Keyring

  /// Creates a migration.
  ///
  /// Both keyrings have to read what is really there: nothing remembered.
  public init(from source: any Keyring, to destination: any Keyring) {
    self.source = source
    self.destination = destination
  }

  /// An entry of the source, as it is in the destination.
  public struct Step: Sendable {
    /// What is to be done about it.
    public enum State: Sendable {
      /// It is not there yet.
      case missing
      /// It is there.
      case same
      /// Something else is there under its name.
      case different
    }

    /// The entry's name.
    public var name: String
    /// How it is in the destination.
    public var state: State
    let value: Secret
  }

  /// Whether an entry is atmos' or ours; a keyring may hold others.
  static func isOurs(_ name: String) -> Bool {
    name.hasPrefix("atmos_") || name.hasPrefix("atmos-auth_")
  }

  /// What there is to do; reads every entry and changes none.
  ///
  /// - Throws: ``AuthError`` with code `notSupported` if the source cannot list its entries, or as
  ///   reading fails.
  public func plan() async throws(AuthError) -> [Step] {
    guard let names = try await source.keys() else {
      throw AuthError(.notSupported, "the \(source.name) keyring cannot list its entries")
    }
    var steps: [Step] = []
    for name in names where Self.isOurs(name) {
      // Gone since it was listed: then there is nothing to move.
      guard let value = try await source.read(name) else { continue }
      let there = try await destination.read(name)
      let state: Step.State = there.map { $0 == value ? .same : .different } ?? .missing
      steps.append(Step(name: name, state: state, value: value))
    }
    return steps
  }

  /// Copies what is missing or different, then reads everything back.
  ///
  /// - Throws: ``AuthError`` if one could not be written, or reads differently; the source is as it
  ///   was.
  public func copy(_ steps: [Step]) async throws(AuthError) {
    for step in steps where step.state != .same {
      try await destination.write(step.value, step.name)
    }
    for step in steps {
      guard try await destination.read(step.name) == step.value else {
        throw AuthError(
          .system,
          "`\(shown(step))` does not read back as it was written to the "
            + "\(destination.name) keyring",
          hints: ["nothing was removed from the \(source.name) keyring"])
      }
    }
  }

  /// Removes from the source what ``copy(_:)`` has copied.
  ///
  /// - Throws: ``AuthError`` if an entry changed meanwhile, or if both keyrings turn out to be one;
  ///   what was removed last is put back then.
  public func removeFromSource(_ steps: [Step]) async throws(AuthError) {
    for step in steps {
      guard let now = try await source.read(step.name) else { continue }
      guard now == step.value else {
        throw AuthError(
          .system, "`\(shown(step))` was changed in the \(source.name) keyring in the meantime",
          hints: ["start the migration again"])
      }
      try await source.remove(step.name)
      guard try await destination.read(step.name) == step.value else {
        try await source.write(step.value, step.name)
        throw AuthError(
          .system,
          "`\(shown(step))` went from the \(destination.name) keyring as well, and is back",
          hints: ["check that the two keyrings are not the same one"])
      }
    }
  }

  private func shown(_ step: Step) -> String { DisplayText.sanitized(step.name) }
}
