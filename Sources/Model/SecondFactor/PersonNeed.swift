/// What getting something takes of a person.
public enum PersonNeed: Sendable, Hashable {
  /// Nothing: it is obtained without one.
  case unneeded
  /// An answer, and there is somebody to ask.
  case present
  /// An answer, and nobody can be asked here.
  case absent

  /// A person at the terminal is needed.
  public init(atTerminalOf effects: Effects) {
    self = effects.interaction == nil ? .absent : .present
  }

  /// A person in front of a browser is needed, on this machine or any other.
  public init(atPageOf effects: Effects) {
    self = effects.showsPages ? .present : .absent
  }
}
