import AuthConfiguration
import Core
import Foundation
import Keyrings
import Model
import TestSupport
import Testing

@testable import Application

/// What `exec`, `env` and `credential-process` hand over.
@Suite struct DeliveryTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld()
    world.environment["AWS_ACCESS_KEY_ID"] = "AKIAOFTHEPERSON"
    world.environment["AWS_PROFILE"] = "mine"
    world.environment["EDITOR"] = "vi"
  }

  private func program(
    _ context: CommandContext, isStatic: Bool = false, minimumValidity: Int64? = nil
  ) async throws -> [String: String] {
    try await ExecRequest.prepared(
      try await context.chosenIdentity(), context, isStatic: isStatic,
      minimumValidity: minimumValidity
    ).environment
  }

  @Test func `a program gets a profile and no keys`() async throws {
    let environment = try await program(world.context(as: "dev"))
    #expect(environment["ATMOS_IDENTITY"] == "dev" && environment["AWS_PROFILE"] == "dev")
    #expect(environment["AWS_REGION"] == "eu-west-1")
    #expect(environment["AWS_ACCESS_KEY_ID"] == nil && environment["EDITOR"] == "vi")
    let file = try #require(environment["AWS_CONFIG_FILE"])
    let text = String(decoding: try FileSystem.readFile(file) ?? [], as: UTF8.self)
    #expect(text.contains("[profile dev]"))
    #expect(text.contains("/opt/atmos-auth/bin/atmos-auth"))
    #expect(environment["AWS_CREDENTIAL_EXPIRATION"] == "2026-11-21T05:00:00Z")
  }

  @Test func `a program that knows keys only gets keys`() async throws {
    let environment = try await program(world.context(as: "dev"), isStatic: true)
    #expect(environment["AWS_PROFILE"] == nil && environment["AWS_CONFIG_FILE"] == nil)
    let id = try #require(environment["AWS_ACCESS_KEY_ID"])
    #expect(id != "AKIAOFTHEPERSON" && environment["AWS_SECRET_ACCESS_KEY"]?.isEmpty == false)
  }

  @Test func `the session that is remembered is used while it lasts long enough`() async throws {
    func key(_ minimum: Int64? = nil) async throws -> String? {
      try await program(world.context(as: "dev"), isStatic: true, minimumValidity: minimum)[
        "AWS_ACCESS_KEY_ID"]
    }
    let first = try await key()
    world.clock.advance(1800)
    #expect(try await key() == first)
    #expect(try await key(2700) != first)
    let renewed = try await key()
    world.clock.advance(3600)
    #expect(try await key() != renewed)
  }

  @Test func `a directory's region reaches the program`() async throws {
    try world.select("identity = dev\nregion = sa-east-1\n")
    _ = try await TrustRequest().allow(world.context(in: "stack"))
    let environment = try await program(world.context(in: "stack"))
    #expect(environment["AWS_REGION"] == "sa-east-1")
    #expect(environment["AWS_DEFAULT_REGION"] == "sa-east-1")
  }

  @Test func `nobody changes nothing of the person's own`() async throws {
    let environment = try await program(world.context(as: "none"))
    #expect(environment == world.environment)
    world.environment["AWS_CONFIG_FILE"] = "\(world.paths.state)/aws/somewhere/config"
    world.environment["ATMOS_IDENTITY"] = "dev"
    let inside = try await program(world.context(as: "none"))
    #expect(inside["AWS_CONFIG_FILE"] == nil && inside["ATMOS_IDENTITY"] == nil)
    #expect(inside["AWS_PROFILE"] == nil && inside["EDITOR"] == "vi")
  }

  @Test func `a login that is refused starts nothing`() async throws {
    try world.configure(
      Configurations.stacks.replacing("mock/aws}", with: "mock/aws, spec: {fail: closed}}"))
    let error = await failure { _ = try await program(world.context(as: "dev")) }
    #expect(error?.code == .refused)
    let nothing = await failure { _ = try await ExecRequest(command: []).run(world.context()) }
    #expect(nothing?.message == "no command specified")
  }

  @Test func `a program that is not there is told after who it would be`() async throws {
    let request = ExecRequest(command: ["no-such-program"])
    #expect(try await request.run(world.context(as: "dev")) == 127)
    #expect(world.err.text.contains("command not found: no-such-program"))
  }

  @Test func `env logs nobody in unless asked to`() async throws {
    #expect(try await EnvRequest().run(world.context(as: "dev")) == 0)
    let text = world.out.take()
    #expect(text.contains("export AWS_PROFILE='dev'") || text.contains("export AWS_PROFILE=dev"))
    #expect(text.contains("unset AWS_ACCESS_KEY_ID"))
    #expect(!text.contains("AWS_CREDENTIAL_EXPIRATION="))
    #expect(!FileSystem.exists(world.paths.sessionPath(realm: "test", identity: "dev")))
    #expect(try await EnvRequest(format: "json", login: true).run(world.context(as: "dev")) == 0)
    #expect(world.out.text.contains(#""AWS_CREDENTIAL_EXPIRATION": "2026-11-21T05:00:00Z""#))
    #expect(FileSystem.exists(world.paths.sessionPath(realm: "test", identity: "dev")))
    #expect(world.err.text == "")
  }

  @Test func `env adds to the file of a GitHub step`() async throws {
    let file = try world.write("github-env", "FIRST=1\n")
    world.environment["GITHUB_ENV"] = file
    #expect(try await EnvRequest(format: "github").run(world.context(as: "dev")) == 0)
    let text = String(decoding: try FileSystem.readFile(file) ?? [], as: UTF8.self)
    #expect(text.hasPrefix("FIRST=1\n") && text.contains("\nAWS_PROFILE=dev\n"))
    #expect(world.out.text == "")
    let error = await failure {
      _ = try await EnvRequest(format: "toml").run(world.context(as: "dev"))
    }
    #expect(error?.code == .usage)
  }

  @Test func `an SDK gets its document, and asks nobody`() async throws {
    try world.configure(Configurations.defaults("dev", "staging"))
    world.person = ScriptedPerson(answers: [])
    let error = await failure { _ = try await CredentialProcessRequest().run(world.context()) }
    #expect(error?.message == "multiple default identities found: dev, staging")
    #expect(try await CredentialProcessRequest().run(world.context(as: "dev")) == 0)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(world.out.text.utf8)) as? [String: Any])
    #expect(document["Version"] as? Int == 1)
    #expect(document["Expiration"] as? String == "2026-11-21T05:00:00Z")
    #expect(await world.person?.questions == [])
  }

  @Test func `whose keyring it is depends on the configuration, not on who came first`()
    async throws
  {
    try world.write(
      "project/profiles/other/atmos.yaml",
      Configurations.profile.replacing(
        "  realm: test\n", with: "  realm: test\n  keyring: {type: file}\n"))
    try world.select("identity = dev\nprofile = other\n")
    _ = try await TrustRequest().allow(world.context(in: "stack"))
    let context = world.context(in: "stack")
    let plain = try context.opened(in: context.configuration)
    let who = try await context.someone()
    let followed = try context.opened(in: who.configuration)
    #expect(plain.settings.type == nil && followed.settings.type == "file")
    #expect(try context.opened(in: context.configuration).store === plain.store)
    #expect(try context.next(context.flags).opened(in: who.configuration).store === followed.store)
  }
}
