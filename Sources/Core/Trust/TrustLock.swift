/// The one lock for everything that is decided about trust.
///
/// `allow`, `deny`, `revoke`, `prune` and what looks at the configuration again read, change and write
/// under it: what a person took away must not come back because another process had read it before.
public enum TrustLock {
  /// Runs `body` under the lock, after waiting for it.
  ///
  /// - Throws: What `body` throws, or ``AuthError`` with code `system` if there can be no lock.
  public static func hold<Result>(
    _ paths: StatePaths, _ body: () throws(AuthError) -> Result
  ) throws(AuthError) -> Result {
    try FileLock.withLock(paths.trustLockPath, body)
  }
}
