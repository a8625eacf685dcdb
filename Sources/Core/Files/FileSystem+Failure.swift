internal import CLibrary
internal import CShims

extension FileSystem {
  /// The error of a call on `path` that failed with `-status` as its `errno`.
  ///
  /// Where the system only says that something on the way refuses, it names what that is.
  static func failure(_ what: String, _ path: String, _ status: Int32) -> AuthError {
    let subject = "\(what) \(shown(path))"
    switch -status {
    case ENOTDIR:
      if let file = nonDirectory(onWayTo: path) {
        return AuthError(
          .system, "\(subject): \(shown(file)) is a file, and a directory is needed there",
          hints: ["move that file away"])
      }
    case EACCES, EPERM:
      if let refusal = Refusal(what, path) {
        return AuthError(.system, "\(subject): \(refusal.text)", hints: [refusal.hint])
      }
    default: break
    }
    let error = AuthError(
      .system, "\(subject): \(String(cString: atmos_error_text(-status)).lowercased())")
    return switch -status {
    case ENOSPC, EDQUOT: error.hint("free some space; what was there before is unchanged")
    case EROFS: error.hint("the file system is mounted read-only; what was there is unchanged")
    case EACCES, EPERM: error.hint("look at the owner and permissions of `\(shown(path))`")
    default: error
    }
  }

  private static func nonDirectory(onWayTo path: String) -> String? {
    var current = path
    while true {
      var file = atmos_file()
      if atmos_stat_path(current, 1, &file) == 0 { return file.isDirectory ? nil : current }
      let above = parent(of: current)
      guard above != current else { return nil }
      current = above
    }
  }
}

/// The file or directory that refuses access to a path.
private struct Refusal {
  /// What it is and who may do what with it.
  var text: String
  /// What to do about it.
  var hint: String

  /// `nil` when nothing on the way looks like it refuses.
  init?(_ what: String, _ path: String) {
    // What is replaced or made is an entry of its directory.
    let isOpened = ["cannot read", "cannot list", "cannot lock"].contains(what)
    var current = isOpened ? path : FileSystem.parent(of: path)
    var file = atmos_file()
    while atmos_stat_path(current, 1, &file) != 0 {
      let above = FileSystem.parent(of: current)
      guard above != current else { return nil }
      current = above
    }
    let right: String
    if current == path, !file.isDirectory {
      right = what == "cannot read" ? "r" : "rw"
      text = "permission denied"
    } else if access(current, X_OK) != 0 {
      right = "x"
      text = "\(FileSystem.shown(current)) cannot be entered"
    } else if what == "cannot list" || what == "cannot read" {
      right = "r"
      text = "\(FileSystem.shown(current)) is not readable"
    } else {
      guard access(current, W_OK) != 0 else { return nil }
      right = "w"
      text = "\(FileSystem.shown(current)) is not writable"
    }
    text += " (owner \(Self.name(ofOwner: file.user)), mode \(Self.text(ofMode: file.mode)))"
    hint =
      file.user == geteuid()
      ? "`\(ShellQuoting.typed(command: ["chmod", "u+\(right)", current]))`"
      : "look at the owner and permissions of `\(FileSystem.shown(current))`"
  }

  private static func name(ofOwner user: UInt32) -> String {
    // The list of accounts is not looked at: the hook is linked without it.
    user == 0 ? "root" : user == geteuid() ? "you" : "user \(user)"
  }

  private static func text(ofMode mode: UInt32) -> String {
    let digits = String(mode & 0o7777, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }
}
