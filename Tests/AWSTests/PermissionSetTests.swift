import Core
import Foundation
import Model
import Testing

@testable import AWS

@Suite struct PermissionSetTests {
  private static let portal = "https://portal.sso.eu-west-1.amazonaws.com"

  private func run(
    _ world: FakeWorld, _ principal: [String: Any] = [:], _ body: [String: Any] = [:],
    from upstream: Credential? = .login(secondsLeft: 3600)
  ) async throws -> Credential {
    var principal = principal
    principal["name"] = principal["name"] ?? "Admin"
    principal["account"] = principal["account"] ?? ["id": "111122223333"]
    var body = body
    body["principal"] = principal
    let source = try PermissionSetSource(
      Written.identity("prod", "aws/permission-set", body))
    return try await source.credential(
      LinkRequest(realm: "", upstream: upstream, effects: world.effects))
  }

  private func failure(
    _ world: FakeWorld, _ principal: [String: Any] = [:]
  ) async throws -> AuthError {
    try await #require(throws: AuthError.self) { _ = try await run(world, principal) }
  }

  @Test func `traps 1, 2 and 33: what is sent and what comes back`() async throws {
    let world = FakeWorld()
    world.answers(.roleKeys())
    let credential = try await run(world, ["region": "us-east-2"])
    let request = try #require(world.requests.first)
    #expect(request.method == "GET")
    #expect(
      request.url
        == "\(Self.portal)/federation/credentials?account_id=111122223333&role_name=Admin")
    let headers = Dictionary(request.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
    #expect(headers["x-amz-sso_bearer_token"] == "token-0")
    #expect(headers["authorization"] == nil)
    #expect(credential.expiresAt == .noon.advanced(bySeconds: 3600))
    #expect(credential.account == "111122223333")
    #expect(credential.region == "us-east-2")
    #expect(credential.aws?.origin == .role)
    #expect(credential.aws?.sessionToken == Secret("role//token=="))
  }

  @Test func `without a region of its own it has the provider's`() async throws {
    let world = FakeWorld()
    world.answers(.roleKeys())
    #expect(try await run(world).region == "eu-west-1")
  }

