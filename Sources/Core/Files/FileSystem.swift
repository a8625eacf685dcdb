internal import CLibrary
internal import CShims

/// Our files: read whole, replaced whole, never half-written.
public enum FileSystem {
  /// Reads a file of at most `limit` bytes.
  ///
  /// - Returns: The bytes, or `nil` if there is no such file.
  /// - Throws: ``AuthError`` with code `system` if the file cannot be read, is not a regular file,
  ///   or is larger than `limit`.
  public static func readFile(_ path: String, limit: Int = 16 << 20) throws(AuthError) -> [UInt8]? {
    let descriptor = atmos_open_reading(path, 1)
    if descriptor == -ENOENT || descriptor == -ENOTDIR { return nil }
    guard descriptor >= 0 else { throw failure("cannot read", path, descriptor) }
    defer { close(descriptor) }
    var file = atmos_file()
    let status = atmos_stat_descriptor(descriptor, &file)
    guard status == 0 else { throw failure("cannot read", path, status) }
    guard file.isRegular else {
      throw AuthError(.system, "cannot read \(shown(path)): it is not a regular file")
    }
    guard file.size <= limit else {
      throw AuthError(.system, "cannot read \(shown(path)): it is larger than \(limit) bytes")
    }
    return try readAll(descriptor, path, expected: Int(file.size), limit: limit)
  }

