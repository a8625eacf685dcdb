import AuthConfiguration
import Core
import Model
import TestSupport
import Testing

@testable import Application
@testable import Hook

/// Who a command acts as, and why.
@Suite struct ResolutionTests {
  private let world: ApplicationWorld

  init() throws { world = try ApplicationWorld() }

  private func allow(_ directory: String = "stack") async throws {
    #expect(try await TrustRequest().allow(world.context(in: directory)) == 0)
  }

  @Test func `the option beats the environment, and takes aliases`() async throws {
    world.environment["ATMOS_IDENTITY"] = "staging"
    let who = try await world.context(as: "d").someone()
    #expect(who.summary == "dev by --identity")
    #expect(who.file == nil && who.region == "eu-west-1")
  }

  @Test(arguments: ["none", "false", "off"])
  func `the option means nobody`(word: String) async throws {
    guard case .nobody(by: .option) = try await world.context(as: word).chosenIdentity() else {
      Issue.record("somebody was chosen")
      return
    }
    let error = await failure { _ = try await world.context(as: word).requiredIdentity() }
    #expect(error?.message == "identities are switched off here")
  }

  @Test func `the environment beats the directory`() async throws {
    try world.select("dev\n")
    try await allow()
    world.environment["ATMOS_IDENTITY"] = "staging"
    let who = try await world.context(in: "stack").someone()
    #expect(who.summary == "staging by ATMOS_IDENTITY")
    world.environment["ATMOS_IDENTITY"] = "none"
    guard case .nobody(by: .environment) = try await world.context(in: "stack").chosenIdentity()
    else {
      Issue.record("somebody was chosen")
      return
    }
  }

  @Test func `the directory beats the default, with its region`() async throws {
    try world.configure(Configurations.defaults("staging"))
    try world.select("identity = dev\nregion = sa-east-1\n")
    try world.write("project/stack/deep/main.tf", "")
    try await allow()
    let who = try await world.context(in: "stack/deep").someone()
    #expect(who.summary == "dev by the directory")
    #expect(who.region == "sa-east-1" && who.record.region == "eu-west-1")
    #expect(who.file == IdentityFile(identity: "dev", region: "sa-east-1"))
  }

  @Test func `the directory's profile is the configuration's`() async throws {
    try world.write("project/profiles/other/atmos.yaml", Configurations.profile)
    try world.select("identity = dev\nprofile = other\n")
    try await allow()
    let context = world.context(in: "stack")
    let who = try await context.someone()
    #expect(who.record.account == "999900001111" && who.region == "ap-south-1")
    #expect(who.configuration.request.profiles == ["other"])
    #expect(who.configuration.request.workingDirectory == "\(world.project)/stack")
    // The context means what it meant before.
    #expect(context.configuration.request.profiles == [])
    #expect(try context.identity(named: "dev", by: .argument).record.account == "111122223333")
  }

  @Test func `flags that name a configuration beat the directory's`() async throws {
    try world.write("project/profiles/other/atmos.yaml", Configurations.profile)
    try world.select("identity = dev\nprofile = other\nregion = sa-east-1\n")
    try await allow()
    let who = try await world.context(
      in: "stack", ConfigurationFlags(basePath: world.project)
    ).someone()
    #expect(who.record.account == "111122223333" && who.region == "sa-east-1")
    #expect(who.configuration.request.profiles == [])
  }

  @Test func `whoever asked before, an identity's region stays the same`() async throws {
    try world.select("identity = dev\nregion = sa-east-1\n")
    try await allow()
    let context = world.context(in: "stack")
    func region(_ who: Resolution) throws -> String? {
      try context.activation(of: who).set.first { $0.name == "AWS_REGION" }?.value
    }
    let named = try context.identity(named: "dev", by: .argument)
    #expect(try region(named) == "eu-west-1")
    let chosen = try await context.someone()
    #expect(try region(chosen) == "sa-east-1")
    #expect(try region(named) == "eu-west-1")
    #expect(try region(chosen) == "sa-east-1")
  }

  @Test func `a directory without trust stops, whatever the default is`() async throws {
    try world.configure(Configurations.defaults("staging"))
    try world.select("dev\n")
    func message() async -> String {
      let error = await failure { _ = try await world.context(in: "stack").chosenIdentity() }
      #expect(error?.code == .loginRequired)
      return error?.message ?? "somebody was chosen"
    }
    #expect(await message().hasSuffix("/.atmos-identity is not allowed yet"))
    try await allow()
    #expect(try await world.context(in: "stack").someone().record.name == "dev")
    try world.configure(
      Configurations.defaults("staging").replacing("111122223333", with: "111122220000"))
    #expect(await message().hasSuffix("selects has changed since it was allowed"))
    try await allow()
    #expect(try await world.context(in: "stack").someone().record.name == "dev")
    _ = try TrustRequest().deny(world.context(in: "stack"))
    #expect(await message().hasSuffix("/.atmos-identity was denied"))
  }

  @Test func `a directory may mean nobody, and needs no trust for that`() async throws {
    try world.configure(Configurations.defaults("staging"))
    try world.select("none\n")
    guard case .nobody(by: .directory) = try await world.context(in: "stack").chosenIdentity()
    else {
      Issue.record("somebody was chosen")
      return
    }
  }

