import ArgumentParser

// The parser hands these on unread, and its dump of the command line shows them: that is where the
// completion table comes from. `:` does nothing in any shell, should one get to run it.
extension CompletionKind {
  /// One of the names that the configuration, or this machine, has for something.
  static func names(of subject: CompletionTable.Subject) -> CompletionKind {
    .shellCommand(": \(subject.rawValue)")
  }

  /// Several of them, with commas between.
  static func list(of subject: CompletionTable.Subject) -> CompletionKind {
    .shellCommand(": \(subject.rawValue),")
  }

  /// One of a type's words.
  static func words<Words: CaseIterable & RawRepresentable>(
    of type: Words.Type
  ) -> CompletionKind where Words.RawValue == String {
    .list(type.allCases.map(\.rawValue))
  }
}
