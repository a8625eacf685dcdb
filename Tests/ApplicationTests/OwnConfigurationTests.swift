import AuthConfiguration
import CLibrary
import Core
import MadeUpCloud
import Model
import TestSupport
import Testing

@testable import Application

/// Own configuration beside a checkout's.
@Suite struct OwnConfigurationTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld(isCheckout: true)
    try world.write(
      "home/.atmos/atmos.yaml", Configurations.stacks.replacing("  realm: test\n", with: ""))
  }

  private func use(_ name: String) async -> AuthError? {
    await failure {
      let context = world.context()
      let who = try context.identity(named: name, by: .argument)
      try await context.approve(who)
      _ = try who.configuration.chain(for: who.record.name)
    }
  }

  private static func checkout(_ text: String) -> String { "auth:\n\(text)" }

  @Test func `what a checkout leaves alone is the person's own`() async throws {
    try world.configure(Self.checkout("  identities:\n    more: {kind: mock/aws}\n"))
    #expect(await use("dev") == nil)
    #expect(await use("more")?.code == .loginRequired)
  }

  @Test(arguments: [
    // Replaced whole, merged into the provider, taken away, and put beside.
    "  identities:\n    dev: {kind: mock/aws, principal: {account: {id: 999900001111}}}\n",
    "  providers:\n    sandbox: {region: us-east-2}\n",
    "  providers:\n    sandbox: {kind: mock/aws, spec: {duration: 1h}}\n",
    "  realm: stolen\n", "  keyring: {type: file, spec: {path: /tmp/x}}\n",
    "  identities:\n    dev: !unset\n",
  ])
  func `what a checkout has a part in is a checkout's`(text: String) async throws {
    try world.configure(Self.checkout(text))
    #expect(await use("dev") != nil)
  }

  @Test(arguments: [
    ("{identity: tycho}", ["flag"]), ("{identity: lander}", ["flag"]), ("{provider: gate}", []),
  ])
  func `what a checkout sets up after a login is an offer`(
    via: String, offers: [String]
  ) async throws {
    let world = world
    world.registry.clouds.append(.moon)
    try world.write(
      "home/.atmos/atmos.yaml",
      """
      auth:
        providers:
          gate: {kind: moon/visa, gate: north}
        identities:
          tycho:
            kind: moon/base
            alias: lander
            via: {provider: gate}
            principal: {crater: Tycho, rank: commander}

      """)
    try world.configure(
      "auth: {integrations: {flag: {kind: moon/flag, via: \(via), spec: {path: /tmp/flag}}}}\n")
    let catalog = try world.context().configuration.readableCatalog()
    let record = try catalog.identity(named: "tycho")
    #expect(record.isOwn && record.offers == offers)
    #expect(catalog.providers.map(\.offers) == [offers.isEmpty ? ["flag"] : []])
    #expect(record.integrationEnvironment.isEmpty)
    #expect(record.offeredEnvironment.map(\.name) == offers.map { _ in "MOON_FLAG" })
    let context = world.context()
    let who = try context.identity(named: "tycho", by: .argument)
    try await context.approve(who)
    #expect(try context.configuration.allowsOffers(of: record) == offers.isEmpty)
    let error = await failure { try await context.approveOffers(of: who) }
    #expect(error?.code == (offers.isEmpty ? nil : .loginRequired))
    guard !offers.isEmpty else { return }
    _ = try await TrustRequest().allow(world.context(as: "tycho"))
    #expect(world.err.text.contains("integration flag: spec.path = /tmp/flag"))
    #expect(try world.context().configuration.allowsOffers(of: record))
  }

  @Test(arguments: ["default: true", "alias: main", "tags: [deploy]"])
  func `what chooses one of the person's own is not for a checkout to say`(
    choice: String
  ) async throws {
    func identities(_ first: String, _ second: String) -> String {
      "auth: {identities: {dev: {kind: mock/aws\(first)}, prod: {kind: mock/aws\(second)}}}\n"
    }
    try world.write("home/.atmos/atmos.yaml", identities(", \(choice)", ""))
    try world.configure(identities("", ", \(choice)"))
    func someone(_ context: CommandContext) async throws -> Resolution {
      switch choice {
      case "default: true": try await context.someone()
      case "alias: main": try context.identity(named: "main", by: .option)
      default: try await context.identity(tagged: ["deploy"])
      }
    }
    let context = world.context()
    let who = try await someone(context)
    #expect(who.record.name == "prod" && who.record.isOwn)
    let error = await failure { try await context.approve(who) }
    #expect(error?.code == .loginRequired)
    // By its name it needs nothing.
    #expect(await use("prod") == nil)
    // And the person's own choice stays one.
    try world.configure(identities(", \(choice)", ""))
    let same = world.context()
    let own = try await someone(same)
    #expect(own.record.name == "dev")
    try await same.approve(own)
    guard !choice.hasPrefix("tags") else { return }
    try world.configure(identities("", ", \(choice)"))
    _ = try await TrustRequest().allow(world.context(as: "prod"))
    let allowed = world.context()
    try await allowed.approve(try await someone(allowed))
  }

  @Test func `replacing an integration of the person's own asks for the identity`() throws {
    let world = world
    world.registry.clouds.append(.moon)
    let flag = "flag: {kind: moon/flag, via: {identity: tycho}, spec: {path: "
    try world.write(
      "home/.atmos/atmos.yaml",
      "auth: {identities: {tycho: {kind: mock/aws}}, integrations: {\(flag)/tmp/flag}}}}\n")
    try world.configure("auth: {integrations: {\(flag)/tmp/other}}}}\n")
    let record = try world.context().configuration.readableCatalog().identity(named: "tycho")
    #expect(!record.isOwn && record.offers.isEmpty)
  }

  @Test func `taking a name of the person's own is shown`() async throws {
    try world.configure(
      Self.checkout("  identities:\n    dev: {kind: mock/aws, principal: {region: us-east-2}}\n"))
    _ = try await TrustRequest().allow(world.context(as: "dev"))
    #expect(world.err.text.contains("it replaces yours of that name"))
  }

  @Test func `a checkout does not switch the hook off`() throws {
    try world.configure(Self.checkout("  shell: {switch: false, prompt: false, symbol: x}\n"))
    let catalog = try world.context().configuration.readableCatalog()
    #expect(catalog.shell.switches && catalog.shell.showsPrompt)
    #expect(catalog.shell.style.symbol == nil)
    #expect(catalog.ignoredSettings == ["shell"])
    try world.write("home/.atmos/atmos.yaml", "auth: {shell: {switch: false}}\n")
    #expect(try !world.context().configuration.readableCatalog().shell.switches)
  }

  @Test func `a checkout may only shorten how long a key is remembered`() throws {
    for (text, expected) in [("1h", 3600 as Int64), ("90h", 28_800)] {
      try world.configure(Self.checkout("  keyring: {spec: {unlock_for: \(text)}}\n"))
      #expect(try world.context().configuration.readableCatalog().keyring.unlockFor == expected)
    }
  }

  @Test func `a file that includes a checkout's is not own`() async throws {
    let part = try world.write("project/part.yaml", "kind: mock/aws\n")
    try world.configure(Self.checkout("  {}\n"))
    try world.write(
      "home/.atmos/atmos.yaml", "auth:\n  identities:\n    dev: !include \(part)\n")
    #expect(await use("dev")?.code == .loginRequired)
  }

  @Test func `own files that others can write are not`() async throws {
    try world.configure(Self.checkout("  {}\n"))
    #expect(await use("dev") == nil)
    chmod("\(world.scratch.path)/home/.atmos/atmos.yaml", 0o646)
    #expect(await use("dev") != nil)
  }
}
