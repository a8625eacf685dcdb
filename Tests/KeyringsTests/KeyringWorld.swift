import Core
import Foundation
import Keyrings
import Model
import Synchronization
import Testing

/// A directory of one test's own, and the file keyrings in it.
final class KeyringWorld: Sendable {
  static let password = "correct horse battery"

  let root: String
  let notices = Notices()

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/atmos-auth-keyring-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit {
    try? FileManager.default.removeItem(atPath: root)
  }

  var directory: String { root + "/keyring" }

  func keyring(
    password: String? = KeyringWorld.password, answers: [String]? = nil, unlockFor: Int64 = 0,
    announcement: String? = nil
  ) -> FileKeyring {
    keyring(
      password: password, interaction: answers.map { ScriptedPerson(answers: $0) },
      unlockFor: unlockFor, announcement: announcement)
  }

  func keyring(
    password: String?, interaction: (any Interaction)?, unlockFor: Int64 = 0,
    announcement: String? = nil
  ) -> FileKeyring {
    FileKeyring(
      directory: directory, passwordVariable: "ATMOS_KEYRING_PASSWORD",
      environment: password.map { ["ATMOS_KEYRING_PASSWORD": $0] } ?? [:], unlockFor: unlockFor,
      announcement: announcement, interaction: interaction,
      now: { Instant(secondsSince1970: 1_795_233_600) },
      randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
      notice: { self.notices.add($0) })
  }

  func file(_ name: String) throws -> [UInt8]? { try FileSystem.readFile("\(directory)/\(name)") }

  func write(_ text: String, to name: String) throws {
    try FileSystem.writeAtomically("\(directory)/\(name)", text.utf8)
  }

  func permissions(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
  }
}

/// Lines a person was shown.
final class Notices: Sendable {
  private let list = Mutex<[String]>([])
  var lines: [String] { list.withLock { $0 } }
  func add(_ line: String) { list.withLock { $0.append(line) } }
}

/// A person who gives prepared answers, then gives up.
actor ScriptedPerson: Interaction {
  private var answers: [String]
  private(set) var questions: [String] = []

  init(answers: [String]) { self.answers = answers }

  func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret {
    questions.append(question)
    // A person takes a while, in which others come and ask too.
    for _ in 0..<20 { await Task.yield() }
    guard hidden else { throw AuthError(.usage, "a password was asked for in the open") }
    guard !answers.isEmpty else { throw AuthError(.loginRequired, "the person gave up") }
    return Secret(answers.removeFirst())
  }
}
