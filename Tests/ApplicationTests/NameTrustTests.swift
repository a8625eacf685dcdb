import AuthConfiguration
import CLibrary
import Core
import Hook
import Model
import TestSupport
import Testing

@testable import Application

/// Identities that are named, in a checkout.
@Suite struct NameTrustTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld(isCheckout: true)
  }

  private static let moved = Configurations.stacks.replacing("111122223333", with: "999900001111")

  private func use(_ name: String, _ context: CommandContext? = nil) async -> AuthError? {
    let context = context ?? world.context()
    return await failure {
      let who = try context.identity(named: name, by: .argument)
      try await context.approve(who)
      _ = try who.configuration.chain(for: who.record.name)
    }
  }

  private func allow(_ name: String, fingerprint: String? = nil) async throws {
    _ = try await TrustRequest(fingerprint: fingerprint).allow(world.context(as: name))
  }

  @Test func `without a terminal a checkout's identity is refused, and the command named`()
    async throws
  {
    let error = await use("dev")
    #expect(error?.code == .loginRequired)
    #expect(error?.message.contains("is not allowed yet") == true)
    #expect(error?.hints.first?.contains("`atmos-auth allow -i dev`") == true)
    try await allow("dev")
    #expect(await use("dev") == nil)
    #expect(await use("staging")?.code == .loginRequired, "each identity is allowed by itself")
  }

  @Test func `the chain is not made without it, whoever asks`() async throws {
    let error = await failure { _ = try world.context().configuration.chain(for: "dev") }
    #expect(error?.code == .loginRequired)
    let provider = await failure {
      _ = try world.context().configuration.chain(forProvider: "sandbox")
    }
    #expect(provider?.code == .loginRequired)
  }

  @Test func `one question at a terminal, and a yes holds`() async throws {
    let person = ScriptedPerson(answers: ["y"], isHidden: false)
    world.person = person
    #expect(await use("dev") == nil)
    #expect(await person.questions.count == 1)
    #expect(world.err.text.contains("111122223333"), "the chain is shown")
    #expect(await use("dev") == nil)
    #expect(await person.questions.count == 1)
  }

  @Test(arguments: ["", "n", "no", "x"])
  func `anything but yes is a no`(answer: String) async throws {
    world.person = ScriptedPerson(answers: [answer])
    #expect(await use("dev")?.code == .loginRequired)
    #expect(try NameGrants.all(world.paths).isEmpty)
  }

  @Test func `programs' entry points do not ask`() async throws {
    let person = ScriptedPerson(answers: ["y"])
    world.person = person
    let error = await failure {
      _ = try await CredentialProcessRequest().run(world.context(as: "dev"))
    }
    #expect(error?.code == .loginRequired)
    #expect(await person.questions.isEmpty)
  }

  @Test func `a change is refused with the difference, and prompts look again`() async throws {
    try await allow("dev")
    let generation = Generation.current(world.paths)
    try world.configure(Self.moved)
    let error = await use("dev")
    #expect(error?.message == "what `dev` does has changed since it was allowed")
    #expect(error?.hints.contains { $0.hasPrefix("+ ") && $0.contains("999900001111") } == true)
    #expect(Generation.current(world.paths) > generation)
    // Both are known from then on, so branches come and go.
    try await allow("dev")
    for text in [Configurations.stacks, Self.moved] {
      try world.configure(text)
      #expect(await use("dev") == nil)
    }
  }

  @Test func `what was checked is what is used`() async throws {
    try await allow("dev")
    let context = world.context()
    let who = try context.identity(named: "dev", by: .argument)
    try await context.approve(who)
    try world.configure(Self.moved)
    let error = await failure { _ = try who.configuration.chain(for: "dev") }
    #expect(error?.code == .loginRequired)
  }

  @Test func `what was handed out stays, though another is allowed, too`() async throws {
    try await allow("dev")
    let catalog = try world.context().configuration.readableCatalog()
    let bound = catalog.trust(for: try catalog.identity(named: "dev")).fingerprint
    #expect(await world.renewing("dev", bound) == nil)
    try world.configure(Self.moved)
    try await allow("dev")
    #expect(await use("dev") == nil)
    #expect(
      await world.renewing("dev", bound)?.message
        == "what `dev` does has changed since it was handed out")
    try world.configure(Configurations.stacks)
    #expect(await world.renewing("dev", bound) == nil)
  }

  @Test func `managed files are bound, and hold what was allowed`() async throws {
    try await allow("dev")
    try await allow("staging")
    let context = world.context(as: "dev")
    let who = try await context.someone()
    let delivery = try Delivery(who, credential: nil, isStatic: false, context: context)
    let path = try #require(delivery.set.first { $0.name == "AWS_CONFIG_FILE" }?.value)
    let text = String(decoding: try #require(try FileSystem.readFile(path)), as: UTF8.self)
    let catalog = try context.configuration.readableCatalog()
    for name in ["dev", "staging"] {
      let fingerprint = catalog.trust(for: try catalog.identity(named: name)).fingerprint
      #expect(text.contains("--identity \(name) --bound \(fingerprint)\n"), "\(text)")
    }
    #expect(!text.contains("prod"))
    try world.configure(Self.moved)
    try await allow("dev")
    let next = world.context(as: "dev")
    let other = try Delivery(
      try await next.someone(), credential: nil, isStatic: false, context: next)
    #expect(other.set.first { $0.name == "AWS_CONFIG_FILE" }?.value != path)
  }

  @Test func `a pin is to the configuration in which it was chosen`() async throws {
    try await allow("dev")
    let code = Written()
    world.environment["ATMOS_IDENTITY"] = nil
    _ = try await UseRequest(name: "dev", shell: .bash).run(world.context())
    code.add(world.out.take())
    let marker = try #require(
      code.text.split(separator: "\n").first { $0.hasPrefix("__atmos_auth_mark '") })
    world.environment["__ATMOS_AUTH_DIFF"] = String(
      marker.dropFirst("__atmos_auth_mark '".count).dropLast())
    world.environment["ATMOS_IDENTITY"] = "dev"
    try world.write("other/.git/HEAD", "ref: refs/heads/main\n")
    try world.write("other/atmos.yaml", Self.moved)
    let elsewhere = world.context()
    let there = CommandContext(
      elsewhere.surroundings(in: "\(world.scratch.path)/other"), system: elsewhere.system,
      flags: ConfigurationFlags())
    #expect(try await there.someone().record.account == "111122223333")
    // Another fingerprint ends the pin, though it is allowed.
    try world.configure(Self.moved)
    try await allow("dev")
    let error = await failure { try await there.approve(there.next(there.flags).someone()) }
    #expect(error?.message == "what `dev` does has changed since it was handed out")
    let digest = try #require(world.environment["__ATMOS_AUTH_DIFF"].flatMap(Marker.init(text:)))
    #expect(PinRecord.read(world.paths, digest: digest.digest)?.isEnded == true)
  }

  @Test func `a clone with the same realm is known, until it is revoked`() async throws {
    try await allow("dev")
    try world.write("clone/.git/HEAD", "ref: refs/heads/main\n")
    try world.write("clone/atmos.yaml", Configurations.stacks)
    func useThere() async -> AuthError? {
      let flags = ConfigurationFlags(directory: "\(world.scratch.path)/clone")
      return await use("dev", world.context(flags))
    }
    #expect(await useThere() == nil)
    _ = try TrustRequest().revoke(world.context(as: "dev"))
    #expect(await use("dev")?.code == .loginRequired)
    #expect(await useThere()?.code == .loginRequired)
  }

  @Test(arguments: [Revocation.name, .provider, .everything])
  func `what is revoked in one clone is revoked in all`(what: Revocation) async throws {
    try await allow("dev")
    _ = try TrustRequest(provider: "sandbox").allow(provider: "sandbox", world.context())
    try world.write("clone/.git/HEAD", "ref: refs/heads/main\n")
    try world.write("clone/atmos.yaml", Configurations.stacks)
    var flags = ConfigurationFlags(directory: "\(world.scratch.path)/clone")
    if what == .name { flags.identity = .named("dev") }
    let request = TrustRequest(provider: what == .provider ? "sandbox" : nil)
    #expect(try request.revoke(world.context(flags)) == 0)
    let provider = await failure {
      _ = try world.context().configuration.chain(forProvider: "sandbox")
    }
    #expect((await use("dev") == nil) == (what == .provider))
    #expect((provider == nil) == (what == .name))
  }

  enum Revocation { case name, provider, everything }

  @Test func `a default is a choice of its own, and so is where it leads`() async throws {
    try world.configure(Configurations.defaults("dev"))
    try await allow("dev")
    func useDefault() async -> AuthError? {
      await failure {
        let context = world.context()
        try await context.approve(context.someone())
      }
    }
    #expect(await useDefault() == nil, "it led there when that was allowed")
    try await allow("staging")
    try world.configure(Configurations.defaults("staging"))
    #expect(await useDefault()?.code == .loginRequired)
  }

  @Test func `a fingerprint lets scripts allow what they expect, and nothing else`() async throws {
    let catalog = try world.context().configuration.readableCatalog()
    let fingerprint = catalog.trust(for: try catalog.identity(named: "dev")).fingerprint
    let error = await failure { try await allow("dev", fingerprint: "0123") }
    #expect(error?.code == .loginRequired)
    #expect(await use("dev") != nil)
    try await allow("dev", fingerprint: fingerprint)
    #expect(await use("dev") == nil)
  }

  @Test func `all means every identity and every file`() async throws {
    try world.select("dev\n")
    try world.select("staging\n", in: "deep/below")
    _ = try await TrustRequest(all: true).allow(world.context())
    for name in ["dev", "staging", "prod"] { #expect(await use(name) == nil) }
    for directory in ["stack", "deep/below"] {
      #expect(await failure { _ = try await world.context(in: directory).someone() } == nil)
    }
  }

  @Test func `a file that others can write is refused, though it was allowed`() async throws {
    try await allow("dev")
    chmod("\(world.project)/atmos.yaml", 0o646)
    #expect(await use("dev")?.message.contains("others can write to it") == true)
    chmod("\(world.project)/atmos.yaml", 0o644)
    #expect(await use("dev") == nil)
  }

  @Test func `a job may use a checkout, with nothing stored of a person's`() async throws {
    world.environment["CI"] = "true"
    let context = world.context()
    #expect(await use("dev", context) == nil)
    #expect(context.configuration.isJobOnly)
    #expect(world.err.text == "")
    #expect(try NameGrants.all(world.paths).isEmpty)
    world.environment["ATMOS_AUTH_TRUST"] = "strict"
    #expect(await use("dev")?.code == .loginRequired)
  }

  @Test(arguments: [0o622 as mode_t, 0o660]) func `grants that others may write are none`(
    mode: mode_t
  ) async throws {
    try await allow("dev")
    let name = try #require(
      try FileSystem.list(world.paths.trustDirectory)?.first { $0.hasSuffix(".names") })
    chmod("\(world.paths.trustDirectory)/\(name)", mode)
    #expect(await use("dev")?.code == .loginRequired)
  }

  @Test func `a grant in which a bit flipped allows nothing`() async throws {
    try await allow("dev")
    let name = try #require(
      try FileSystem.list(world.paths.trustDirectory)?.first { $0.hasSuffix(".names") })
    let path = "\(world.paths.trustDirectory)/\(name)"
    let bytes = try #require(try FileSystem.readFile(path))
    for index in stride(from: 0, to: bytes.count, by: 7) {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(index % 8)
      try FileSystem.writeAtomically(path, flipped)
      #expect(try NameGrants.all(world.paths).isEmpty, "byte \(index)")
    }
  }
}

extension CommandContext {
  /// What it was started with, in another directory.
  fileprivate func surroundings(in directory: String) -> Surroundings {
    var other = surroundings
    other.workingDirectory = directory
    return other
  }
}