  static func readAll(
    _ descriptor: Int32, _ path: String, expected: Int, limit: Int
  ) throws(AuthError) -> [UInt8] {
    var status: Int64 = 0
    // One byte more than expected, so that the read that meets the end is the only one.
    var capacity = expected + 1
    var bytes: [UInt8] = []
    repeat {
      let start = bytes.count
      let room = capacity - start
      let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        guard let base = buffer.baseAddress else { return }
        status = atmos_read(descriptor, base, room)
        count = max(0, Int(status))
      }
      if start == 0 { bytes = chunk } else { bytes += chunk }
      if bytes.count == capacity { capacity = min(limit + 1, capacity * 2 + 4096) }
      if bytes.count > limit {
        throw AuthError(.system, "cannot read \(shown(path)): it is larger than \(limit) bytes")
      }
    } while status > 0 && bytes.count != expected
    guard status >= 0 else { throw failure("cannot read", path, Int32(status)) }
    return bytes
  }

  /// Replaces a file, or creates it, in one step: whoever reads it sees all of the old or all of
  /// the new content, whatever happens on the way, a full disk or a power cut included.
  ///
  /// - Parameters:
  ///   - path: The file. Missing directories above it are made with mode 0700.
  ///   - bytes: The new content.
  ///   - mode: The new file's permissions, whatever the umask.
  ///   - modificationTime: The time to put on the file instead of now.
  ///   - owner: The user and group that the file is to belong to, if not this process's.
  ///   - isDurable: Whether to wait until a power cut cannot take the content back; not for what
  ///     can be made again and has a checksum.
  /// - Throws: ``AuthError`` with code `system`; the old file is as it was.
  public static func writeAtomically(
    _ path: String, _ bytes: some Collection<UInt8>, mode: UInt32 = 0o600,
    modificationTime: Instant? = nil, owner: (user: UInt32, group: UInt32)? = nil,
    isDurable: Bool = true
  ) throws(AuthError) {
    let directory = parent(of: path)
    try createDirectory(directory)
    let (temporary, descriptor) = try createTemporary(for: path, mode: mode)
    // Until the file has its name: one with an old time looks like what a killed process left.
    let guarding = atmos_duplicate(descriptor)
    defer {
      // Closing is not enough: a process that another thread starts has it, too, until it runs.
      _ = flock(guarding, LOCK_UN)
      close(guarding)
    }
    _ = atmos_lock(guarding, 0)
    let write = { (buffer: UnsafeBufferPointer<UInt8>) in
      buffer.baseAddress.map { atmos_write(descriptor, $0, buffer.count) } ?? 0
    }
    var status =
      bytes.withContiguousStorageIfAvailable(write)
      ?? ContiguousArray(bytes).withUnsafeBufferPointer(write)
    if status == 0, let owner {
      status = give(descriptor, to: owner)
    }
    if status == 0, let modificationTime {
      status = atmos_set_modified(descriptor, modificationTime.secondsSince1970)
    }
    if status == 0, isDurable { status = atmos_sync(descriptor) }
    // NFS reports a full disk at close at the latest.
    if close(descriptor) != 0, status == 0 { status = -errno }
    if status == 0 { status = atmos_rename(temporary, path) }
    guard status == 0 else {
      _ = atmos_unlink(temporary)
      throw failure("cannot write", path, status)
    }
    guard isDurable else { return }
    status = atmos_sync_directory(directory)
    guard status == 0 else { throw failure("cannot write", path, status) }
    // A person's own directory may hold very many files; there the rest waits for `prune`.
    removeLeftovers(in: directory, limit: 4096)
  }

  private static func give(
    _ descriptor: Int32, to owner: (user: UInt32, group: UInt32)
  ) -> Int32 {
    var file = atmos_file()
    let status = atmos_stat_descriptor(descriptor, &file)
    guard status == 0, file.user != owner.user || file.group != owner.group else { return status }
    return atmos_set_owner(descriptor, owner.user, owner.group)
  }

  private static func createTemporary(
    for path: String, mode: UInt32
  ) throws(AuthError) -> (String, Int32) {
    let directory = parent(of: path)
    while true {
      let name = "\(directory)/.\(Hash.hex(Hash.fnv1a(path.utf8))).\(atmos_unique()).tmp"
      let descriptor = atmos_create(name, mode)
      if descriptor >= 0 { return (name, descriptor) }
      // A process with our number was killed while it wrote; its file is in nobody's way.
      guard descriptor == -EEXIST else { throw failure("cannot write", path, descriptor) }
    }
  }

  /// Removes a file.
  ///
  /// - Returns: Whether there was something to remove.
  /// - Throws: ``AuthError`` with code `system` if it is there and stays.
  @discardableResult
  public static func remove(_ path: String) throws(AuthError) -> Bool {
    let status = atmos_unlink(path)
    if status == -ENOENT || status == -ENOTDIR { return false }
    guard status == 0 else { throw failure("cannot remove", path, status) }
    return true
  }

  /// Makes a directory and the missing ones above it, all with mode 0700.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public static func createDirectory(_ path: String) throws(AuthError) {
    var status = atmos_make_directory(path)
    if status == -ENOENT, path != parent(of: path) {
      try createDirectory(parent(of: path))
      // Once more, not for ever: /proc has no such file either when its directory is there.
      status = atmos_make_directory(path)
    }
    if status == 0 { return }
    var file = atmos_file()
    guard atmos_stat_path(path, 1, &file) == 0 else {
      let error = failure("cannot make directory", path, status)
      throw error.hint(
        "or set HOME, XDG_STATE_HOME or XDG_RUNTIME_DIR to a directory that you can write to")
    }
    guard file.isDirectory else { throw failure("cannot make directory", path, -ENOTDIR) }
  }

  /// Lists a directory.
  ///
  /// - Parameters:
  ///   - path: The directory.
  ///   - limit: After how many names it stops: it returns one more at most.
  /// - Returns: The names, sorted by their bytes, or `nil` if there is no such directory.
  /// - Throws: ``AuthError`` with code `system` if it cannot be read.
  public static func list(
    _ path: String, limit: Int = .max
  ) throws(AuthError) -> [String]? {
    var found = (names: [String](), limit: limit)
    let status = withUnsafeMutablePointer(to: &found) { pointer in
      atmos_list(path, pointer) { context, name in
        guard let found = context?.assumingMemoryBound(to: ([String], Int).self) else { return 0 }
        found.pointee.0.append(String(cString: name))
        return found.pointee.0.count <= found.pointee.1 ? 1 : 0
      }
    }
    let names = found.names
    if status == -ENOENT || status == -ENOTDIR { return nil }
    guard status == 0 else { throw failure("cannot list", path, status) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The stamp of the file called `path`, symbolic links followed; `nil` if there is none or it
  /// cannot be looked at.
  public static func stamp(_ path: String) -> FileStamp? {
    var file = atmos_file()
    return atmos_stat_path(path, 1, &file) == 0 ? FileStamp(file) : nil
  }

  /// Whether something called `path` exists, symbolic links followed.
  public static func exists(_ path: String) -> Bool { stamp(path) != nil }

  /// Whether there is something called `path`, a symbolic link that leads nowhere included.
  public static func isNamed(_ path: String) -> Bool {
    var file = atmos_file()
    return atmos_stat_path(path, 0, &file) == 0
  }

  /// Whether `path` is a directory; a symbolic link to one counts if `follow` is true.
  public static func isDirectory(_ path: String, follow: Bool = true) -> Bool {
    var file = atmos_file()
    return atmos_stat_path(path, follow ? 1 : 0, &file) == 0 && file.isDirectory
  }

  /// The path without symbolic links, `.` and `..`; `nil` if it leads nowhere.
  public static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The path of the directory that holds `path`; `/` for the root, `.` for a bare name.
  public static func parent(of path: String) -> String {
    var bytes = Array(path.utf8)[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
  }

  static func shown(_ path: String) -> String { DisplayText.sanitized(path) }
}

extension atmos_file {
  var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
  var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
}
