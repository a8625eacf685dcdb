import Core
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Keyrings

/// A directory of one test's own, and the file keyrings in it.
final class KeyringWorld: Sendable {
  static let password = "correct horse battery"

  let scratch: Scratch
  let notices = Notices()

  init() throws {
    scratch = try Scratch()
  }

  var root: String { scratch.path }
  var directory: String { root + "/keyring" }

  func keyring(
    password: String? = KeyringWorld.password, answers: [String]? = nil, unlockFor: Int64 = 0,
    announcement: String? = nil
  ) -> FileKeyring {
    keyring(
      password: password, interaction: answers.map { ScriptedPerson(answers: $0, isHidden: true) },
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

  /// A keyring of programs that keep each entry in a file, its name in hexadecimal digits.
  func commandKeyring(timeout: Int64? = nil) throws -> CommandKeyring {
    // As in the program itself: a reader that goes away is a failed write.
    signal(SIGPIPE, SIG_IGN)
    let store = root + "/store"
    try FileManager.default.createDirectory(atPath: store, withIntermediateDirectories: true)
    func script(_ text: String) -> [String] {
      [
        "/bin/bash", "-c",
        "d='\(store)'; f=$d/$(printf %s \"$1\" | sha256sum | cut -d' ' -f1); \(text)", "keyring",
      ]
    }
    return try CommandKeyring(
      KeyringCommands(
        read: script("cat \"$f\""),
        write: script(
          "mkdir -p \"$d\"; t=$(mktemp -p \"$d\" .XXXXXX); "
            + "cat >\"$t\" && printf %s \"$1\" >\"$t.name\" "
            + "&& mv \"$t\" \"$f\" && mv \"$t.name\" \"$f.name\"") + ["{key}"],
        remove: script("rm \"$f\" \"$f.name\""),
        list: script("for n in \"$d\"/*.name; do [ -e \"$n\" ] && { cat \"$n\"; echo; }; done; :")),
      timeout: timeout, environment: ProcessInfo.processInfo.environment,
      cache: UnlockCache(
        seconds: 0, now: { Instant(secondsSince1970: 0) }, randomBytes: { _ in [] })
    )
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
