import CLibrary
import Core

/// The descriptors by which NIO's threads wait.
enum EventPolls {
  /// Keeps them out of the program that takes this process's place, or is started by it.
  ///
  /// NIO makes them without `FD_CLOEXEC`, and its threads are never stopped. Elsewhere than on Linux
  /// they are kqueues, which no child inherits (kqueue(2)).
  static func closeOnExec() {
    #if os(Linux)
    let directory = "/proc/self/fd"
    for name in (try? FileSystem.list(directory)) ?? [] {
      guard let descriptor = Int32(name) else { continue }
      var target = [CChar](repeating: 0, count: 64)
      let length = readlink("\(directory)/\(name)", &target, target.count)
      let isPoll = target.prefix(max(0, length)).elementsEqual(
        "anon_inode:[eventpoll]".utf8.map { CChar($0) })
      if isPoll { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }
    #endif
  }
}
