internal import CLibrary

/// What need not obey the rule that a file is this person's or root's, and that nobody else can write
/// it: see ``FileOwnership``.
///
/// Both are looked up only where a file does not obey it.
public struct OwnerExceptions {
  /// Directories in which a person wants neither owner nor mode to count, absolute.
  public var directories: () -> [String]
  /// Whether this is root in a container, where whoever owns a file on a mounted file system is
  /// nobody else.
  public var isContainerRoot: () -> Bool

  /// Creates exceptions.
  public init(
    directories: @escaping () -> [String] = { [] },
    isContainerRoot: @escaping () -> Bool = { false }
  ) {
    self.directories = directories
    self.isContainerRoot = isContainerRoot
  }

  /// Whether a process is root in a container, other than by sudo.
  ///
  /// There whoever owns a file that was mounted is a person of the machine outside. Docker
  /// and Podman leave a file, systemd-nspawn, LXC and Podman a variable, Kubernetes its address.
  public static func isContainerRoot(_ environment: (String) -> String?) -> Bool {
    func isSet(_ name: String) -> Bool { !(environment(name) ?? "").isEmpty }
    guard geteuid() == 0, !isSet("SUDO_UID") else { return false }
    return isSet("container") || isSet("KUBERNETES_SERVICE_HOST")
      || FileSystem.exists("/.dockerenv") || FileSystem.exists("/run/.containerenv")
  }

  /// No exceptions.
  public static var none: OwnerExceptions { OwnerExceptions() }

  /// Whether a path, a real one, is in one of ``directories``, or is one itself.
  func cover(_ path: String) -> Bool {
    directories().contains { directory in
      guard let real = FileSystem.realPath(directory) else { return false }
      return path.utf8.elementsEqual(real.utf8)
        || path.utf8.starts(with: "\(real == "/" ? "" : real)/".utf8)
    }
  }
}

/// The directories of ``OwnerExceptions`` as the hook knows them, which reads no configuration.
///
/// It is a file of this person's, `trust/directories`: a percent-encoded path a line.
public enum TrustedDirectories {
  private static func path(_ paths: StatePaths) -> String { "\(paths.trustDirectory)/directories" }

  /// Reads them; none if the file is not there, or others can write it.
  public static func read(_ paths: StatePaths) -> [String] {
    (FileSystem.readOwn(path(paths), limit: 1 << 16) ?? [])
      .split(separator: UInt8(ascii: "\n")).compactMap { Percent.decode($0) }
  }

  /// Writes them down if they are others than before; nothing stays of none.
  ///
  /// - Throws: ``AuthError`` with code `system` if the file cannot be written.
  public static func write(_ directories: [String], _ paths: StatePaths) throws(AuthError) {
    guard directories != read(paths) else { return }
    let text = directories.map { Percent.encode($0) + "\n" }.joined()
    try TrustLock.hold(paths) { () throws(AuthError) in
      guard directories.isEmpty else {
        return try FileSystem.writeAtomically(path(paths), Array(text.utf8))
      }
      try FileSystem.remove(path(paths))
    }
  }
}
