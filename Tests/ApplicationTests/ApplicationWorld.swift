import AuthConfiguration
import Core
import Foundation
import Keyrings
import Model
import Synchronization
import Terminal
import TestSupport
import Testing

@testable import Application

/// A machine of one test's own: a home, a project in it, a clock that stands, and doubles that make
/// the test fail when something is asked of them that it did not foresee.
final class ApplicationWorld {
  let scratch: Scratch
  let clock = FakeClock()
  let keyring = FakeKeyring()
  let out = Written()
  let err = Written()
  var environment: [String: String]
  /// Every cloud and kind.
  var registry = Registry.standard
  /// The person at the terminal; `nil` when there is none.
  var person: ScriptedPerson?
  /// What the person chooses from lists, in order.
  let choices = Choices()

  /// A world whose project has this configuration, which is the person's own or a checkout's.
  init(_ configuration: String = Configurations.stacks, isCheckout: Bool = false) throws {
    scratch = try Scratch()
    environment = ["HOME": "\(scratch.path)/home", "PATH": "/usr/bin:/bin", "TERM": "xterm"]
    try write("home/.keep", "")
    if isCheckout {
      try write("project/.git/HEAD", "ref: refs/heads/main\n")
    } else {
      // What the person named is their own, so that nothing has to be allowed.
      environment["ATMOS_CLI_CONFIG_PATH"] = "\(scratch.path)/project"
    }
    try configure(configuration)
  }

  var project: String { "\(scratch.path)/project" }

  /// Where files of ours are.
  var paths: StatePaths { StatePaths { self.environment[$0] } }

  /// Replaces the project's configuration.
  func configure(_ text: String) throws { try write("project/atmos.yaml", text) }

  /// Writes a file below the world's root.
  @discardableResult
  func write(_ path: String, _ text: String) throws -> String {
    let file = "\(scratch.path)/\(path)"
    // The modes are said: tests of other suites may have set the process's mask meanwhile.
    let manager = FileManager.default
    var directory = scratch.path
    for part in path.split(separator: "/").dropLast() {
      directory += "/\(part)"
      guard !manager.fileExists(atPath: directory) else { continue }
      try manager.createDirectory(atPath: directory, withIntermediateDirectories: false)
      try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: directory)
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    return file
  }

  /// Gives a directory of the project, or the project, a `.atmos-identity`.
  func select(_ text: String, in directory: String = "stack") throws {
    try write("project/\(directory)/\(IdentityFile.name)", text)
  }

  /// What a command works with, started in a directory of the project.
  func context(
    in directory: String = "", _ flags: ConfigurationFlags = ConfigurationFlags()
  ) -> CommandContext {
    let clock = clock
    return CommandContext(
      Surroundings(
        arguments: [], environment: environment,
        workingDirectory: directory.isEmpty ? project : "\(project)/\(directory)",
        executable: "/opt/atmos-auth/bin/atmos-auth", process: 4711,
        inputIsTerminal: person != nil, registry: registry, now: { clock.now }),
      system: system, flags: flags)
  }

  /// The same for `--identity NAME`.
  func context(in directory: String = "", as name: String) -> CommandContext {
    context(in: directory, ConfigurationFlags(identity: IdentityChoice(argument: name)))
  }

  private var system: System {
    let (person, keyring, choices, out, err) = (person, keyring, choices, out, err)
    let complain: Complaint = { Issue.record("unexpected in this test: \($0)") }
    return System(
      transport: NoNetwork(complain), closeConnections: {},
      randomBytes: { (0..<$0).map { _ in UInt8.random(in: 0...255) } },
      sleep: { complain("a wait of \($0)") },
      callbacks: NoCallbacks(complain),
      redirect: { _, _, _ throws(AuthError) in
        complain("a browser for a secret page")
        return false
      },
      terminal: { _, _ in person },
      choose: { title, items, _, _ throws(AuthError) in
        guard let name = choices.take(title) else {
          complain("the list `\(title)`")
          return nil
        }
        return items.firstIndex { $0.name == name }
      },
      desktop: { _ in nil }, browser: { _, _, _ in nil },
      keyring: { _ throws(AuthError) in Inspected(keyring: keyring) },
      stream: { descriptor, environment, _ in
        let written = descriptor == 1 ? out : err
        return Stream(environment: environment) { text in
          written.add(text)
          return true
        }
      },
      inputLine: { _ in
        complain("a line of standard input")
        return nil
      },
      input: { _ in
        complain("standard input")
        return nil
      })
  }
}

/// What went to an output stream.
final class Written: Sendable {
  private let all = Mutex("")
  var text: String { all.withLock { $0 } }
  func add(_ text: String) { all.withLock { $0 += text } }
  /// What was written since the last time.
  func take() -> String {
    all.withLock { all in
      defer { all = "" }
      return all
    }
  }
}

/// What a person chooses from lists, and the titles of those they saw.
final class Choices: Sendable {
  private let state = Mutex((names: [String](), titles: [String]()))
  var titles: [String] { state.withLock { $0.titles } }
  func prepare(_ names: String...) { state.withLock { $0.names += names } }
  func take(_ title: String) -> String? {
    state.withLock { state in
      state.titles.append(title)
      return state.names.isEmpty ? nil : state.names.removeFirst()
    }
  }
}

private struct Inspected: InspectableKeyring {
  var keyring: FakeKeyring
  var name: String { keyring.name }
  func inspect() async throws(AuthError) -> KeyringCondition {
    KeyringCondition(backend: name, place: "a test")
  }
  func read(_ key: String) async throws(AuthError) -> Secret? { try await keyring.read(key) }
  func write(_ value: Secret, _ key: String) async throws(AuthError) {
    try await keyring.write(value, key)
  }
  func remove(_ key: String) async throws(AuthError) -> Bool { try await keyring.remove(key) }
  func keys() async throws(AuthError) -> [String]? { try await keyring.keys() }
}

extension CommandContext {
  /// Who acts; a test that expects nobody fails.
  func someone(mayChoose: Bool = true) async throws -> Resolution {
    guard case .identity(let who) = try await chosenIdentity(mayChoose: mayChoose) else {
      throw AuthError(.loginRequired, "nobody was chosen")
    }
    return who
  }
}

extension Resolution {
  /// Who it is, and what decided.
  var summary: String { "\(record.name) by \(reason.rawValue)" }
}

extension ApplicationWorld {
  /// What a renewal of an identity that was handed out with the fingerprint `bound` throws.
  func renewing(_ identity: String, _ bound: String) async -> AuthError? {
    await failure {
      let context = context(as: identity)
      var who = try await context.someone()
      who.bound = bound
      try await context.approve(who)
    }
  }
}

/// What `body` throws.
func failure(_ body: () async throws -> Void) async -> AuthError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? AuthError
  }
}
