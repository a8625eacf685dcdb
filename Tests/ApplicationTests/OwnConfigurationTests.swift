import AuthConfiguration
import CLibrary
import Core
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
