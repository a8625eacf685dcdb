import AuthConfiguration
import CLibrary
import Core
import Model
import TestSupport
import Testing

@testable import Application

/// `allow`, `deny` and `revoke`.
@Suite struct TrustRequestTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld(isCheckout: true)
    try world.select("identity = dev\nregion = sa-east-1\n")
  }

  private var context: CommandContext { world.context(in: "stack") }

  private func grant() throws -> Grant? {
    guard case .safe(let file) = DirectoryFile.open("\(world.project)/stack/.atmos-identity") else {
      return nil
    }
    return Grant.read(world.paths, of: file)
  }

  @Test func `allow shows what it grants, and grants that`() async throws {
    #expect(try await TrustRequest().allow(context) == 0)
    let text = world.err.text
    #expect(text.contains("/stack/.atmos-identity selects dev:\n"))
    #expect(text.contains(".atmos-identity: region = sa-east-1\n"))
    #expect(text.contains("111122223333"))
    #expect(text.hasSuffix("ok allowed\n"))
    let grant = try #require(try grant())
    #expect(grant.decision == .allow && grant.directory == "\(world.project)/stack")
    let selection = try #require(grant.selections.first)
    #expect(grant.selections.count == 1 && !selection.isChanged)
    #expect(selection.activation.identity == "dev" && !selection.activation.isProtected)
    let set = Dictionary(
      selection.activation.set.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    #expect(set["ATMOS_IDENTITY"] == "dev" && set["AWS_REGION"] == "sa-east-1")
    #expect(world.out.text == "")
  }

  @Test func `allow of another content keeps the grant of the first`() async throws {
    _ = try await TrustRequest().allow(context)
    try world.select("staging\n")
    _ = try await TrustRequest().allow(context)
    #expect(try grant()?.selections.map(\.activation.identity) == ["dev", "staging"])
    try world.select("identity = dev\nregion = sa-east-1\n")
    #expect(try await context.someone().record.name == "dev")
  }

  @Test func `a change is shown as a difference`() async throws {
    _ = try await TrustRequest().allow(context)
    try world.configure(Configurations.stacks.replacing("111122223333", with: "111122220000"))
    _ = world.err.take()
    _ = try await TrustRequest().allow(context)
    let lines = world.err.text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("  - ") && $0.contains("111122223333") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("  + ") && $0.contains("111122220000") }, "\(lines)")
    #expect(try grant()?.selections.count == 1)
  }

  @Test func `a protected identity is allowed with a warning`() async throws {
    try world.select("prod\n")
    #expect(try await TrustRequest().allow(context) == 0)
    #expect(world.err.text.contains("`cd` alone never selects it; `atmos-auth use prod` does"))
    #expect(try grant()?.selections.first?.activation.isProtected == true)
  }

  @Test func `a file that means nobody needs no grant`() async throws {
    try world.select("none\n")
    #expect(try await TrustRequest().allow(context) == 0)
    #expect(try grant() == nil)
  }

  @Test func `an unknown identity is not allowed`() async throws {
    try world.select("who\n")
    let error = await failure { _ = try await TrustRequest().allow(context) }
    #expect(error != nil)
    #expect(try grant() == nil)
  }

  @Test func `deny holds until revoke`() async throws {
    _ = try await TrustRequest().allow(context)
    #expect(try TrustRequest().deny(context) == 0)
    #expect(try grant()?.decision == .deny && grant()?.selections.isEmpty == true)
    #expect(try TrustRequest().revoke(context) == 0)
    #expect(try grant() == nil)
    _ = world.err.take()
    #expect(try TrustRequest().revoke(context) == 0)
    #expect(
      world.err.text == "no decision is recorded for \(world.project)/stack/.atmos-identity\n")
  }

  @Test func `where there is no file there is nothing to decide`() async throws {
    let error = await failure { _ = try await TrustRequest().allow(world.context()) }
    #expect(error?.message == "no .atmos-identity at or above \(world.project)")
    let missing = await failure {
      _ = try await TrustRequest(directory: "gone").allow(world.context())
    }
    #expect(missing?.message == "no such directory: \(world.project)/gone")
  }

  @Test func `commands are shown, run only once allowed, and go with the grant`() async throws {
    let mark = "\(world.scratch.path)/ran"
    try world.configure(
      Configurations.stacks.replacing(
        "account: {id: 111122223333}",
        with: #"account: {id: !exec "touch \#(mark); echo 111122223333"}"#))
    try world.select("dev\n")
    func chain() throws -> String {
      let who = try context.identity(named: "dev", by: .argument)
      return try who.configuration.chain(for: "dev").target.name
    }
    let refused = await failure { _ = try chain() }
    #expect(refused?.code == .loginRequired, "\(String(describing: refused))")
    #expect(try await TrustRequest().allow(context) == 0)
    #expect(world.err.text.contains("  runs !exec touch \(mark); echo 111122223333   ("))
    #expect(!FileSystem.exists(mark), "showing a command is not running it")
    #expect(try chain() == "dev")
    #expect(FileSystem.exists(mark))
    #expect(try TrustRequest().revoke(context) == 0)
    let again = await failure { _ = try chain() }
    #expect(again?.code == .loginRequired)
  }

  @Test func `one allow covers a command in the environment`() async throws {
    try world.configure(
      Configurations.stacks.replacing(
        "principal: {account: {id: 111122223333}, region: eu-west-1}",
        with: "env: [{key: STAGE, value: !exec echo made}]"))
    try world.select("dev\n")
    #expect(try await TrustRequest().allow(context) == 0)
    #expect(world.err.text.contains("  runs !exec echo made   ("))
    let set = try #require(try grant()?.selections.first?.activation.set)
    #expect(set.contains(Activation.Variable("STAGE", "made")))
  }

  @Test func `a fault that passes leaves the grant as it was`() async throws {
    _ = try await TrustRequest().allow(context)
    let before = try #require(try grant())
    for text in ["", "auth: [", "auth:\n  identities: {}\n"] {
      try world.configure(text)
      #expect(try TrustRequest().revalidate(context) == 0)
      #expect(try grant() == before, "with \(text)")
    }
    try world.configure(Configurations.stacks)
    #expect(try await context.someone().record.name == "dev")
  }

  @Test func `what another branch was allowed comes and goes without a question`() async throws {
    let other = Configurations.stacks.replacing("111122223333", with: "111122220000")
    for text in [Configurations.stacks, other] {
      try world.configure(text)
      _ = try await TrustRequest().allow(context)
    }
    for text in [Configurations.stacks, other, Configurations.stacks] {
      try world.configure(text)
      #expect(try await context.someone().record.name == "dev")
      #expect(try grant()?.selections.first?.isChanged == false)
    }
    #expect(try TrustRequest().revoke(context) == 0)
    let error = await failure { _ = try await context.someone() }
    #expect(error?.code == .loginRequired)
  }

  @Test func `a change that a command finds is noted, and prompts look again`() async throws {
    _ = try await TrustRequest().allow(context)
    let generation = Generation.current(world.paths)
    try world.configure(Configurations.stacks.replacing("111122223333", with: "111122220000"))
    let error = await failure { _ = try await context.someone() }
    #expect(error?.message.contains("has changed since it was allowed") == true)
    #expect(try grant()?.selections.first?.isChanged == true)
    #expect(Generation.current(world.paths) > generation)
  }

  @Test func `what was revoked or denied meanwhile is not written again`() async throws {
    _ = try await TrustRequest().allow(context)
    let verdict = try context.verdict(on: "\(world.project)/stack")
    let (file, content) = (try #require(verdict.file), try #require(verdict.content))
    let now = try context.selection(for: content, in: file)
    #expect(try TrustRequest().deny(context) == 0)
    try context.note(now, for: content, in: file)
    #expect(try grant()?.decision == .deny)
    #expect(try TrustRequest().revoke(context) == 0)
    try context.note(now, for: content, in: file)
    #expect(try grant() == nil)
  }

  @Test func `commands that others may write, or that were damaged, do not count`() async throws {
    try world.configure(
      Configurations.stacks.replacing(
        "principal: {account: {id: 111122223333}, region: eu-west-1}",
        with: "env: [{key: STAGE, value: !exec echo made}]"))
    _ = try await TrustRequest().allow(context)
    let name = try #require(
      try FileSystem.list(world.paths.trustDirectory)?.first { $0.hasSuffix(".commands") })
    let path = "\(world.paths.trustDirectory)/\(name)"
    let bytes = try #require(try FileSystem.readFile(path))
    func count() throws -> Int { try AllowedCommands.all(world.paths).count }
    #expect(try count() == 1)
    chmod(path, 0o622)
    #expect(try count() == 0)
    chmod(path, 0o600)
    var flipped = bytes
    flipped[bytes.count / 2] ^= 1
    try FileSystem.writeAtomically(path, flipped)
    #expect(try count() == 0)
    // An earlier release wrote no hash.
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropLast()
    try FileSystem.writeAtomically(path, Array((lines.joined(separator: "\n") + "\n").utf8))
    #expect(try count() == 1)
  }

  @Test func `a command that only looks the same is another one`() throws {
    try world.write("home/x/atmos.yaml", "")
    let file = "\(world.scratch.path)/home/x/atmos.yaml"
    var allowed = try #require(AllowedCommands(of: file, world.paths))
    allowed.insert(["!exec echo \u{e9}"], for: "/d")
    try allowed.store()
    let trust = CommandTrust(world.context().configuration.request, environment: [:])
    #expect(trust.mayRun(["!exec echo \u{e9}"], in: file))
    #expect(!trust.mayRun(["!exec echo e\u{301}"], in: file))
  }

  @Test func `revalidate marks what changed, and takes it back`() async throws {
    _ = try await TrustRequest().allow(context)
    try world.configure(Configurations.stacks.replacing("111122223333", with: "111122220000"))
    #expect(try TrustRequest().revalidate(context) == 0)
    #expect(try grant()?.selections.first?.isChanged == true)
    try world.configure(Configurations.stacks)
    #expect(try TrustRequest().revalidate(context) == 0)
    #expect(try grant()?.selections.first?.isChanged == false)
  }
}
