import AuthConfiguration
import Core
import MadeUpCloud
import Model
import Terminal
import TestSupport
import Testing

@testable import Application

/// A cloud that nobody runs does all that a cloud does, and one line makes it known.
@Suite struct MadeUpCloudTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld()
    world.registry.clouds.append(.moon)
    try world.configure(
      """
      auth:
        realm: test
        providers:
          gate: {kind: moon/visa, gate: north}
        identities:
          tycho:
            kind: moon/base
            alias: lander
            default: true
            via: {provider: gate}
            principal: {crater: Tycho, rank: commander, region: Serenity}
        integrations:
          flag:
            kind: moon/flag
            via: {identity: Lander}
            spec: {path: \(flag)}

      """)
    world.environment["MOON_PASS"] = "a person's own"
  }

  private var flag: String { "\(world.scratch.path)/flag" }

  private func logIn() async throws {
    #expect(try await LoginRequest(scope: .identity("tycho")).run(world.context()) == 0)
  }

  @Test func `it is listed and checked`() throws {
    let catalog = try world.context().configuration.readableCatalog()
    #expect(catalog.diagnostics == [])
    let record = try catalog.identity(named: "tycho")
    #expect(record.cloud == "moon" && record.account == "Tycho" && record.principal == "commander")
    #expect(record.isSupported && record.region == "Serenity")
    let listing = try Listing(
      catalog: catalog, sessions: [:], now: world.clock.now,
      filter: .init(providers: nil, identities: nil, tags: []))
    let text = ListRendering.text(
      listing, as: .table, on: Stream(environment: [:], sink: { _ in true }))
    #expect(text.contains("moon/base") && text.contains("moon/visa"))
  }

  @Test func `what it would do is explained, and covered by allow`() async throws {
    let context = world.context()
    let who = try await context.someone()
    let state = try await context.chainState(of: who)
    let forecast = ChainForecast(state, now: world.clock.now)
    #expect(forecast.steps.map(\.action) == [.renewed, .renewed])
    #expect(forecast.steps.last?.lasts == 1800)
    let traits = try who.configuration.readableCatalog().trust(for: who.record).traits
    #expect(traits.contains("integration flag: spec.path = \(flag)"), "\(traits)")
  }

  @Test func `a login is remembered and hoists the flag`() async throws {
    try await logIn()
    #expect(world.err.text.contains("ok Hoisted the flag at \(flag)\n"), "\(world.err.text)")
    #expect(try FileSystem.readFile(flag) == Array("tycho\n".utf8))
    let context = world.context()
    let remembered = try #require(try await context.remembered(try await context.someone()))
    #expect(remembered.account == "Tycho" && remembered.opaque?.format == "moon/pass")
  }

  @Test func `a flag that cannot be hoisted is a warning`() async throws {
    try world.write("flag/in-the-way", "")
    try await logIn()
    let text = world.err.text
    #expect(text.contains("Authentication successful!"))
    #expect(text.contains("warning: integration flag: "), "\(text)")
    #expect(text.contains("`atmos-auth moon hoist` repeats it"), "\(text)")
  }

  @Test func `a program gets the moon's variables, renewing or plain`() async throws {
    try await logIn()
    func environment(isStatic: Bool) async throws -> [String: String] {
      let context = world.context()
      return try await ExecRequest.prepared(
        try await context.chosenIdentity(), context, isStatic: isStatic, minimumValidity: nil
      ).environment
    }
    let renewing = try await environment(isStatic: false)
    let path = try #require(renewing["MOON_CONFIG"])
    #expect(String(decoding: try FileSystem.readFile(path) ?? [], as: UTF8.self).contains("renew"))
    #expect(renewing["MOON_BASE"] == "tycho" && renewing["MOON_SEA"] == "Serenity")
    #expect(renewing["MOON_PASS"] == nil && renewing["MOON_FLAG"] == flag)
    #expect(renewing["MOON_UNTIL"] != nil && renewing["AWS_CONFIG_FILE"] == nil)
    #expect(try await environment(isStatic: true)["MOON_PASS"] == "pass-to-Tycho")
  }

  @Test func `a program that asks is answered`() async throws {
    #expect(try await CredentialProcessRequest().run(world.context(as: "tycho")) == 0)
    #expect(world.out.text == #"{"pass":"pass-to-Tycho"}"# + "\n")
  }

  @Test func `the moon says who it is, and opens its console`() async throws {
    try await logIn()
    let context = world.context()
    let status = try await context.status(of: try await context.someone(), verify: true)
    #expect(
      WhoamiReport(status, now: world.clock.now, options: []).json.contains("commander of tycho"))
    #expect(context.consolePages.contains("dust"))
    let request = ConsoleRequest(destination: "dust", isPrintOnly: true)
    #expect(try await request.run(world.context()) == 0)
    #expect(world.out.text == "https://moon.example/dust#pass-to-Tycho\n")
  }

  @Test func `logout takes everything back`() async throws {
    try await logIn()
    let dry = LogoutRequest(scope: .provider("gate"), dryRun: true)
    #expect(try await dry.run(world.context()) == 0)
    #expect(world.err.text.contains("Would take back integration: flag\n"), "\(world.err.text)")
    #expect(FileSystem.exists(flag))
    #expect(try await LogoutRequest(scope: .provider("gate")).run(world.context()) == 0)
    #expect(!FileSystem.exists(flag))
    #expect(world.err.text.contains("Lowered the flag"), "\(world.err.text)")
    #expect(world.err.text.contains("the moon has ended a visa"), "\(world.err.text)")
    let context = world.context()
    #expect(try await context.remembered(try await context.someone()) == nil)
  }

  @Test func `a login of which only the credential is known ends, too`() async throws {
    try await logIn()
    #expect(try await LogoutRequest(scope: .allRealms).run(world.context()) == 0)
    #expect(world.err.text.contains("the moon has ended a visa"), "\(world.err.text)")
  }
}
