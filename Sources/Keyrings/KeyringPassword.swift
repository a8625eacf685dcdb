internal import Core
internal import Model

/// The password of a file keyring: from a variable, else from a person, asked once a process.
actor KeyringPassword {
  /// The fewest bytes a password has; atmos asks for as many.
  static let minimumCount = 8

  /// The variable that may hold it.
  nonisolated let variable: String
  /// The variable's value, if it is set and not empty.
  nonisolated let fromVariable: Secret?

  private let place: String
  private let interaction: (any Interaction)?
  private let notice: @Sendable (String) -> Void
  private var known: Secret?
  private var question: Task<Result<Secret, AuthError>, Never>?

  /// Creates the password of the keyring in the directory `place`; nobody is asked yet.
  init(
    place: String, variable: String, environment: [String: String],
    interaction: (any Interaction)?, notice: @escaping @Sendable (String) -> Void
  ) {
    self.place = place
    self.variable = variable
    self.interaction = interaction
    self.notice = notice
    let value = environment[variable] ?? ""
    fromVariable = value.isEmpty ? nil : Secret(value)
  }

  /// The password.
  ///
  /// Callers that come while a person is being asked share the answer. With `isNew`, when nothing
  /// was sealed with it yet, a slip would lock the person out, so it is asked for twice.
  ///
  /// - Returns: The password, at least as long as ``minimumCount`` if it is new.
  /// - Throws: ``AuthError``: `loginRequired` if nobody can be asked, `badConfiguration` if the
  ///   variable's value is too short.
  func current(isNew: Bool) async throws(AuthError) -> Secret {
    if let fromVariable {
      guard fromVariable.count >= Self.minimumCount else {
        throw AuthError(
          .badConfiguration,
          "the keyring password in \(variable) is shorter than \(Self.minimumCount) characters")
      }
      return fromVariable
    }
    if let known { return known }
    guard let interaction else {
      throw AuthError(
        .loginRequired,
        "the keyring in \(place) needs its password, and there is no terminal to ask on",
        hints: ["set `\(variable)`, or run `atmos-auth login` in a terminal first"])
    }
    let task = question ?? Task { await self.ask(interaction, isNew: isNew) }
    question = task
    let answer = await task.value
    question = nil
    if case .success(let password) = answer { known = password }
    return try answer.get()
  }

  /// Forgets a typed password that turned out to be wrong.
  ///
  /// - Returns: Whether it makes sense to ask again.
  func reject(_ password: Secret) -> Bool {
    if known == password { known = nil }
    return fromVariable == nil && interaction != nil
  }

  private func ask(
    _ interaction: any Interaction, isNew: Bool
  ) async -> Result<Secret, AuthError> {
    do throws(AuthError) {
      guard isNew else {
        return .success(
          try await interaction.ask("Password of the keyring in \(place): ", hidden: true))
      }
      notice(
        "Keys and sessions are kept encrypted. You are asked for the password whenever the keys are "
          + "needed: to log in, and to change them. `\(variable)` gives it without a question.")
      var question =
        "New password for the keyring in \(place), \(Self.minimumCount) characters or more: "
      for _ in 0..<3 {
        let first = try await interaction.ask(question, hidden: true)
        guard first.count >= Self.minimumCount else {
          question = "At least \(Self.minimumCount) characters, please: "
          continue
        }
        if try await interaction.ask("The same again: ", hidden: true) == first {
          return .success(first)
        }
        question = "The two differ. New password for the keyring: "
      }
      return .failure(
        AuthError(
          .loginRequired, "no password was set for the keyring in \(place)",
          hints: ["set `\(variable)`, or try again"]))
    } catch {
      return .failure(error)
    }
  }
}
