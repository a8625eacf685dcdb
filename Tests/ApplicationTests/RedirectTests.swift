import AuthConfiguration
import Core
import Hook
import Model
import TestSupport
import Testing

@testable import Application

/// Addresses, certificates and keyrings that the environment says, other than when something was
/// allowed.
@Suite struct RedirectTests {
  private let world: ApplicationWorld

  init() throws {
    world = try ApplicationWorld(isCheckout: true)
  }

  private func use() async -> AuthError? {
    await failure {
      let context = world.context()
      let who = try context.identity(named: "dev", by: .argument)
      try await context.approve(who)
      _ = try who.configuration.chain(for: who.record.name)
    }
  }

  private func allow() async throws { _ = try await TrustRequest().allow(world.context(as: "dev")) }

  static let variables = [
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SIGNIN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE", "ATMOS_KEYRING_TYPE", "ATMOS_KEYRING_FILE_PATH",
    "ATMOS_KEYRING_PASSWORD_ENV",
  ]

  @Test func `these are the variables`() {
    #expect(Set(Self.variables).isSubset(of: Registry.standard.redirecting))
  }

  @Test(arguments: variables) func `another value than at allow is refused, and shown`(
    variable: String
  ) async throws {
    try await allow()
    #expect(await use() == nil)
    world.environment[variable] = "first"
    let error = await use()
    #expect(error?.message == "what `dev` does has changed since it was allowed")
    #expect(error?.hints.first == "+ environment: \(variable) = first")
    try await allow()
    #expect(await use() == nil, "what was there at allow stays silent")
    world.environment[variable] = "second"
    #expect(await use()?.code == .loginRequired)
    world.environment[variable] = nil
    #expect(await use() == nil, "everything that was allowed stays known")
  }

  @Test func `another realm is another thing to allow`() async throws {
    try await allow()
    world.environment["ATMOS_AUTH_REALM"] = "elsewhere"
    let error = await use()
    #expect(error?.hints.contains("+ realm = elsewhere") == true)
  }

  @Test func `a person who typed it is asked once`() async throws {
    try await allow()
    let person = ScriptedPerson(answers: ["y"], isHidden: false)
    world.person = person
    world.environment["AWS_ENDPOINT_URL"] = "http://localhost:4566"
    #expect(await use() == nil)
    #expect(world.err.text.contains("environment: AWS_ENDPOINT_URL = http://localhost:4566"))
    #expect(await use() == nil)
    #expect(await person.questions.count == 1)
  }

  @Test func `own configuration is followed`() async throws {
    let own = try ApplicationWorld()
    own.environment["AWS_ENDPOINT_URL"] = "http://localhost:4566"
    let error = await failure {
      let context = own.context(as: "dev")
      let who = try await context.someone()
      try await context.approve(who)
      _ = try who.configuration.chain(for: "dev")
    }
    #expect(error == nil)
  }

  @Test func `a provider alone goes by it, too`() async throws {
    let person = ScriptedPerson(answers: ["y"], isHidden: false)
    world.person = person
    func approve() async -> AuthError? {
      await failure {
        let context = world.context()
        try await context.approve(provider: "sandbox", in: context.configuration)
        _ = try context.configuration.chain(forProvider: "sandbox")
      }
    }
    #expect(await approve() == nil)
    world.person = nil
    #expect(await approve() == nil)
    world.environment["AWS_ENDPOINT_URL"] = "http://localhost:4566"
    #expect(await approve()?.code == .loginRequired)
  }

  @Test func `what is stored belongs to the definitions, wherever they lead`() async throws {
    func definition() throws -> String {
      try world.context().configuration.definitions("dev").fingerprint
    }
    let before = try definition()
    #expect(before.count == 64)
    world.environment["AWS_ENDPOINT_URL"] = "http://localhost:4566"
    #expect(try definition() == before)
    try world.configure(Configurations.stacks.replacing("111122223333", with: "999900001111"))
    #expect(try definition() != before)
  }

  @Test
  func `a directory's grant goes by all of them, so that the hook sees each that is set later`()
    async throws
  {
    try world.select("dev\n")
    func values() async throws -> [String: UInt64?] {
      let context = world.context(in: "stack")
      _ = try await TrustRequest().allow(context)
      guard case .safe(let file) = DirectoryFile.open("\(world.project)/stack/.atmos-identity")
      else { return [:] }
      let inputs = Grant.read(world.paths, of: file)?.selections.last?.environment ?? []
      return Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.hash) })
    }
    let before = try await values()
    for variable in Self.variables { #expect(before[variable] == .some(nil), "\(variable)") }
    world.environment["AWS_CA_BUNDLE"] = "/etc/ours.pem"
    let after = try await values()
    #expect(after["AWS_CA_BUNDLE"] == Hash.fnv1a("/etc/ours.pem".utf8))
    #expect(after.filter { $0.value != nil }.count == before.filter { $0.value != nil }.count + 1)
    world.environment["AWS_CA_BUNDLE"] = "/etc/theirs.pem"
    #expect(await failure { _ = try await world.context(in: "stack").someone() } != nil)
    world.environment["AWS_CA_BUNDLE"] = nil
    #expect(await failure { _ = try await world.context(in: "stack").someone() } == nil)
  }

  // MARK: What an identity itself sets

  /// An identity with an address in its `env`; there was another one before it is active.
  private func setsAddress(before: String?) async throws {
    let env = "      env: [{key: AWS_ENDPOINT_URL, value: http://ours}]\n"
    try world.configure(
      Configurations.stacks.replacing("      alias: d\n", with: "      alias: d\n\(env)"))
    world.environment["AWS_ENDPOINT_URL"] = before
    try await allow()
    #expect(await use() == nil)
  }

  private static let before = [nil, "http://before", "http://ours"]

  @Test(arguments: before) func `in its programs it stays as allowed`(
    before: String?
  ) async throws {
    try await setsAddress(before: before)
    let context = world.context(as: "dev")
    let delivery = try Delivery(
      try await context.someone(), credential: nil, isStatic: false, isForChild: true,
      context: context)
    world.environment = delivery.applied(to: world.environment)
    #expect(world.environment["AWS_ENDPOINT_URL"] == "http://ours")
    #expect(await use() == nil)
    world.environment["AWS_ENDPOINT_URL"] = "http://theirs"
    #expect(await use()?.code == .loginRequired)
  }

  @Test(arguments: before) func `in its shells it stays as allowed`(
    before: String?
  ) async throws {
    try await setsAddress(before: before)
    _ = try await UseRequest(name: "dev", shell: .bash).run(world.context())
    let mark = try #require(
      world.out.take().split(separator: "\n").first { $0.hasPrefix("__atmos_auth_mark '") })
    world.environment[Marker.variable] = String(
      mark.dropFirst("__atmos_auth_mark '".count).dropLast())
    world.environment["AWS_ENDPOINT_URL"] = "http://ours"
    #expect(await use() == nil)
    world.environment["AWS_ENDPOINT_URL"] = "http://theirs"
    #expect(await use()?.code == .loginRequired)
  }
}
