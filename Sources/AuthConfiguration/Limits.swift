/// How much one reading of a configuration takes in.
///
/// A checkout's files are read before anyone trusts them: when a shell asks who acts, for TAB, for
/// a list. So there is an end to what they can make the program read. The numbers are several times
/// what the largest known configurations need, 3,000 accounts with 5 roles each, and let a reading
/// end within a second. When one of them is passed nothing of the configuration is used, since what
/// stands in the rest may forbid something.
public struct Limits: Sendable, Hashable {
  /// Files that are read, the same one twice if it is included twice: 1,000.
  public var files = 1_000
  /// Bytes of all these files: 8 MiB.
  ///
  /// A single file that is larger is left out with a fault of its own.
  public var bytes = 8 << 20
  /// Values in all these files, with aliases expanded and with a file's values again each time that
  /// it is merged: 250,000.
  public var values = 250_000
  /// Bytes of all these values, each with the keys that lead to it: 48 MiB.
  public var expandedBytes = 48 << 20
  /// Values of maps and lists that those of later files are merged over, each time: 1,000,000.
  public var mergedOver = 1_000_000
  /// `%TAG` directives of one file: 100.
  public var tagDirectives = 100
  /// Maps and lists inside each other, those of included files included: 100.
  public var depth = 100
  /// Files that import or include each other: 10 levels.
  ///
  /// What is deeper is left out with a fault of its own.
  public var levels = 10
  /// Entries of `import:`, and the files they stand for: 2,000.
  public var imports = 2_000
  /// Patterns that braces stand for: 1,000.
  public var expansions = 1_000
  /// Names of files that are looked for or found in directories, each time: 20,000.
  public var names = 20_000
  /// Directories below which `**` finds nothing more: 16 levels.
  ///
  /// A pattern that meets one deeper is an error.
  public var directoryDepth = 16
  /// Characters that are compared with patterns: 10,000,000.
  public var comparisons = 10_000_000
  /// The links of one chain: 64.
  ///
  /// An identity with a longer one cannot be used; all others can.
  public var chain = 64
  /// Bytes of what is remembered of all identities in the index: 64 MiB.
  public var recordBytes = 64 << 20

  /// The limits of every command.
  public init() {}
}
