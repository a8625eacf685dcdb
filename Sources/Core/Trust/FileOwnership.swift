internal import CLibrary
internal import CShims

/// Whether a file can only have been put where it is by this person or root.
public enum FileOwnership {
  /// Why a file must not be believed, lower case, no full stop; `nil` if nothing speaks against it.
  ///
  /// It and what it leads to have to be a regular file of this person's or root's that others cannot
  /// write, in directories of which the same is true; see ``objection(toDirectory:)``. A file that is
  /// missing has no objection, and neither has one that `exceptions` cover.
  public static func objection(
    to path: String, exceptions: OwnerExceptions = .none
  ) -> String? {
    guard let real = FileSystem.realPath(path) else { return nil }
    var file = atmos_file()
    guard atmos_stat_path(real, 0, &file) == 0 else { return nil }
    let reason =
      objection(to: file, at: real, exceptions)
      ?? objection(toDirectory: FileSystem.parent(of: real), exceptions: exceptions)
    return reason.flatMap { exceptions.cover(real) ? nil : $0 }
  }

  /// Why a file itself must not be believed; `nil` if nothing speaks against it.
  static func objection(
    to file: atmos_file, at path: String, _ exceptions: OwnerExceptions
  ) -> String? {
    guard isTrusted(file, exceptions) else { return "it belongs to another user" }
    return isOpenToOthers(file, at: path, exceptions) ? "others can write to it" : nil
  }

  /// Why a directory, given by its real path, and those above it cannot be relied upon; `nil` if they
  /// can.
  ///
  /// They have to be this person's or root's, and others must not write in them, except in a sticky
  /// one, as `/tmp` is; but `directory` itself has to be this person's then.
  static func objection(
    toDirectory directory: String, exceptions: OwnerExceptions
  ) -> String? {
    var path = directory
    while true {
      var file = atmos_file()
      guard atmos_stat_path(path, 0, &file) == 0, file.isDirectory else {
        return "a directory above it changed while it was looked at"
      }
      let shown = DisplayText.sanitized(path)
      guard isTrusted(file, exceptions) else { return "`\(shown)` belongs to another user" }
      if isOpenToOthers(file, at: path, exceptions) {
        let isSticky = file.mode & UInt32(S_ISVTX) != 0
        guard isSticky, path != directory || file.user == geteuid() else {
          return "others can write in `\(shown)`"
        }
      }
      if path == "/" { return nil }
      path = FileSystem.parent(of: path)
    }
  }

  private static func isTrusted(_ file: atmos_file, _ exceptions: OwnerExceptions) -> Bool {
    file.user == 0 || file.user == geteuid() || isMounted(file, exceptions)
  }

  /// Whether a file is on a file system that was mounted into a container whose root this is: its
  /// owner is a person of the machine outside then.
  private static func isMounted(_ file: atmos_file, _ exceptions: OwnerExceptions) -> Bool {
    var root = atmos_file()
    return exceptions.isContainerRoot() && atmos_stat_path("/", 0, &root) == 0
      && file.device != root.device
  }

  /// Whether others can write; a group of this person alone is not others.
  private static func isOpenToOthers(
    _ file: atmos_file, at path: String, _ exceptions: OwnerExceptions
  ) -> Bool {
    if file.mode & UInt32(S_IWOTH) != 0 { return true }
    // Where there is an access control list, these bits are its mask.
    guard file.mode & UInt32(S_IWGRP) != 0 else { return false }
    let user = geteuid()
    let isOwnGroup =
      user != 0
      ? (file.group == user && file.group == getegid()) || PrivateGroup.isOne(file.group, of: user)
      : file.group == file.user && file.user != 0 && isMounted(file, exceptions)
    return !isOwnGroup || atmos_lets_others_write(path) != 0
  }
}
