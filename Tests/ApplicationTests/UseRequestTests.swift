import AuthConfiguration
import Core
import TestSupport
import Testing

@testable import Application

/// What `use` gives the calling shell.
@Suite struct UseRequestTests {
  private let world: ApplicationWorld

  init() throws { world = try ApplicationWorld() }

  private func code(_ request: UseRequest, _ context: CommandContext? = nil) async throws -> String
  {
    var request = request
    request.shell = .bash
    #expect(try await request.run(context ?? world.context()) == 0)
    return world.out.take()
  }

  @Test func `a name pins that identity, by whatever alias`() async throws {
    let text = try await code(UseRequest(name: "D"))
    #expect(text.contains("'ATMOS_IDENTITY' '' 'dev'"), "\(text)")
    #expect(text.contains("'AWS_REGION' '' 'eu-west-1'"), "\(text)")
    #expect(
      try world.context().recentIdentities(in: world.context().configuration).names == ["dev"])
  }

  @Test func `use takes the identity's own region, whatever the directory says`() async throws {
    try world.select("identity = dev\nregion = sa-east-1\n")
    _ = try await TrustRequest().allow(world.context(in: "stack"))
    let text = try await code(UseRequest(name: "dev"), world.context(in: "stack"))
    #expect(text.contains("'eu-west-1'") && !text.contains("sa-east-1"), "\(text)")
  }

  @Test func `none, auto and the environment are not looked up`() async throws {
    try world.configure("auth: {broken\n")
    let environment = world.environment
    #expect(
      try await code(UseRequest(name: "none"))
        == ShellActivation.nobody(
          environment: environment, isFromEnvironment: false, for: .bash))
    #expect(
      try await code(UseRequest(isAuto: true))
        == ShellActivation.automatic(environment: environment, for: .bash))
    #expect(
      try await code(UseRequest(isFromEnvironment: true))
        == ShellActivation.automatic(environment: environment, for: .bash))
  }

  @Test func `without a name a person chooses, once`() async throws {
    world.person = ScriptedPerson(answers: [])
    world.choices.prepare("staging")
    let text = try await code(UseRequest())
    #expect(text.contains("'staging'"), "\(text)")
    #expect(world.choices.titles == ["Select an identity"])
  }

  @Test func `tags narrow the choice to one`() async throws {
    let text = try await code(UseRequest(tags: ["shared"]))
    #expect(text.contains("'staging'"), "\(text)")
  }

  @Test func `an unknown name prints nothing`() async throws {
    let error = await failure {
      _ = try await UseRequest(name: "devv", shell: .bash).run(world.context())
    }
    #expect(error != nil && world.out.text == "")
  }

  @Test func `a shell without the hook is told about it`() async throws {
    let error = await failure { _ = try await UseRequest(name: "dev").run(world.context()) }
    #expect(error?.code == .usage && error?.hints.count == 2)
  }

  @Test func `use --dir writes the file and allows it`() async throws {
    try world.write("project/stack/main.tf", "")
    let request = UseRequest(name: "d", writesDirectory: true)
    #expect(try await request.run(world.context(in: "stack")) == 0)
    let file = try FileSystem.readFile("\(world.project)/stack/.atmos-identity")
    #expect(file == Array("dev\n".utf8))
    let who = try await world.context(in: "stack").someone()
    #expect(who.summary == "dev by the directory")
  }

  @Test func `use --dir grants what the new file says, not the old one's profile`() async throws {
    try world.write("project/profiles/other/atmos.yaml", Configurations.profile)
    try world.select("identity = dev\nprofile = other\n")
    _ = try await TrustRequest().allow(world.context(in: "stack"))
    // Who acts is found by the old file, whose profile is not the new one's.
    #expect(
      try await UseRequest(writesDirectory: true).run(world.context(in: "stack")) == 0)
    let who = try await world.context(in: "stack").someone()
    #expect(who.record.account == "111122223333" && who.region == "eu-west-1")
  }
}
