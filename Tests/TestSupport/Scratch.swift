import Foundation

/// A directory of one test's own, which goes with the value.
///
/// Values that live as long as the process, and those whose tests are stopped half way, lose
/// theirs when the process ends.
public final class Scratch: Sendable {
  /// The directory's path; symbolic links are resolved, and only this user may look in.
  public let path: String

  /// Makes the directory.
  public init() throws {
    path = Self.unusedPath()
    try Self.makeDirectory(path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a text file into the directory.
  ///
  /// - Returns: Its path.
  public func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Writes a shell script that can be started by its path.
  ///
  /// A program of its own writes it: what this process has open for writing, a child that another
  /// test starts at that moment has open, too, and then the script is busy (`ETXTBSY`).
  ///
  /// - Returns: Its path.
  public func program(_ name: String, _ script: String) throws -> String {
    let file = "\(path)/\(name)"
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = [
      "-ec", #"mkdir -p "${1%/*}"; printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod 700 "$1""#, "sh",
      file,
      script,
    ]
    try writer.run()
    writer.waitUntilExit()
    guard writer.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    return file
  }

  /// A path where nothing is yet; what a test puts there goes when the process ends.
  public static func unusedPath() -> String { "\(parent)/\(UUID().uuidString)" }

  private static let parent: String = {
    let temporary = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path
    let path = "\(temporary)/atmos-auth-tests-\(ProcessInfo.processInfo.processIdentifier)"
    try? makeDirectory(path)
    atexit { try? FileManager.default.removeItem(atPath: Scratch.parent) }
    return path
  }()

  private static func makeDirectory(_ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }
}
