import AuthConfiguration
import Core
import Model
import TestSupport
import Testing

@testable import Application

/// What a checkout makes tighter applies at once; what it makes looser is asked about.
@Suite struct TighteningUseTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld(isCheckout: true)
  }

  private func use(_ name: String = "dev") async -> AuthError? {
    await failure {
      let context = world.context()
      let who = try context.identity(named: name, by: .argument)
      try await context.approve(who)
      _ = try who.configuration.chain(for: who.record.name)
    }
  }

  private func allow(_ name: String = "dev") async throws {
    _ = try await TrustRequest().allow(world.context(as: name))
  }

  private static func with(_ line: String) -> String {
    Configurations.stacks.replacing("      alias: d\n", with: "      alias: d\n      \(line)\n")
  }

  @Test func `of an allowed checkout`() async throws {
    try world.configure(Self.with("spec: {lifetime: 2h}"))
    try await allow()
    try world.configure(Self.with("spec: {lifetime: 1h}"))
    #expect(await use() == nil)
    try world.configure(Self.with("spec: {lifetime: 3h}"))
    #expect(await use()?.code == .loginRequired, "looser than allowed")
    try world.configure(Self.with("spec: {lifetime: 2h}\n      protected: true"))
    #expect(await use() == nil)
    let more = "      env: [{key: A, value: b}]"
    try world.configure(Self.with("spec: {lifetime: 2h}\n      protected: true\n\(more)"))
    #expect(await use()?.code == .loginRequired, "tighter, and something else besides")
  }

  @Test func `what was taken away counts no more in tighter clothes`() async throws {
    try await allow()
    _ = try TrustRequest().revoke(world.context(as: "dev"))
    try world.configure(Self.with("protected: true"))
    #expect(await use()?.code == .loginRequired)
  }

  @Test func `a directory lets go of what became protected, and nobody is asked`() async throws {
    try world.select("dev\n")
    _ = try await TrustRequest().allow(world.context(in: "stack"))
    try world.configure(Self.with("protected: true"))
    let error = await failure { _ = try await world.context(in: "stack").someone() }
    #expect(error?.message.contains("is protected") == true)
    #expect(await use() == nil)
    try world.configure(Configurations.stacks)
    #expect(try await world.context(in: "stack").someone().record.name == "dev")
  }

  @Test func `what was handed out may become tighter`() async throws {
    try await allow()
    let catalog = try world.context().configuration.readableCatalog()
    let bound = catalog.trust(for: try catalog.identity(named: "dev")).fingerprint
    try world.configure(Self.with("protected: true"))
    #expect(await world.renewing("dev", bound) == nil)
    try world.configure(Self.with("env: [{key: A, value: b}]"))
    #expect(await world.renewing("dev", bound) != nil)
  }

  // MARK: Beside own configuration

  private func own(_ text: String = Configurations.stacks) throws {
    try world.write("home/.atmos/atmos.yaml", text.replacing("  realm: test\n", with: ""))
  }

  private func record(_ name: String) throws -> IdentityRecord {
    try world.context().configuration.readableCatalog().identity(named: name)
  }

  @Test func `an identity of one's own that a checkout tightens stays one's own`() async throws {
    try own()
    // An identity of a later file takes the place of the whole earlier one.
    func checkout(_ change: (String) -> String) throws {
      try world.configure(change(Configurations.stacks).replacing("  realm: test\n", with: ""))
    }
    try checkout { _ in Self.with("protected: true") }
    #expect(await use() == nil)
    #expect(try record("dev").isProtected && record("dev").isOwn)
    try checkout { $0.replacing("protected: true", with: "protected: false") }
    #expect(await use("prod")?.code == .loginRequired)
    #expect(try record("prod").loosensOwn == "prod")
    try checkout { _ in Self.with("protected: true\n      env: [{key: A, value: !exec cat x}]") }
    #expect(await use()?.code == .loginRequired)
  }

  private static let looser = """
    auth:
      identities:
        mine:
          kind: mock/aws
          via: {provider: sandbox}
          principal: {account: {id: 333344445555}, region: us-east-1}

    """

  @Test func `the same principal with less restraint has to be allowed beforehand`() async throws {
    try own()
    try world.configure(Self.looser)
    #expect(try record("mine").loosensOwn == "prod")
    let person = ScriptedPerson(answers: ["y"], isHidden: false)
    world.person = person
    let error = await use("mine")
    #expect(error?.code == .loginRequired)
    #expect(error?.hints.last == "it is as your own `prod`, but less restrained")
    #expect(await person.questions.isEmpty)
    world.person = nil
    world.environment["CI"] = "true"
    #expect(await use("mine")?.code == .loginRequired)
    world.environment["CI"] = nil
    _ = world.err.take()
    try await allow("mine")
    #expect(world.err.text.contains("it is as your own `prod`, but less restrained"))
    #expect(await use("mine") == nil)
  }

  @Test func `with the same restraint it is asked about like any other`() async throws {
    try own()
    try world.configure(
      Self.looser.replacing("kind: mock/aws\n", with: "kind: mock/aws\n      protected: true\n"))
    #expect(try record("mine").loosensOwn == nil)
    world.person = ScriptedPerson(answers: ["y"], isHidden: false)
    #expect(await use("mine") == nil)
  }
}
