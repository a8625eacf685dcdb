internal import Core
internal import Model

/// Reads files and variables, and remembers what it was asked for: an answer made from them holds
/// as long as they are the same.
///
/// It lives in one thread, for the time of one loading.
final class InputLog {
  private(set) var files: [LoggedFile] = []
  private(set) var variables: [String: String?] = [:]
  /// Whether an answer depended on the working directory itself.
  private(set) var usesWorkingDirectory = false
  /// Whether a value is the root of the git work tree.
  private(set) var usesGitRoot = false

  /// What may still be read.
  let budget: ReadingBudget
  /// What is left for suggestions.
  let suggestions = Suggestion.Allowance()
  /// The files that were included since ``beginFile()``.
  private(set) var included: [String] = []

  private var positions: [String: Int] = [:]
  private let environment: [String: String]
  /// `ATMOS_*` of the configuration's `env:`; the real environment wins.
  var promoted: [String: String] = [:]

  init(environment: [String: String], budget: ReadingBudget) {
    self.environment = environment
    self.budget = budget
  }

  /// The bytes of a file, or `nil` if there is none or a limit is passed.
  func read(_ path: String) throws(AuthError) -> [UInt8]? {
    guard budget.spend(.names, for: path) else { return nil }
    // Read again when the file changed meanwhile: the stamp has to be the content's.
    for _ in 0..<3 {
      let before = FileSystem.stamp(path)
      let bytes = try readOnce(path)
      guard FileSystem.stamp(path) == before else { continue }
      record(LoggedFile(path: path, stamp: before, digest: bytes.map { Hash.fnv1a($0) } ?? 0))
      guard let bytes else { return nil }
      guard budget.spend(.files, for: path), budget.spend(.bytes, bytes.count, for: path) else {
        return nil
      }
      return bytes
    }
    throw AuthError(
      .system, "\(DisplayText.sanitized(path)) changes all the time",
      hints: ["run the command again when it is finished"])
  }

  private func readOnce(_ path: String) throws(AuthError) -> [UInt8]? {
    let room = budget.rest(of: .bytes)
    let limit = budget.limits.bytes
    if let stamp = FileSystem.stamp(path), stamp.size > room, stamp.size <= limit,
      !FileSystem.isDirectory(path)
    {
      budget.spend(.bytes, Int(stamp.size), for: path)
      return nil
    }
    do throws(AuthError) {
      return try FileSystem.readFile(path, limit: limit)
    } catch {
      record(LoggedFile(path: path, stamp: FileSystem.stamp(path), digest: 0))
      throw error
    }
  }

  /// Notes that the answer depends on a file, without reading it.
  func note(_ path: String) {
    record(LoggedFile(path: path, stamp: FileSystem.stamp(path), digest: 0))
  }

  /// The names in a directory, sorted, or `nil` if there is none or a limit is passed.
  func list(_ path: String) throws(AuthError) -> [String]? {
    guard budget.spend(.names, for: path) else { return nil }
    let stamp = FileSystem.stamp(path)
    let names = try FileSystem.list(path, limit: budget.rest(of: .names))
    guard budget.spend(.names, names?.count ?? 0, for: path) else { return nil }
    record(
      LoggedFile(path: path, stamp: stamp, digest: names.map(LoggedFile.digest(ofNames:)) ?? 0))
    return names
  }

  /// Begins to note what the next file includes.
  func beginFile() { included = [] }

  /// Notes that a file includes another one.
  func noteIncluded(_ path: String) { included.append(path) }

  /// Whether `path` is a directory.
  func isDirectory(_ path: String) -> Bool {
    guard budget.spend(.names, for: path) else { return false }
    if FileSystem.isDirectory(path) { return true }
    record(LoggedFile(path: path, stamp: FileSystem.stamp(path), digest: 0))
    return false
  }

  /// A variable's value: the environment's, else the one that the configuration promotes.
  func variable(_ name: String) -> String? {
    variables[name] = .some(environment[name])
    return environment[name] ?? promoted[name]
  }

  /// Notes that the answer depends on where it was asked.
  func noteWorkingDirectory() { usesWorkingDirectory = true }

  /// Notes that a value is the root of the git work tree.
  func noteGitRoot() { usesGitRoot = true }

  private func record(_ file: LoggedFile) {
    if let position = positions[file.path] {
      files[position] = file
    } else {
      positions[file.path] = files.count
      files.append(file)
    }
  }
}

/// A file or directory that was looked at.
struct LoggedFile: Sendable, Equatable {
  /// Its absolute path.
  var path: String
  /// Its state then; `nil` if it was missing.
  var stamp: FileStamp?
  /// A hash of its bytes or names, for the time in which its stamp says nothing; 0 without any.
  var digest: UInt64

  /// The hash of a directory's names.
  static func digest(ofNames names: [String]) -> UInt64 {
    names.reduce(Hash.fnv1a([])) { Hash.fnv1a("\($1)/".utf8, from: $0) }
  }
}