  @Test func `a directory alone selects nobody who is protected`() async throws {
    try world.select("prod\n")
    try await allow()
    let error = await failure { _ = try await world.context(in: "stack").chosenIdentity() }
    #expect(error?.message == "`prod` is protected: a directory alone never selects it")
    #expect(try await world.context(in: "stack", as: "prod").someone().record.name == "prod")
  }

  @Test func `what the hook took from a directory counts while the directory means it`()
    async throws
  {
    try world.select("identity = dev\nregion = sa-east-1\n")
    try await allow()
    world.environment["ATMOS_IDENTITY"] = "dev"
    // By hand, the directory has no say.
    #expect(try await world.context(in: "stack").someone().region == "eu-west-1")
    let activation = try await activation()
    let marker = Marker(
      source: .directory, digest: activation.digest, pane: "", activation: activation,
      entries: [
        Marker.Entry(name: "ATMOS_IDENTITY", ours: Hash.fnv1a("dev".utf8), earlier: .absent)
      ])
    world.environment[Marker.variable] = marker.text
    let who = try await world.context(in: "stack").someone()
    #expect(who.reason == .environment && who.region == "sa-east-1")
    // Elsewhere the variable counts by itself.
    #expect(try await world.context().someone().region == "eu-west-1")
    _ = try TrustRequest().deny(world.context(in: "stack"))
    let error = await failure { _ = try await world.context(in: "stack").chosenIdentity() }
    #expect(error?.message.hasSuffix("was denied") == true)
  }

  private func activation() async throws -> Activation {
    let context = world.context(as: "dev")
    return try context.activation(of: try await context.someone())
  }

  @Test func `tens of thousands of variables are set one by one, and the last of each counts`()
    async throws
  {
    let pairs = (0..<30_000).map { "{key: K\($0 % 20_000), value: '\($0)'}" }
    try world.configure(
      Configurations.defaults("dev").replacing(
        "alias: d\n", with: "alias: d\n      env: [\(pairs.joined(separator: ", "))]\n"))
    // Looking through all of them for each would be a thousand million comparisons.
    let set = try await activation().set.filter { $0.name.hasPrefix("K") }
    #expect(set.count == 20_000)
    #expect(set.first { $0.name == "K5" }?.value == "20005")
    #expect(set.first { $0.name == "K15000" }?.value == "15000")
  }

  @Test func `the only default is taken unasked`() async throws {
    try world.configure(Configurations.defaults("staging"))
    world.person = ScriptedPerson(answers: [])
    let who = try await world.context().someone()
    #expect(who.summary == "staging by default")
  }

  @Test func `between several defaults a person chooses, once`() async throws {
    try world.configure(Configurations.defaults("staging", "dev"))
    let error = await failure { _ = try await world.context().chosenIdentity() }
    #expect(error?.message == "multiple default identities found: dev, staging")
    world.person = ScriptedPerson(answers: [])
    let unasked = await failure {
      _ = try await world.context().chosenIdentity(mayChoose: false)
    }
    #expect(unasked?.message == error?.message)
    world.choices.prepare("staging")
    var context = world.context()
    var told: [String] = []
    context.didChoose = { told.append($0.name) }
    let who = try await context.someone()
    #expect(who.summary == "staging by a person")
    #expect(world.choices.titles == ["Several default identities"] && told == ["staging"])
  }

  @Test func `without a default a person chooses among all`() async throws {
    let error = await failure { _ = try await world.context().chosenIdentity() }
    #expect(error?.message == "no default identity configured for authentication")
    world.person = ScriptedPerson(answers: [])
    world.choices.prepare("prod")
    #expect(try await world.context().someone().record.name == "prod")
    #expect(world.choices.titles == ["No default identity"])
  }

  @Test func `the option without a value shows the list even where there is a default`()
    async throws
  {
    try world.configure(Configurations.defaults("staging"))
    world.person = ScriptedPerson(answers: ["2"])
    world.environment["TERM"] = "dumb"
    let who = try await world.context(as: IdentityChoice.select).someone()
    #expect(who.summary == "prod by a person")
    #expect(await world.person?.questions == ["Number or part of a name: "])
    world.environment["CI"] = "true"
    let error = await failure {
      _ = try await world.context(as: IdentityChoice.select).chosenIdentity()
    }
    #expect(error?.message == "interactive identity selection: requires a TTY")
  }

  @Test func `a tag that one identity has chooses it`() async throws {
    let who = try await world.context().identity(tagged: ["shared", "other"])
    #expect(who.summary == "staging by default")
    let error = await failure { _ = try await world.context().identity(tagged: ["other"]) }
    #expect(error?.hints == ["tags are: development, shared"])
  }

  @Test func `a configuration without identities says so`() async throws {
    try world.configure("auth: {realm: test}\n")
    let error = await failure { _ = try await world.context().chosenIdentity() }
    #expect(error?.code == .badConfiguration)
  }

  @Test func `a configuration that cannot be read chooses nobody`() async throws {
    try world.configure("auth: {realm: test\n")
    let error = await failure { _ = try await world.context(as: "dev").chosenIdentity() }
    #expect(error?.code == .badConfiguration)
  }
}
