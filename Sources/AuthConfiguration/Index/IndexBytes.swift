internal import CLibrary
internal import Core

/// The bytes of an index: a file mapped into memory, of which only what is looked at is read, or
/// memory of our own.
final class IndexBytes: Sendable {
  // Unsafe only in type: set in `init`, only read after that, and freed with the last reference.
  nonisolated(unsafe) let buffer: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Maps a file of this person's that nobody else can write to; `nil` if there is none.
  ///
  /// Our files are replaced, never changed in place, so the mapping stays whole.
  init?(path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var file = stat()
    guard fstat(descriptor, &file) == 0, file.st_mode & S_IFMT == S_IFREG,
      file.st_uid == geteuid(), file.st_mode & (S_IWGRP | S_IWOTH) == 0, file.st_size > 0
    else { return nil }
    let count = Int(file.st_size)
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { return nil }
    buffer = UnsafeRawBufferPointer(start: base, count: count)
    isMapped = true
  }

  /// Keeps `count` bytes, which `fill` makes.
  init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
    fill(memory)
    buffer = UnsafeRawBufferPointer(memory)
    isMapped = false
  }

  /// Writes them to a file in one step.
  ///
  /// A power cut can take them back: an index has checksums, and can be made again.
  ///
  /// - Throws: ``AuthError`` with code `system`; the old file is as it was.
  func write(to path: String) throws(AuthError) {
    try FileSystem.writeAtomically(path, buffer, isDurable: false)
  }

  deinit {
    if isMapped {
      munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count)
    } else {
      buffer.deallocate()
    }
  }
}
