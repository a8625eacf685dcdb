internal import CLibrary

/// Where our files are, from the environment.
///
/// Each of the four roots is `ATMOS_XDG_<X>_HOME`, else `XDG_<X>_HOME`, else the place that the XDG
/// base directory specification gives below `HOME`. Values that are not absolute paths are ignored,
/// as that specification asks. Where nothing can be written below `HOME`, such as in containers with
/// a user that has no home, `XDG_RUNTIME_DIR` takes its place for all but the configuration.
public struct StatePaths: Sendable, Hashable {
  /// Our configuration and that of atmos: `~/.config/atmos`.
  public var config: String
  /// What must outlive caches, shared with atmos: `~/.local/share/atmos`.
  public var data: String
  /// What can be made again: `~/.cache/atmos-auth`.
  public var cache: String
  /// Sessions, grants and generated files: `~/.local/state/atmos-auth`.
  public var state: String

  /// Finds the roots; `environment` gives a variable's value, or `nil` if it is not set.
  public init(environment: (String) -> String?) {
    let home = environment("HOME") ?? ""
    func root(_ name: String, _ fallback: String) -> String {
      for variable in ["ATMOS_XDG_\(name)_HOME", "XDG_\(name)_HOME"] {
        if let value = environment(variable), value.utf8.first == UInt8(ascii: "/") {
          return value
        }
      }
      let usual = "\(home)/\(fallback)"
      guard name != "CONFIG", let runtime = environment("XDG_RUNTIME_DIR"),
        runtime.utf8.first == UInt8(ascii: "/"), !Self.canWrite(below: usual),
        Self.canWrite(below: runtime)
      else { return usual }
      return "\(runtime)/atmos-auth/\(name)"
    }
    config = root("CONFIG", ".config") + "/atmos"
    data = root("DATA", ".local/share") + "/atmos"
    cache = root("CACHE", ".cache") + "/atmos-auth"
    state = root("STATE", ".local/state") + "/atmos-auth"
  }

  /// Whether files can be made in a directory, or it can be made itself.
  public static func canWrite(below directory: String) -> Bool {
    var path = directory
    while true {
      if access(path, W_OK | X_OK) == 0 { return true }
      let parent = FileSystem.parent(of: path)
      guard errno == ENOENT, parent != path else { return false }
      path = parent
    }
  }

  /// Whether sessions can be kept.
  public var canKeepState: Bool { Self.canWrite(below: state) }

  /// Where the realm's sessions are; `_` stands for the empty realm.
  public func sessionDirectory(realm: String) -> String {
    "\(state)/sessions/\(realm.isEmpty ? "_" : FileName.encode(realm))"
  }

  /// The sealed session of an identity.
  public func sessionPath(realm: String, identity: String) -> String {
    "\(sessionDirectory(realm: realm))/\(FileName.encode(identity.lowercased())).session"
  }

  /// The plain facts beside an identity's session; see ``Facts``.
  public func factsPath(realm: String, identity: String) -> String {
    "\(sessionDirectory(realm: realm))/\(FileName.encode(identity.lowercased())).facts"
  }

  /// The lock under which an identity's session is refreshed.
  public func lockPath(realm: String, identity: String) -> String {
    "\(sessionDirectory(realm: realm))/\(FileName.encode(identity.lowercased())).lock"
  }

  /// The lock under which an identity's stored keys are replaced.
  public func keysLockPath(realm: String, identity: String) -> String {
    "\(sessionDirectory(realm: realm))/\(FileName.encode(identity.lowercased())).keys.lock"
  }

  /// What can be made again and is shared with atmos: `~/.cache/atmos`.
  public var sharedCache: String { "\(FileSystem.parent(of: cache))/atmos" }

  /// The identities that were written down after a login to a provider; atmos reads and writes
  /// them, too.
  ///
  /// A name that cannot be part of a path is encoded.
  public func provisionedPath(provider: String) -> String {
    let isPlain = !provider.contains("/") && !provider.hasPrefix(".") && !provider.isEmpty
    let directory = isPlain ? provider : FileName.encode(provider)
    return "\(sharedCache)/auth/\(directory)/provisioned-identities.yaml"
  }

  /// The same, by portal and not by a provider's name.
  public var provisionedDirectory: String { "\(cache)/provisioned" }

  /// Which codes of MFA devices were sent; see `CodeLedger`.
  public var usedCodesDirectory: String { "\(state)/mfa" }

  /// Where the log of hand-outs is.
  public var auditDirectory: String { "\(state)/audit" }

  /// Where the browsers that people sign in with keep their profiles, cookies included.
  public var browserDirectory: String { "\(state)/browser" }

  /// Where grants are; see ``Grant``.
  public var trustDirectory: String { "\(state)/trust" }

  /// Where the sessions of single commands are, a directory for each.
  public var commandsDirectory: String { "\(state)/commands" }

  /// Where the sessions are that one code after the other is made from, for as long as a code does.
  public var recentCodesDirectory: String { "\(state)/recent-codes" }

  /// Where it is noted which names were typed in which terminal.
  public var typedNamesDirectory: String { "\(state)/typed-names" }

  /// The lock under which decisions about trust are read, changed and written; see ``TrustLock``.
  public var trustLockPath: String { "\(state)/trust.lock" }

  /// A counter that changes with every decision about trust; see ``Generation``.
  public var generationPath: String { "\(state)/generation" }

  /// Where shims are, if they are to be nowhere else: `~/.local/share/atmos-auth/shims`.
  public var shimsDirectory: String { "\(FileSystem.parent(of: data))/atmos-auth/shims" }

  /// Where a cloud's managed files are, a directory for each configuration; with a `/` at its end.
  public func cloudDirectory(_ cloud: String) -> String { "\(state)/\(cloud)/" }

  /// The index of a configuration.
  public func indexPath(key: String) -> String { "\(cache)/index/\(key)" }
}
