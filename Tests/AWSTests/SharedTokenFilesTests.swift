import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import AWS

@Suite struct SharedTokenFilesTests {
  private func world(_ scratch: Scratch) -> FakeWorld {
    let world = FakeWorld()
    world.sets(["HOME": scratch.path])
    return world
  }

  private func put(
    _ scratch: Scratch, _ path: String, token: String = "cli-token", url: String? = nil,
    region: String = "eu-west-1", until end: String = "2025-01-15T14:00:00Z", more: String = ""
  ) throws {
    let file = "\(scratch.path)/\(path)"
    let text = """
      {"startUrl":"\(url ?? "https://corp.awsapps.com/start#/")","region":"\(region)",\
      "accessToken":"\(token)","expiresAt":"\(end)"\(more)}
      """
    try FileSystem.writeAtomically(file, text.utf8)
  }

  private func logIn(
    _ world: FakeWorld, after previous: Credential? = nil, shares: Bool = false,
    endpoint: String? = nil
  ) async throws -> Credential {
    var spec: [String: Any] = ["share_token": shares]
    spec["endpoint_url"] = endpoint
    return try await IdentityCenterTests.source(["spec": spec]).credential(
      LinkRequest(realm: "", upstream: nil, previous: previous, effects: world.effects))
  }

  @Test(arguments: ["2025-01-15T14:00:00Z", "2025-01-15T14:00:00UTC"])
  func `trap 42: a login of the AWS CLI is used`(end: String) async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    try put(scratch, ".aws/sso/cache/whatever.json", until: end)
    let credential = try await logIn(world)
    #expect(credential.bearer?.accessToken == Secret("cli-token"))
    #expect(credential.expiresAt == .noon.advanced(bySeconds: 7200))
    #expect(world.requests.isEmpty)
  }

  @Test func `atmos' login is used, under the name of its file`() async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    #expect(
      SharedTokenFiles.sha1("https://my-sso.awsapps.com/start|us-east-1")
        == "8d9af64cb2b3753851afe661161eebfda656efc6")
    let name = SharedTokenFiles.sha1("https://corp.awsapps.com/start/#/|eu-west-1")
    try put(scratch, ".cache/atmos/aws-sso/sessions/\(name).json", token: "atmos-token")
    #expect(try await logIn(world).bearer?.accessToken == Secret("atmos-token"))
  }

  @Test func `what is of another portal, has ended, or is no token does not count`() async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    try put(scratch, ".aws/sso/cache/a.json", url: "https://other.awsapps.com/start")
    try put(scratch, ".aws/sso/cache/b.json", region: "us-east-1")
    try put(scratch, ".aws/sso/cache/c.json", until: "2025-01-15T12:04:00Z")
    try put(scratch, ".aws/sso/cache/d.json", until: "someday")
    try FileSystem.writeAtomically("\(scratch.path)/.aws/sso/cache/e.json", "{".utf8)
    try put(scratch, ".aws/sso/cache/f.txt")
    await #expect(throws: AuthError.self) { _ = try await logIn(world) }
  }

  @Test func `a token that has to be replaced is not taken from a file again`() async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    try put(scratch, ".aws/sso/cache/a.json", token: "token-0")
    world.answers(.token())
    let credential = try await logIn(world, after: .login(secondsLeft: 3600))
    #expect(credential.bearer?.accessToken == Secret("token-1"))
  }

  @Test func `trap 36: another program's refresh token is left alone, ours is kept`() async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    let renewal = """
      ,"refreshToken":"cli-refresh","clientId":"cli","clientSecret":"s",\
      "registrationExpiresAt":"2025-04-01T00:00:00Z"
      """
    try put(scratch, ".aws/sso/cache/a.json", more: renewal)
    let credential = try await logIn(world, after: .login())
    #expect(credential.bearer?.accessToken == Secret("cli-token"))
    #expect(credential.bearer?.refreshToken == Secret("refresh-0"))
    #expect(try await logIn(world).bearer?.refreshToken == nil)
  }

  @Test func `a definition with an address of its own gets no token of another program`()
    async throws
  {
    let scratch = try Scratch()
    let world = world(scratch)
    try put(scratch, ".aws/sso/cache/a.json")
    await #expect(throws: AuthError.self) {
      _ = try await logIn(world, endpoint: "http://127.0.0.1:1")
    }
  }

  @Test func `nothing is written unless it is asked for`() async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    world.answers(.token())
    _ = try await logIn(world, after: .login())
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
  }

  @Test func `traps 40 and 41: a shared token is where the others look for it`() async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    let config = """
      [sso-session corp]
      sso_start_url = https://corp.awsapps.com/start
      sso_region = eu-west-1
      [sso-session other]
      sso_start_url = https://other.awsapps.com/start
      sso_region = eu-west-1
      [profile spelled]
      sso_start_url = https://corp.awsapps.com/start#
      sso_region = eu-west-1
      [profile elsewhere]
      sso_start_url = https://corp.awsapps.com/start/
      sso_region = us-east-1
      """
    try FileSystem.writeAtomically("\(scratch.path)/.aws/config", config.utf8)
    world.answers(.token())
    _ = try await logIn(world, after: .login(), shares: true)
    let cache = "\(scratch.path)/.aws/sso/cache"
    let written = "https://corp.awsapps.com/start/#/"
    let names = [written, "corp", "https://corp.awsapps.com/start#"]
      .map { "\(SharedTokenFiles.sha1($0)).json" }.sorted()
    #expect(try FileSystem.list(cache) == names)
    for path in names.map({ "\(cache)/\($0)" }) {
      let bytes = try #require(try FileSystem.readFile(path))
      let file = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
      #expect(
        file == [
          "startUrl": written, "region": "eu-west-1", "accessToken": "token-1",
          "expiresAt": "2025-01-15T20:00:00Z", "refreshToken": "refresh-1",
          "clientId": "client-0", "clientSecret": "secret-of-client-0",
          "registrationExpiresAt": "2025-04-05T12:00:00Z",
        ])
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
    let atmos = "\(scratch.path)/.cache/atmos/aws-sso/sessions"
    #expect(
      try FileSystem.list(atmos) == ["\(SharedTokenFiles.sha1("\(written)|eu-west-1")).json"])

    // Logging out takes them away again, also after the AWS CLI has renewed one of them.
    try put(
      scratch, ".aws/sso/cache/\(SharedTokenFiles.sha1("corp")).json", token: "token-2",
      more: """
        ,"refreshToken":"refresh-2","clientId":"client-0","clientSecret":"s",\
        "registrationExpiresAt":"2025-04-05T12:00:00Z"
        """)
    try put(scratch, ".aws/sso/cache/their-own.json", token: "their-own")
    world.answers(.json(""))
    let source = try IdentityCenterTests.source(["spec": ["share_token": true]])
    _ = try await source.end(.login(token: "token-1"), effects: world.effects)
    #expect(try FileSystem.list(cache) == ["their-own.json"])
    #expect(try FileSystem.list(atmos) == [])
  }

  @Test func `a shared refresh token that another program has replaced is used`() async throws {
    let scratch = try Scratch()
    let world = world(scratch)
    try put(
      scratch, ".aws/sso/cache/a.json", until: "2025-01-15T11:00:00Z",
      more: """
        ,"refreshToken":"cli-refresh","clientId":"cli","clientSecret":"s",\
        "registrationExpiresAt":"2025-04-01T00:00:00Z"
        """)
    world.answers(.sso("InvalidGrantException"))
    world.answers(.token())
    _ = try await logIn(world, after: .login(), shares: true)
    #expect(try world.json(1)["refreshToken"] == "cli-refresh")
  }
}
