import AuthConfiguration
import CLibrary
import Core
import Hook
import Model
import TestSupport
import Testing

@testable import Application

/// `auth.trust`, which a person's own configuration says.
@Suite struct TrustSettingsTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld(isCheckout: true)
  }

  private func own(_ trust: String) throws {
    try world.write("home/.atmos/atmos.yaml", "auth:\n  trust: \(trust)\n")
  }

  private func use(_ name: String = "dev") async -> AuthError? {
    await failure {
      let context = world.context()
      let who = try context.identity(named: name, by: .argument)
      try await context.approve(who)
      _ = try who.configuration.chain(for: who.record.name)
    }
  }

  private func ignored() throws -> [String] {
    try world.context().configuration.readableCatalog().ignoredSettings
  }

  @Test(arguments: ["strict", "{mode: strict}", "{mode: strict, directories: [/srv]}"])
  func `strict keeps jobs from using what nobody allowed`(trust: String) async throws {
    world.environment["CI"] = "true"
    #expect(await use() == nil)
    try own(trust)
    #expect(await use()?.code == .loginRequired)
    #expect(try ignored().isEmpty)
    try own("{directories: [/srv]}")
    #expect(await use() == nil, "directories alone say nothing about jobs")
  }

  @Test func `a checkout's is ignored, and status says so`() async throws {
    world.environment["CI"] = "true"
    try world.configure(
      Configurations.stacks.replacing("auth:\n", with: "auth:\n  trust: strict\n"))
    #expect(await use() == nil)
    #expect(try ignored() == ["trust"])
  }

  @Test(arguments: [0o646 as mode_t, 0o666]) func `in directories owner and mode do not count`(
    mode: mode_t
  ) async throws {
    _ = try await TrustRequest().allow(world.context(as: "dev"))
    chmod("\(world.project)/atmos.yaml", mode)
    #expect(await use()?.message.contains("others can write to it") == true)
    try own("{directories: [\(world.project)/below]}")
    #expect(await use()?.message.contains("others can write to it") == true)
    try own("{directories: [\(world.project)]}")
    #expect(await use() == nil)
    #expect(await use("staging")?.code == .loginRequired, "what it says is still asked about")
  }

  @Test func `no checkout exempts itself`() async throws {
    _ = try await TrustRequest().allow(world.context(as: "dev"))
    let text = "auth:\n  trust: {directories: [\(world.project)]}\n"
    try world.configure(Configurations.stacks.replacing("auth:\n", with: text))
    #expect(await use() == nil)
    chmod("\(world.project)/atmos.yaml", 0o646)
    #expect(await use()?.message.contains("others can write to it") == true)
    #expect(try ignored() == ["trust"])
  }

  /// What the hook says to bash in the directory `stack`.
  private func hook() throws -> String {
    let directory = "\(world.project)/stack"
    let environment = world.environment
    let question = HookQuestion(
      ["bash", "directory", "80", directory, "\(directory)/\(IdentityFile.name)", ""],
      now: world.clock.now, uptime: 5, environment: { environment[$0] })
    return try #require(question).answer()
  }

  @Test func `an identity file in one of them selects, also for the hook`() async throws {
    try world.select("dev\n")
    try own("{directories: ['~/../project']}")
    chmod("\(world.project)/stack", 0o777)
    #expect(try hook().contains("others can write"))
    _ = try await TrustRequest().allow(world.context(in: "stack"))
    #expect(try hook().contains("'ATMOS_IDENTITY'"))
    #expect(try await world.context(in: "stack").someone().record.name == "dev")
    // No longer, once the list changes.
    try own("strict")
    #expect(await failure { _ = try await world.context(in: "stack").someone() } != nil)
    #expect(try hook().contains("revalidate"))
    #expect(
      await failure { _ = try TrustRequest().revalidate(world.context(in: "stack")) } != nil)
    #expect(try hook().contains("others can write"))
  }

  @Test(arguments: [0o666 as mode_t, 0o660]) func `the hook's list obeys the rule itself`(
    mode: mode_t
  ) throws {
    try TrustedDirectories.write(["/srv/a b", "/x"], world.paths)
    #expect(TrustedDirectories.read(world.paths) == ["/srv/a b", "/x"])
    chmod("\(world.paths.trustDirectory)/directories", mode)
    #expect(TrustedDirectories.read(world.paths).isEmpty)
    try TrustedDirectories.write([], world.paths)
  }

  @Test(arguments: ["false", "0", "no", "off", "OFF"])
  func `what only a person decides is refused where there is none`(said: String) async throws {
    try world.select("dev\n")
    world.environment["ATMOS_INTERACTIVE"] = said
    let refused: [(String, (CommandContext) async throws -> Void)] = [
      ("allow", { _ = try await TrustRequest().allow($0) }),
      ("allow", { _ = try await TrustRequest(all: true).allow($0) }),
      ("use --dir", { _ = try await UseRequest(name: "d", writesDirectory: true).run($0) }),
      ("mfa add", { _ = try await SeedRequest().add($0, replaces: false) }),
      ("user configure", { _ = try await UserConfiguration().run($0) }),
    ]
    for (command, run) in refused {
      let error = await failure { try await run(world.context(in: "stack")) }
      #expect(error?.code == .loginRequired)
      #expect(error?.message.hasPrefix("`\(command)` needs a person") == true)
    }
    let file = try FileSystem.readFile("\(world.project)/stack/.atmos-identity")
    #expect(file == Array("dev\n".utf8))
    // A job may, and so may whoever says nothing.
    world.environment["CI"] = "true"
    _ = try await TrustRequest().allow(world.context(in: "stack"))
    #expect(try NameGrants.all(world.paths).count == 1)
    try own("strict")
    #expect(await failure { try await refused[0].1(world.context(in: "stack")) } != nil)
  }
}
