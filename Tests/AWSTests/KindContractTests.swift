import AWS
import Core
import Foundation
import LocalKinds
import Model
import OIDC
import TestSupport
import Testing

/// What the rest of the program relies on of every kind that can log in; a new kind gets a sample.
@Suite struct KindContractTests {
  /// A kind with a definition of it.
  struct Sample: Sendable, CustomTestStringConvertible {
    var kind: String
    var section: Kind.Section = .identity
    /// The definition, as JSON.
    var body: String
    /// Another one that gets another credential; `nil` for kinds whose definition says nothing of it.
    var other: String?
    /// One that cannot work; `nil` for kinds that any definition fits.
    var broken: String?
    /// Whether a login asks the network.
    var asksNetwork = true

    var testDescription: String { "\(section.rawValue) \(kind)" }

    func definition(_ json: String) throws -> Definition {
      let body = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] ?? [:]
      return section == .provider
        ? Written.provider("sample", kind, body) : Written.identity("sample", kind, body)
    }
  }

  static let secret = "hunter2/hunter2/hunter2"
  static let kinds = (AWSKinds.all + LocalKinds.all + OIDCKinds.all).filter { $0.makeSource != nil }
  static let samples =
    [
      Sample(
        kind: "aws/iam-identity-center", section: .provider,
        body: #"{"start_url": "https://corp.awsapps.com/start", "region": "eu-west-1"}"#,
        other: #"{"start_url": "https://corp.awsapps.com/start", "region": "us-east-1"}"#,
        broken: #"{"region": "eu-west-1"}"#),
      Sample(
        kind: "aws/saml", section: .provider,
        body: """
          {"url": "https://idp.example.com/app", "region": "eu-west-1", "password": "\(secret)"}
          """,
        other: #"{"url": "https://idp.example.com/other", "region": "eu-west-1"}"#,
        broken: #"{"region": "eu-west-1"}"#, asksNetwork: false),
      Sample(
        kind: "aws/user",
        body: """
          {"credentials": {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "\(secret)"}}
          """,
        other: """
          {"credentials": {"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "\(secret)",
          "region": "eu-west-1"}}
          """,
        broken: #"{"credentials": {"access_key_id": "AKIAIOSFODNN7EXAMPLE"}}"#),
      Sample(
        kind: "aws/permission-set",
        body: #"{"principal": {"name": "Admin", "account": {"id": "123456789012"}}}"#,
        other: #"{"principal": {"name": "Admin", "account": {"id": "210987654321"}}}"#,
        broken: #"{"principal": {"account": {"id": "123456789012"}}}"#),
      Sample(
        kind: "aws/assume-role",
        body: #"{"principal": {"assume_role": "arn:aws:iam::123456789012:role/a"}}"#,
        other: #"{"principal": {"assume_role": "arn:aws:iam::123456789012:role/b"}}"#, broken: "{}"),
      Sample(
        kind: "aws/assume-root",
        body: """
          {"principal": {"target_principal": "123456789012",
          "task_policy_arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"}}
          """,
        other: """
          {"principal": {"target_principal": "210987654321",
          "task_policy_arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"}}
          """, broken: "{}"),
      Sample(
        kind: "aws/ambient", body: #"{"spec": {"source": "instance"}}"#,
        other: #"{"spec": {"source": "container"}}"#),
      Sample(kind: "ambient", body: "{}", asksNetwork: false),
      Sample(
        kind: "web/oidc", section: .provider,
        body: """
          {"spec": {"token_url": "https://tokens.example.com/",
          "token_headers": {"Authorization": "\(secret)"}}}
          """,
        other: #"{"spec": {"token_url": "https://other.example.com/"}}"#,
        broken: #"{"spec": {"audience": "a"}}"#),
      Sample(
        kind: "github/oidc", section: .provider,
        body: #"{"spec": {"audience": "sts.amazonaws.com"}}"#,
        other: #"{"spec": {"audience": "sts.amazonaws.com", "allowed_hosts": ["ghes.example"]}}"#,
        broken: "{}", asksNetwork: false),
    ]
    + ["mock", "mock/aws"].flatMap { name in
      [Kind.Section.provider, .identity].map { section in
        Sample(
          kind: name, section: section, body: "{}", other: #"{"spec": {"lifetime": "15m"}}"#,
          asksNetwork: false)
      }
    }

  private func kind(_ sample: Sample) throws -> Kind {
    try #require(Self.kinds.first { $0.name == sample.kind && $0.section == sample.section })
  }

  private func link(_ sample: Sample, _ json: String) throws -> Link {
    let kind = try kind(sample)
    let makeSource = try #require(kind.makeSource)
    return Link(name: "sample", kind: kind, source: try makeSource(try sample.definition(json)))
  }

  @Test func `every kind that can log in has a sample`() {
    #expect(
      Set(Self.kinds.map { "\($0.section.rawValue) \($0.name)" })
        == Set(Self.samples.map(\.testDescription)))
  }

  @Test(arguments: samples)
  func `the sample is as good as the fields say`(sample: Sample) throws {
    let definition = try sample.definition(sample.body)
    #expect(try kind(sample).check(definition).filter { $0.severity == .error } == [])
  }

  @Test func `no secret shows in what a link would do`() throws {
    for sample in Self.samples where sample.body.contains(Self.secret) {
      let source = try link(sample, sample.body).source
      let shown = source.traits.map { "\($0.name) \($0.value)" }.joined() + "\(source.traits)"
      #expect(!shown.contains("hunter2"), "\(sample.kind)")
    }
    let withSecrets = Self.kinds.filter { $0.fields.contains(where: \.isSecret) }.map(\.name)
    let tried = Self.samples.filter { $0.body.contains(Self.secret) }.map(\.kind)
    #expect(Set(withSecrets) == Set(tried), "each kind with a secret field has one in its sample")
  }

  @Test(arguments: samples)
  func `equal definitions share sessions, others do not`(sample: Sample) throws {
    let digest = try link(sample, sample.body).digestInput
    #expect(try link(sample, sample.body).digestInput == digest)
    guard let other = sample.other else { return }
    #expect(try link(sample, other).digestInput != digest)
  }

  @Test(arguments: samples)
  func `asking what a person is needed for sends and asks nothing`(sample: Sample) async throws {
    let world = FakeWorld(hasTerminal: true, hasBrowser: true)
    _ = try await link(sample, sample.body).source.personNeed(
      after: nil, realm: "", effects: world.effects)
    #expect(world.requests.isEmpty && world.questions.isEmpty && world.pages.isEmpty)
    #expect(world.notices.isEmpty && world.waits == 0)
  }

  @Test(arguments: samples.filter { $0.broken != nil })
  func `a definition that cannot work says so`(sample: Sample) throws {
    let broken = try #require(sample.broken)
    let error = #expect(throws: AuthError.self) { try link(sample, broken) }
    #expect(error?.code == .badConfiguration)
    #expect(error?.message.contains("`sample`") == true, "it names the definition")
  }

  @Test(arguments: samples.filter(\.asksNetwork))
  func `cancelling stops`(sample: Sample) async throws {
    let world = FakeWorld(hasTerminal: true)
    var effects = world.effects
    let network = SilentNetwork()
    effects.transport = network
    let source = try link(sample, sample.body).source
    let request = LinkRequest(
      realm: "",
      upstream: sample.kind == "aws/permission-set" ? .login(secondsLeft: 3600) : .upstream(),
      effects: effects)
    let task = Task { try await source.credential(request) }
    try await eventually { network.wasAsked }
    task.cancel()
    await #expect(throws: AuthError.self) { try await task.value }
  }
}
