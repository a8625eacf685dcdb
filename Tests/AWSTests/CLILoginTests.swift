import Core
import Crypto
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import AWS

/// Logins of the AWS CLI's `aws login`.
@Suite struct CLILoginTests {
  static let jane = "arn:aws:iam::123456789012:user/jane"

  /// A home with a profile and a login for it.
  private struct Home {
    let scratch: Scratch
    let world = FakeWorld()
    let key: ProofKey

    init(session: String = jane) throws {
      scratch = try Scratch()
      world.sets(["HOME": scratch.path])
      key = ProofKey(world.effects)
      try FileSystem.writeAtomically(
        "\(scratch.path)/.aws/config",
        "[profile jane]\nregion = eu-west-3\nlogin_session = \(session)\n".utf8)
    }

    var path: String {
      "\(scratch.path)/.aws/login/cache/\(Hex.lowercase(SHA256.hash(data: Array(jane.utf8)))).json"
    }

    func put(_ number: Int = 1, until end: String = "2025-01-15T12:15:00Z") throws {
      try Self.content(key, number, end).write(path)
    }

    static func content(_ key: ProofKey, _ number: Int, _ end: String) -> String {
      let pem = key.pem.revealed().replacing("\n", with: "\\n")
      return """
        {"accessToken":{"accessKeyId":"ASIA\(number)","secretAccessKey":"s\(number)",
          "sessionToken":"t\(number)","accountId":"123456789012","expiresAt":"\(end)"},
         "tokenType":"aws_sigv4","clientId":"arn:aws:signin:::devtools/same-device",
         "refreshToken":"refresh-\(number)","idToken":"i","dpopKey":"\(pem)"}
        """
    }

    func credential() async throws(AuthError) -> Credential {
      try await AWSAmbientSource(
        Written.identity("here", "aws/ambient", ["spec": ["profile": "jane"]])
      ).credential(LinkRequest(realm: "", upstream: nil, effects: world.effects))
    }
  }

  @Test func `the name of a file is the one that botocore gives it`() throws {
    let scratch = try Scratch()
    let files = CLILoginFiles(environment: ["HOME": scratch.path])
    #expect(
      files.shown("arn:aws:sts::123456789012:assumed-role/Admin/jane")
        == "~/.aws/login/cache/"
        + "1f56809fd55c5f9e286a8ce708c25cc67b17f232a4332e5a39103768ef1d94a6.json")
  }

  @Test func `keys that last are used as they are`() async throws {
    let home = try Home()
    try home.put()
    let credential = try await home.credential()
    #expect(credential.aws?.accessKeyID == "ASIA1")
    #expect(credential.aws?.origin == .userSession)
    #expect(credential.expiresAt == .noon.advanced(bySeconds: 900))
    #expect(credential.principal == Self.jane)
    #expect(credential.account == "123456789012")
    #expect(credential.region == "eu-west-3")
    #expect(home.world.requests.isEmpty)
  }

  @Test(arguments: [("12:05:01", false), ("12:05:00", true), ("11:00:00", true)])
  func `keys that end within five minutes are renewed, as botocore does it`(
    end: String, isRenewed: Bool
  ) async throws {
    let home = try Home()
    try home.put(until: "2025-01-15T\(end)Z")
    home.world.answers(.renews(2))
    let credential = try await home.credential()
    #expect(credential.aws?.accessKeyID == (isRenewed ? "ASIA2" : "ASIA1"))
    guard isRenewed else { return }
    let request = try #require(home.world.requests.first)
    #expect(request.url == "https://eu-west-3.signin.aws.amazon.com/v1/token")
    #expect(
      try home.world.json(0) == [
        "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token",
        "refreshToken": "refresh-1",
      ])
    let kept = try CLILogin(try #require(try FileSystem.readFile(home.path)))
    #expect(kept.refreshToken == Secret("refresh-2"))
    #expect(kept.expiresAt == .noon.advanced(bySeconds: 900))
    #expect(kept.key?.secret == home.key.secret, "the token is bound to it")
    #expect(FileSystem.mode(home.path) == 0o600)
  }

  @Test func `a token that somebody else used meanwhile is not the end`() async throws {
    let home = try Home()
    try home.put(until: "2025-01-15T12:00:30Z")
    let (path, content) = (home.path, Home.content(home.key, 7, "2025-01-15T12:14:00Z"))
    home.world.state.withLock { state in
      state.responder = { _ in
        try? content.write(path)
        return .refuses("TOKEN_EXPIRED")
      }
    }
    #expect(try await home.credential().aws?.accessKeyID == "ASIA7")
  }

  @Test(arguments: [("12:00:30", true), ("12:03:00", false)])
  func `a login that has ended is used until its keys end`(
    end: String, isOver: Bool
  ) async throws {
    let home = try Home()
    try home.put(until: "2025-01-15T\(end)Z")
    home.world.answers(.refuses("USER_CREDENTIALS_CHANGED"))
    guard isOver else {
      #expect(try await home.credential().aws?.accessKeyID == "ASIA1")
      return
    }
    let error = try await #require(throws: AuthError.self) { _ = try await home.credential() }
    #expect(error.code == .loginRequired)
    #expect(error.hints == ["run `aws login --profile jane`"])
  }

  @Test func `a key in PEM is what it was`() throws {
    let key = ProofKey(FakeWorld().effects)
    #expect(ProofKey(pem: key.pem)?.secret == key.secret)
    // By others' reading, too.
    let other = try P256.Signing.PrivateKey(pemRepresentation: key.pem.revealed())
    #expect(Secret(other.rawRepresentation) == key.secret)
    #expect(ProofKey(pem: Secret(other.pemRepresentation))?.secret == key.secret, "PKCS #8")
    let larger = P384.Signing.PrivateKey().pemRepresentation
    #expect(ProofKey(pem: Secret(larger)) == nil)
    #expect(ProofKey(pem: Secret("")) == nil)
  }
}

extension String {
  fileprivate func write(_ path: String) throws {
    try FileSystem.writeAtomically(path, utf8)
  }
}

extension HTTPResponse {
  fileprivate static func renews(_ number: Int) -> HTTPResponse {
    .json(
      """
      {"accessToken":{"accessKeyId":"ASIA\(number)","secretAccessKey":"s\(number)",
       "sessionToken":"t\(number)"},"tokenType":"aws_sigv4","expiresIn":900,
       "refreshToken":"refresh-\(number)"}
      """)
  }

  fileprivate static func refuses(_ code: String) -> HTTPResponse {
    .json(#"{"error":"\#(code)","message":"no"}"#, status: 401)
  }
}
