import Foundation

/// What a test waited for did not happen.
public struct NeverHappened: Error {}

/// Waits until `condition` holds, which another thread, process or the kernel is about to bring
/// about; two minutes at most.
///
/// - Throws: ``NeverHappened``, or what `condition` throws.
public func eventually(_ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(120)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw NeverHappened() }
    try await Task.sleep(for: .milliseconds(1))
  }
}

/// How many of this process's descriptors are open on a file: two, when one holds a lock of it and
/// another waits for that lock.
public func openDescriptors(of path: String) -> Int {
  var file = stat()
  guard stat(path, &file) == 0 else { return 0 }
  // Only those that are open: the table may have room for a million.
  let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
  return open.compactMap { Int32($0) }.count { descriptor in
    var other = stat()
    return fstat(descriptor, &other) == 0 && other.st_dev == file.st_dev
      && other.st_ino == file.st_ino
  }
}
