import Core
import ToolCommands

/// A link of a tool's name that leads to this program, for what starts programs without a shell:
/// Makefiles, scripts, IDEs.
///
/// It is a link and not a script, so that no shell has to start, and arguments stay as they are.
struct Shim {
  /// The tool.
  let name: String
  /// This program, as the link names it.
  let program: String

  /// The file that says that links beside it are shims, whatever their names are.
  static let marker = ".atmos-auth-shims"

  /// Finds out whether a path is a shim; `nil` if it is not.
  ///
  /// A link of another name is somebody's short name for this program.
  init?(at path: String) {
    name = Self.lastPart(path)
    guard !Self.isOurs(name), let program = Self.program(at: path) else { return nil }
    guard
      ToolCommand.tools.contains(name)
        || FileSystem.exists("\(FileSystem.parent(of: path))/\(Self.marker)")
    else { return nil }
    self.program = program
  }

  /// Finds out whether this program was started through one; `nil` if it was not.
  ///
  /// - Parameters:
  ///   - word: The name that it was started by.
  ///   - executable: Where it was found.
  init?(startedBy word: String, _ executable: String) {
    // Nearly every start of this program ends here.
    guard !Self.isOurs(Self.lastPart(word)) else { return nil }
    if let shim = Shim(at: word.contains("/") ? word : executable) {
      self = shim
      return
    }
    // Somebody changed PATH after it was found.
    guard ToolCommand.tools.contains(Self.lastPart(word)) else { return nil }
    (name, program) = (Self.lastPart(word), executable)
  }

  /// What stands in front of the arguments, for this program.
  var arguments: [String] { ["exec", "--wrapper", "--", name] }

  // What a package manager points at each new version is what the link leads to, not that version.
  private static func program(at path: String) -> String? {
    guard let text = FileSystem.linkTarget(path) else { return nil }
    let next = text.hasPrefix("/") ? text : "\(FileSystem.parent(of: path))/\(text)"
    if isOurs(lastPart(next)) { return next }
    guard let real = FileSystem.realPath(path), isOurs(lastPart(real)) else { return nil }
    return real
  }

  private static func isOurs(_ name: String) -> Bool {
    name.hasPrefix("atmos-auth") || name == RegistryHelper.program
  }

  private static func lastPart(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }
}
