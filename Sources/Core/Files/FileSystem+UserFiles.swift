internal import CLibrary
internal import CShims

/// Files that are a person's and not ours.
extension FileSystem {
  /// Replaces the content of a file that belongs to a person, in one step, as
  /// ``writeAtomically(_:_:mode:modificationTime:)`` does, and keeps its permissions and owner.
  ///
  /// A symbolic link stays, and the file it leads to is replaced. A file that is missing is made
  /// with mode 0600.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - bytes: The new content.
  ///   - mode: Other permissions than it has, if it is to have others.
  /// - Throws: ``AuthError`` with code `system`, the file as it was: also when its owner could not
  ///   be kept, or a link leads nowhere.
  public static func replace(
    _ path: String, _ bytes: [UInt8], mode: UInt32? = nil
  ) throws(AuthError) {
    var link = atmos_file()
    guard atmos_stat_path(path, 0, &link) == 0 else {
      return try writeAtomically(path, bytes)
    }
    guard let real = realPath(path) else {
      throw AuthError(
        .system, "cannot write \(DisplayText.sanitized(path)): it is a link that leads nowhere")
    }
    var before = atmos_file()
    let status = atmos_stat_path(real, 1, &before)
    guard status == 0 else { throw failure("cannot write", path, status) }
    guard before.isRegular else {
      throw AuthError(
        .system, "cannot write \(DisplayText.sanitized(path)): it is not a regular file")
    }
    let owner = (user: before.user, group: before.group)
    try writeAtomically(real, bytes, mode: mode ?? before.mode & 0o7777, owner: owner)
  }

  /// The permissions of a file, symbolic links followed; `nil` if there is none.
  public static func mode(_ path: String) -> UInt32? {
    var file = atmos_file()
    return atmos_stat_path(path, 1, &file) == 0 ? file.mode & 0o7777 : nil
  }

  /// Gives a file other permissions, symbolic links followed.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public static func setMode(_ path: String, _ mode: UInt32) throws(AuthError) {
    let descriptor = atmos_open_reading(path, 1)
    guard descriptor >= 0 else { throw failure("cannot open", path, descriptor) }
    defer { close(descriptor) }
    let status = atmos_set_mode(descriptor, mode)
    guard status == 0 else { throw failure("cannot change the permissions of", path, status) }
  }

  /// Whether `path` is a symbolic link.
  public static func isLink(_ path: String) -> Bool {
    var file = atmos_file()
    return atmos_stat_path(path, 0, &file) == 0 && file.mode & UInt32(S_IFMT) == UInt32(S_IFLNK)
  }

  /// Makes a symbolic link, in one step in place of one that is there.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public static func link(_ path: String, to target: String) throws(AuthError) {
    let temporary = "\(parent(of: path))/.\(getpid())-link"
    _ = unlink(temporary)
    guard symlink(target, temporary) == 0 else { throw failure("cannot make", path, -errno) }
    guard rename(temporary, path) == 0 else {
      let status = -errno
      _ = unlink(temporary)
      throw failure("cannot make", path, status)
    }
  }

  /// What a symbolic link says; `nil` for anything else.
  public static func linkTarget(_ path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &bytes, bytes.count - 1)
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Reads one of our files that decide about trust.
  ///
  /// - Returns: Its bytes; `nil` unless it is a regular file of at most `limit` bytes that belongs to
  ///   this person and that nobody else can write.
  public static func readOwn(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = atmos_open_reading(path, 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var file = atmos_file()
    guard atmos_stat_descriptor(descriptor, &file) == 0, file.isRegular, file.user == geteuid(),
      file.mode & 0o022 == 0, file.size <= limit
    else { return nil }
    return try? readAll(descriptor, path, expected: Int(file.size), limit: limit)
  }

  /// Creates a file that must not exist yet.
  ///
  /// - Throws: ``AuthError`` with code `usage` if there is something of that name, `system` if it
  ///   cannot be written; then nothing is left behind.
  public static func create(
    _ path: String, _ bytes: [UInt8], mode: UInt32
  ) throws(AuthError) {
    let descriptor = atmos_create(path, mode)
    if descriptor == -EEXIST {
      throw AuthError(.usage, "\(DisplayText.sanitized(path)) already exists")
    }
    guard descriptor >= 0 else { throw failure("cannot write", path, descriptor) }
    var status = bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { atmos_write(descriptor, $0, buffer.count) } ?? 0
    }
    if status == 0 { status = atmos_sync(descriptor) }
    if close(descriptor) != 0, status == 0 { status = -errno }
    guard status == 0 else {
      _ = atmos_unlink(path)
      throw failure("cannot write", path, status)
    }
  }
}
