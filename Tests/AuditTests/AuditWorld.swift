import Core
import Foundation
import TestSupport

@testable import Audit

/// A log of one test's own, whose clock the test moves.
final class AuditWorld {
  let scratch: Scratch
  var now = Instant(secondsSince1970: 1_800_000_000)
  var rotation = AuditLog.Rotation()
  /// The key from the keyring; `nil` while that is not open.
  var seed: AuditSeed? = AuditWorld.seed("a")

  init() throws { scratch = try Scratch() }

  static func seed(_ id: String) -> AuditSeed {
    AuditSeed(id: id, key: Secret(Array("a key of the keyring, \(id)".utf8)))
  }

  var directory: String { "\(scratch.path)/audit" }
  var keyPath: String { "\(directory)/key" }

  var log: AuditLog {
    AuditLog(directory: directory, rotation: rotation) { count in
      (0..<count).map { _ in UInt8.random(in: 0...255) }
    }
  }

  /// Adds a line about `identity`.
  @discardableResult
  func add(_ identity: String = "dev", isDurable: Bool = false) throws -> AuditHead {
    var entry = AuditEntry(time: now, way: "exec")
    entry.identity = identity
    entry.command = "terraform"
    return try log.append(entry, seed: seed, isDurable: isDurable)
  }

  /// Adds lines about identities that are called by letters, from `a` on.
  func add(count: Int) throws {
    for index in 0..<count { try add(String(UnicodeScalar(UInt8(97 + index % 26)))) }
  }

  /// The files of lines, the first one first.
  var files: [String] {
    get throws { try AuditFiles(directory).all.map(\.path) }
  }

  /// The lines of one file.
  func lines(_ index: Int = 0) throws -> [String] {
    let text = try String(contentsOfFile: files[index], encoding: .utf8)
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  /// Puts other lines into a file, as somebody without a key could.
  func put(_ lines: [String], _ index: Int = 0) throws {
    let text = lines.map { $0 + "\n" }.joined()
    try Data(text.utf8).write(to: URL(fileURLWithPath: files[index]))
  }

  func verify(heads: [AuditHead] = []) throws -> AuditVerification {
    try AuditVerification(
      directory, seed: seed, heads: heads, keep: rotation.keep, now: now)
  }

  /// What a verification finds, by kind.
  func kinds(heads: [AuditHead] = []) throws -> [AuditFinding.Kind] {
    try verify(heads: heads).findings.map(\.kind)
  }
}
