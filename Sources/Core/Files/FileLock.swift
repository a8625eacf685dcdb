internal import CLibrary
internal import CShims

/// A lock that other processes respect, held for as long as the value lives.
///
/// It is `flock` on a file that stays: no process number is written, so a killed holder blocks
/// nobody. Two locks in one process exclude each other as well, since each opens the file itself.
public struct FileLock: ~Copyable, Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Takes the lock if nobody has it.
  ///
  /// - Returns: `nil` if someone has it.
  /// - Throws: ``AuthError`` with code `system` if the file cannot be made or locked.
  public static func attempt(_ path: String) throws(AuthError) -> FileLock? {
    try take(path, wait: false)
  }

  /// Takes the lock, waiting until the others have let go of it.
  ///
  /// The calling thread sleeps; from async code use a thread of your own, or ``attempt(_:)`` in a
  /// loop.
  ///
  /// - Throws: ``AuthError`` with code `system` if the file cannot be made or locked.
  public static func acquire(_ path: String) throws(AuthError) -> FileLock {
    guard let lock = try take(path, wait: true) else {
      throw FileSystem.failure("cannot lock", path, -EWOULDBLOCK)
    }
    return lock
  }

  /// Runs `body` while holding the lock, after waiting for it.
  public static func withLock<Result>(
    _ path: String, _ body: () throws(AuthError) -> Result
  ) throws(AuthError) -> Result {
    let lock = try acquire(path)
    defer { lock.keep() }
    return try body()
  }

  /// Does nothing but name the lock at the end of a scope, so that it is not let go before.
  public borrowing func keep() {}

  private static func take(_ path: String, wait: Bool) throws(AuthError) -> FileLock? {
    var descriptor = atmos_open_lock(path)
    if descriptor == -ENOENT {
      try FileSystem.createDirectory(FileSystem.parent(of: path))
      descriptor = atmos_open_lock(path)
    }
    guard descriptor >= 0 else { throw FileSystem.failure("cannot lock", path, descriptor) }
    let status = atmos_lock(descriptor, wait ? 1 : 0)
    if status == 0 { return FileLock(descriptor: descriptor) }
    close(descriptor)
    if status == -EWOULDBLOCK { return nil }
    throw FileSystem.failure("cannot lock", path, status)
  }
}
