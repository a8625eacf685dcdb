internal import CLibrary
internal import CShims

/// A `.atmos-identity` file that was opened once, found safe, and read through that descriptor.
public struct DirectoryFile: Equatable, Sendable {
  /// The path it was looked for under, which may lead through symbolic links.
  public var path: String
  /// The real path of the directory it is in.
  public var directory: String
  /// The directory's device number.
  public var device: UInt64
  /// The directory's number on that device.
  public var inode: UInt64
  /// Its content, ``IdentityFile/limit`` bytes and one more at most.
  public var bytes: [UInt8]

  /// What became of looking at a path.
  public enum Outcome: Equatable, Sendable {
    /// There is nothing of that name.
    case absent
    /// There is something that must not be believed; the text says why, lower case, no full stop.
    case refused(String)
    /// There is a file that only this person or root can have put there.
    case safe(DirectoryFile)
  }

  /// The nearest `.atmos-identity` at or above a directory.
  ///
  /// - Parameters:
  ///   - directory: Where to begin, absolute and taken as it is written; symbolic links in it are not resolved, so that this agrees
  ///     with the shells, which look along `$PWD`.
  ///   - ceilings: The value of `ATMOS_AUTH_CEILING`: directories with colons between them. Neither
  ///     they nor what is above them is looked at, unless the walk begins there. Network home
  ///     directories and automounters are why.
  /// - Returns: The path of the file, or `nil` if there is none.
  public static func nearest(from directory: String, ceilings: String = "") -> String? {
    let stops = ceilings.split(separator: ":").map { $0.hasSuffix("/") ? $0.dropLast() : $0 }
    var current = directory[...]
    while current.hasSuffix("/") { current = current.dropLast() }
    while true {
      let path = "\(current)/\(IdentityFile.name)"
      // A link that leads nowhere is there, too: it is refused, and nothing above it counts.
      if FileSystem.isNamed(path) { return path }
      guard let slash = current.lastIndex(of: "/") else { return nil }
      current = current[..<slash]
      if stops.contains(current) { return nil }
    }
  }

  /// Opens, checks and reads the file called `path`.
  ///
  /// It has to be a regular file, no symbolic link, of this person's or root's, and not writable by
  /// others. The same goes for the directories above it, except that others may write in a sticky
  /// one, as in `/tmp`; but the file's own directory has to be this person's then. A group of
  /// this person alone is not others.
  /// What `exceptions` cover passes.
  public static func open(_ path: String, exceptions: OwnerExceptions = .none) -> Outcome {
    let descriptor = atmos_open_reading(path, 0)
    if descriptor == -ENOENT || descriptor == -ENOTDIR { return .absent }
    if descriptor == -ELOOP || descriptor == -EMLINK { return .refused("it is a symbolic link") }
    guard descriptor >= 0 else {
      return .refused(
        "it cannot be read: \(String(cString: atmos_error_text(-descriptor)).lowercased())")
    }
    defer { close(descriptor) }
    var file = atmos_file()
    guard atmos_stat_descriptor(descriptor, &file) == 0, file.isRegular else {
      return .refused("it is not a regular file")
    }
    guard let directory = FileSystem.realPath(FileSystem.parent(of: path)) else { return .absent }
    var holder = atmos_file()
    guard atmos_stat_path(directory, 0, &holder) == 0, holder.isDirectory else { return .absent }
    let objection =
      FileOwnership.objection(to: file, at: path, exceptions)
      ?? FileOwnership.objection(toDirectory: directory, exceptions: exceptions)
    if let objection, !exceptions.cover(directory) { return .refused(objection) }
    // What was checked must be what was opened, though others may have moved things meanwhile.
    var again = atmos_file()
    guard atmos_stat_path("\(directory)/\(lastComponent(path))", 0, &again) == 0,
      again.device == file.device, again.inode == file.inode
    else { return .refused("it was replaced while it was looked at") }

    let capacity = IdentityFile.limit + 1
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      count = max(0, Int(atmos_read(descriptor, base, capacity)))
    }
    return .safe(
      DirectoryFile(
        path: path, directory: directory, device: holder.device, inode: holder.inode,
        bytes: bytes))
  }

  private static func lastComponent(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }
}
