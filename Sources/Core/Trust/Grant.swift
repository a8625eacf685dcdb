/// What a person decided about a directory's identity file.
///
/// A grant belongs to a directory, known by its device and inode and by its real path, and holds
/// what the directory may select. It is plain text; see docs/protocol.md for the format.
public struct Grant: Equatable, Sendable {
  /// What was decided.
  public enum Decision: String, Sendable {
    /// The selections may become active.
    case allow
    /// The directory's file is ignored without a word.
    case deny
  }

  /// A file that the resolution of a selection depended on.
  public struct Input: Equatable, Sendable {
    /// Its path.
    public var path: String
    /// Its state then; `nil` if it was looked for and missing.
    public var stamp: FileStamp?

    /// Creates an input.
    public init(path: String, stamp: FileStamp?) {
      self.path = path
      self.stamp = stamp
    }
  }

  /// An environment variable that the resolution of a selection depended on.
  public struct EnvironmentInput: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// ``Hash/fnv1a(_:from:)`` of its value then; `nil` if it was not set.
    public var hash: UInt64?

    /// Creates an input.
    public init(name: String, hash: UInt64?) {
      self.name = name
      self.hash = hash
    }

    /// Creates an input from the value.
    public init(name: String, value: String?) {
      self.init(name: name, hash: value.map { Hash.fnv1a($0) })
    }
  }

  /// Something that the directory's file may say, and what it then does.
  public struct Selection: Equatable, Sendable {
    /// What the file says.
    public var file: IdentityFile
    /// The fingerprint of everything that the selection would do.
    public var fingerprint: String
    /// Other fingerprints that were allowed for the same content, as on another branch: when one of
    /// them comes back, nobody is asked.
    public var known: [String]
    /// Whether a later look found a fingerprint that was never allowed: the selection does not count
    /// while ``inputs`` and ``environment``, which are those of that look, stay as they are.
    public var isChanged: Bool
    /// Whether an earlier release wrote it, so that not all that an activation says is known.
    public var isOutdated: Bool
    /// The lines that the fingerprint was made of, for showing what changed.
    public var traits: [String]
    /// The files it depends on.
    public var inputs: [Input]
    /// The variables it depends on.
    public var environment: [EnvironmentInput]
    /// What it does.
    public var activation: Activation

    /// Creates a selection.
    public init(
      file: IdentityFile, fingerprint: String, known: [String] = [], isChanged: Bool = false,
      isOutdated: Bool = false,
      traits: [String], inputs: [Input], environment: [EnvironmentInput], activation: Activation
    ) {
      self.file = file
      self.fingerprint = fingerprint
      self.known = known
      self.isChanged = isChanged
      self.isOutdated = isOutdated
      self.traits = traits
      self.inputs = inputs
      self.environment = environment
      self.activation = activation
    }
  }

  /// What was decided.
  public var decision: Decision
  /// The directory's real path.
  public var directory: String
  /// The directory's device number.
  public var device: UInt64
  /// The directory's number on that device.
  public var inode: UInt64
  /// What the directory may select; empty for a denial.
  public var selections: [Selection]

  /// Creates a grant.
  public init(
    _ decision: Decision, directory: String, device: UInt64, inode: UInt64,
    selections: [Selection] = []
  ) {
    self.decision = decision
    self.directory = directory
    self.device = device
    self.inode = inode
    self.selections = selections
  }

  /// The file in which the grant of a directory is.
  public static func path(_ paths: StatePaths, device: UInt64, inode: UInt64) -> String {
    "\(paths.trustDirectory)/\(device)-\(inode).grant"
  }

  /// Whether it is about the directory that a file is in: by its numbers and by its path, since
  /// numbers are used again.
  public func isOf(_ file: DirectoryFile) -> Bool {
    device == file.device && inode == file.inode
      && directory.utf8.elementsEqual(file.directory.utf8)
  }

  /// The selection for what the file says, or `nil` if the person never allowed that.
  public func selection(for file: IdentityFile) -> Selection? {
    selections.first { $0.file == file }
  }
}