  @Test func `trap 34: an account is looked for by name on every page`() async throws {
    let world = FakeWorld()
    world.answers(.accounts([("1", "Acme Dev"), ("2", "acme prod")], next: "page 2/+"))
    world.answers(.accounts([("444455556666", "Acme Prod")], next: "3"))
    world.answers(.accounts([]))
    world.answers(.roleKeys())
    let credential = try await run(world, ["account": ["name": "Acme Prod"]])
    #expect(credential.account == "444455556666")
    #expect(world.requests[0].url == "\(Self.portal)/assignment/accounts?max_result=100")
    #expect(
      world.requests[1].url
        == "\(Self.portal)/assignment/accounts?max_result=100&next_token=page%202%2F%2B")
  }

  @Test func `a name that differs by case is good when there is one such account`() async throws {
    let world = FakeWorld()
    world.answers(.accounts([("1", "Acme Dev"), ("2", "ACME prod")]))
    world.answers(.roleKeys())
    #expect(try await run(world, ["account": ["name": "Acme Prod"]]).account == "2")
  }

  @Test func `accounts of one name are told by number`() async throws {
    let world = FakeWorld()
    world.answers(.accounts([("222", "Acme"), ("111", "Acme"), ("333", "acme")]))
    let error = try await failure(world, ["account": ["name": "Acme"]])
    #expect(error.code == .badConfiguration)
    #expect(error.message == "identity `prod`: 2 accounts are called `Acme`: 111, 222")
  }

  @Test func `an unknown account's near names are told`() async throws {
    let world = FakeWorld()
    world.answers(.accounts([("1", "acme-production"), ("2", "Other")]))
    let error = try await failure(world, ["account": ["name": "acme-prodution"]])
    #expect(error.message == "identity `prod`: you have no account called `acme-prodution`")
    #expect(error.hints == ["did you mean `acme-production`?"])
  }

  @Test(arguments: [("ResourceNotFoundException", 404), ("ForbiddenException", 403)])
  func `what is assigned is told when something else was asked for`(exception: String, status: Int)
    async throws
  {
    let world = FakeWorld()
    world.answers(.sso(exception, status: status))
    world.answers(.roles("Reader", next: "n"))
    world.answers(.roles("Billing"))
    let error = try await failure(world)
    #expect(error.code == .refused)
    #expect(
      error.message
        == "identity `prod`: permission set `Admin` is not assigned to you in account 111122223333")
    #expect(error.hints == ["assigned there: `Billing`, `Reader`"])
  }

  @Test func `an account with nothing assigned`() async throws {
    let world = FakeWorld()
    world.answers(.sso("ForbiddenException", status: 403))
    world.answers(.sso("ForbiddenException", status: 403))
    world.answers(.accounts([("111122223333", "Acme")]))
    let error = try await failure(world)
    #expect(
      error.message == "identity `prod`: you have no permission set in account 111122223333")
  }

  @Test func `a slip in an account's number is told with the numbers near it`() async throws {
    let world = FakeWorld()
    for _ in 0..<2 { world.answers(.sso("ResourceNotFoundException", status: 404)) }
    world.answers(.accounts([("999988887777", "Other")], next: "n"))
    world.answers(.accounts([("111122223344", #"Acme\u001B[31m Prod"#)]))
    let error = try await failure(world)
    #expect(error.code == .refused)
    #expect(error.message == "identity `prod`: you have no account 111122223333")
    #expect(error.hints.first == "did you mean `111122223344` (Acme[31m Prod)?")
  }

  @Test func `a token that has ended begins the chain again`() async throws {
    let world = FakeWorld()
    world.answers(.sso("UnauthorizedException", status: 401))
    #expect(try await failure(world).code == .expiredUpstream)
  }

  @Test func `a service in trouble is asked three times`() async throws {
    let world = FakeWorld()
    for _ in 0..<2 { world.answers(.sso("TooManyRequestsException", status: 429)) }
    world.answers(.roleKeys())
    _ = try await run(world)
    #expect(world.waits == 2)
  }

  @Test func `a token is not sent to an address of the identity's own`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(world, [:], ["spec": ["endpoint_url": "http://127.0.0.1:9"]])
    }
    #expect(error.code == .badConfiguration)
    #expect(world.requests.isEmpty)
    world.answers(.roleKeys())
    _ = try await run(
      world, [:], ["spec": ["endpoint_url": "http://127.0.0.1:9"]],
      from: .login(secondsLeft: 60, endpoint: "http://127.0.0.1:9"))
    #expect(world.requests[0].url.hasPrefix("http://127.0.0.1:9/federation/credentials?"))
  }

  @Test func `keys before it are no token`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(world, from: .upstream())
    }
    #expect(error.code == .badConfiguration)
  }

  @Test func `trap 14: one variable moves both services, and each has its own`() async throws {
    let world = FakeWorld()
    world.sets(["AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_SSO": "http://sso:2/p"])
    world.answers(.roleKeys())
    _ = try await run(world)
    #expect(world.requests[0].url.hasPrefix("http://sso:2/p/federation/credentials?"))
  }

  // MARK: Logging out

  @Test func `logging out tells the portal`() async throws {
    let world = FakeWorld()
    world.answers(.json(""))
    let source = try IdentityCenterTests.source()
    #expect(try await source.end(.login(), effects: world.effects))
    #expect(world.requests.map(\.url) == ["\(Self.portal)/logout"])
    #expect(world.requests[0].method == "POST")

    world.answers(.sso("UnauthorizedException", status: 401))
    #expect(try await source.end(.login(), effects: world.effects))
  }

  @Test func `keys of a role are nothing the portal can end`() async throws {
    let world = FakeWorld()
    #expect(try await IdentityCenter.end(.upstream(), effects: world.effects) == false)
  }
}
