/// What happens to one variable of a shell or program.
public enum VariableChange: Sendable, Equatable {
  /// It gets a value.
  case set(String, to: String)
  /// It goes.
  case unset(String)
  /// It stays as it is, whatever an earlier change says.
  case keep(String)
}
