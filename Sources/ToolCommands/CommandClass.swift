/// What a command line asks of a cloud.
///
/// This is what the words say. A configuration can run programs in any class: providers, hooks and
/// plugins are not seen here.
public enum CommandClass: Int, Comparable, Sendable {
  /// It needs no credentials: `terraform fmt`.
  case none
  /// It needs them and changes nothing far away: `terraform plan`.
  case plan
  /// It may change infrastructure, state, a cluster or secrets, or is not known.
  case apply

  /// Orders by how much is asked for.
  public static func < (one: CommandClass, other: CommandClass) -> Bool {
    one.rawValue < other.rawValue
  }
}
