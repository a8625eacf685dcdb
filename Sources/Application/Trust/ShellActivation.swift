package import Core
import Hook

/// Shell code that `use`, `login` and `logout` print for the hook's function to evaluate.
package enum ShellActivation {
  /// Makes the shell act as an identity until told otherwise.
  static func pinned(
    _ activation: Activation, environment: [String: String], isFromEnvironment: Bool,
    for shell: ShellKind
  ) -> String {
    var answer = ShellAnswer(shell: shell, environment: { environment[$0] })
    answer.activate(
      activation, facts: Facts.read(activation.factsPath),
      by: isFromEnvironment ? .environment : .pin)
    return answer.text
  }

  /// Makes the shell act as no identity until told otherwise.
  package static func nobody(
    environment: [String: String], isFromEnvironment: Bool, for shell: ShellKind
  ) -> String {
    var answer = ShellAnswer(shell: shell, environment: { environment[$0] })
    answer.nobody(by: isFromEnvironment ? .environment : .pin)
    return answer.text
  }

  /// Lets directories decide again.
  static func automatic(environment: [String: String], for shell: ShellKind) -> String {
    var answer = ShellAnswer(shell: shell, environment: { environment[$0] })
    answer.release()
    return answer.text
  }

  /// Changes nothing: what a logout did shows through the facts that shells watch.
  package static func unchanged(_ shell: ShellKind) -> String {
    ShellAnswer(shell: shell, environment: { _ in nil }).text
  }
}
