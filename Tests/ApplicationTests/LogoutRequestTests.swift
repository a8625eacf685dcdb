import AuthConfiguration
import Core
import Model
import TestSupport
import Testing

@testable import Application

/// What `logout` removes, and what it leaves.
@Suite struct LogoutRequestTests {
  private let world: ApplicationWorld

  init() throws { world = try ApplicationWorld() }

  private func logIn(_ names: String...) async throws {
    for name in names {
      let context = world.context(as: name)
      _ = try await context.session(of: try await context.someone())
    }
  }

  private func hasSession(_ name: String) -> Bool {
    FileSystem.exists(world.paths.sessionPath(realm: "test", identity: name))
  }

  private func store(_ name: String) async throws {
    try await world.keyring.write(
      Secret("{}"), KeyringEntry.stored(realm: "test", name: name))
  }

  @Test func `one identity, and no other`() async throws {
    try await logIn("dev", "staging")
    #expect(try await LogoutRequest(scope: .identity("d")).run(world.context()) == 0)
    #expect(!hasSession("dev") && hasSession("staging"))
    #expect(world.err.text == "ok Logged out dev (realm: test)\n")
    #expect(world.out.text == "")
  }

  @Test func `whoever acts`() async throws {
    try await logIn("dev", "staging")
    #expect(try await LogoutRequest(scope: .chosen).run(world.context(as: "staging")) == 0)
    #expect(hasSession("dev") && !hasSession("staging"))
    let error = await failure { _ = try await LogoutRequest(scope: .chosen).run(world.context()) }
    #expect(error?.code == .loginRequired)
    #expect(hasSession("dev"))
  }

  @Test func `a dry run only tells`() async throws {
    try await logIn("dev")
    try await store("dev")
    let request = LogoutRequest(scope: .all, keychain: true, dryRun: true)
    #expect(try await request.run(world.context()) == 0)
    #expect(hasSession("dev"))
    let lines = world.err.text.split(separator: "\n")
    #expect(lines.contains("Would remove session: dev"), "\(lines)")
    #expect(lines.count { $0.hasPrefix("Would remove keyring entry: ") } == 1, "\(lines)")
    #expect(try await world.keyring.keys()?.contains { $0.hasSuffix("dev") } == true)
  }

  @Test func `everything of the configuration, and of the machine`() async throws {
    try await logIn("dev", "staging", "prod")
    #expect(try await LogoutRequest(scope: .all).run(world.context()) == 0)
    #expect(!hasSession("dev") && !hasSession("staging") && !hasSession("prod"))
    try await logIn("dev")
    try world.configure(Configurations.stacks.replacing("realm: test", with: "realm: other"))
    _ = world.err.take()
    #expect(try await LogoutRequest(scope: .all).run(world.context()) == 0)
    #expect(hasSession("dev"), "another realm's")
    #expect(try await LogoutRequest(scope: .allRealms).run(world.context()) == 0)
    #expect(!hasSession("dev"))
    #expect(world.err.text.contains("(realm: test)"))
  }

  @Test func `a provider takes along what starts at it`() async throws {
    try await logIn("dev", "staging")
    #expect(try await LogoutRequest(scope: .provider("sandbox")).run(world.context()) == 0)
    #expect(!hasSession("dev") && !hasSession("staging"))
    let unknown = await failure {
      _ = try await LogoutRequest(scope: .tags(["none of them"])).run(world.context())
    }
    #expect(unknown?.code == .usage)
  }

  @Test func `keys go only when a person says so, or force does`() async throws {
    try await store("dev")
    try await store("staging")
    let before = try await world.keyring.keys()
    let request = LogoutRequest(scope: .identity("dev"), keychain: true)
    let unasked = await failure { _ = try await request.run(world.context()) }
    #expect(unasked?.message.hasPrefix("keychain deletion requires") == true)
    world.person = ScriptedPerson(answers: ["no", "yes"])
    let refused = await failure { _ = try await request.run(world.context()) }
    #expect(refused?.message == "nothing was deleted")
    #expect(try await world.keyring.keys() == before)
    #expect(try await request.run(world.context()) == 0)
    #expect(try await world.keyring.keys()?.count == 1)
    var forced = LogoutRequest(scope: .identity("staging"), keychain: true)
    forced.force = true
    #expect(try await forced.run(world.context()) == 0)
    #expect(try await world.keyring.keys() == [])
    #expect(await world.person?.questions.count == 2)
  }

  @Test func `a shell is given code, and nothing on failure`() async throws {
    let request = LogoutRequest(scope: .identity("dev"), shell: .bash)
    #expect(try await request.run(world.context()) == 0)
    #expect(world.out.take() == ShellActivation.unchanged(.bash))
    let error = await failure {
      _ = try await LogoutRequest(scope: .identity("who"), shell: .bash).run(world.context())
    }
    #expect(error != nil && world.out.text == "")
  }
}
