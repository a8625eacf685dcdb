import Core
import Model
import Testing

@testable import AWS

/// The vectors were computed with botocore 1.43.11.
@Suite struct SigV4SignerTests {
  private func post(
    _ host: String, _ body: String,
    type: String = "application/x-www-form-urlencoded; charset=utf-8",
    headers: [(name: String, value: String)] = []
  ) -> HTTPRequest {
    HTTPRequest(
      method: "POST", url: "https://\(host)/",
      headers: [(name: "Content-Type", value: type)] + headers, body: Secret(body))
  }

  private func signature(_ request: HTTPRequest?) -> String? {
    request?.headers.last { $0.name == "Authorization" }?.value
  }

  @Test func `GetCallerIdentity with a session token`() {
    let signer = SigV4Signer(keys: .session, region: "us-east-1", service: "sts")
    let request = signer.signed(
      post("sts.us-east-1.amazonaws.com", "Action=GetCallerIdentity&Version=2011-06-15"), at: .noon)
    #expect(
      signature(request)
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250115/us-east-1/sts/aws4_request, "
        + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
        + "Signature=ef72c88571511da36bc4fb80881d4b975748cc8c9f6171db61fb89e6d7e214d2")
  }

  @Test func `GetCallerIdentity with long-lived keys`() {
    let signer = SigV4Signer(keys: .user, region: "us-east-1", service: "sts")
    let request = signer.signed(
      post("sts.us-east-1.amazonaws.com", "Action=GetCallerIdentity&Version=2011-06-15"), at: .noon)
    #expect(
      signature(request)?.hasSuffix(
        "SignedHeaders=content-type;host;x-amz-date, "
          + "Signature=f347f98c4050a6ba1e6a0cb33a44f31ae5ce47d3b8dea0900bb7809df67786c5") == true)
  }

  @Test func `AssumeRole, its form encoded by us`() {
    let body = PercentEncoding.form([
      (name: "Action", value: "AssumeRole"), (name: "Version", value: "2011-06-15"),
      (name: "RoleArn", value: "arn:aws:iam::123456789012:role/Ex/Deploy"),
      (name: "RoleSessionName", value: "atmos-dev-1736942400"),
      (name: "DurationSeconds", value: "3600"),
    ])
    let signer = SigV4Signer(keys: .session, region: "us-east-1", service: "sts")
    let request = signer.signed(post("sts.us-east-1.amazonaws.com", body), at: .noon)
    #expect(
      signature(request)?.hasSuffix(
        "Signature=9b625665cf89cb69ef1e7f2c266c7eff792ab747f11ca3e84f0dba0dd7f655b0") == true)
  }

  @Test func `a JSON service with a further header`() {
    let signer = SigV4Signer(keys: .session, region: "us-west-2", service: "ecr")
    let request = signer.signed(
      post(
        "api.ecr.us-west-2.amazonaws.com", "{}", type: "application/x-amz-json-1.1",
        headers: [
          (
            name: "X-Amz-Target",
            value: "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
          )
        ]), at: .noon)
    #expect(
      signature(request)?.hasSuffix(
        "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
          + "Signature=fa8cb2bab8a577374e98c30898328e7ea3f6c6332958327734e6e2a77522cbdb") == true)
  }

  @Test func `a GET with a path`() {
    let signer = SigV4Signer(keys: .session, region: "eu-west-1", service: "eks")
    let request = signer.signed(
      HTTPRequest(method: "GET", url: "https://eks.eu-west-1.amazonaws.com/clusters/my-cluster"),
      at: .noon)
    #expect(
      signature(request)?.hasSuffix(
        "SignedHeaders=host;x-amz-date;x-amz-security-token, "
          + "Signature=2e23d7714cc8551ffcfa374120dc39541e45f2baecb04ca026f4fb4079884f43") == true)
  }

  @Test(arguments: [
    (AWSKeys.user, "d6166797141d5d05b1b1d89467413dbd8df473d515c74c2202503ddd359e9824", ""),
    (
      AWSKeys.session, "cf5911953b3e1a212269b51fbe4c44233089c8e9782cb50df89d390512d3ecbb",
      "&X-Amz-Security-Token=AQoDYXdzEPT%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwEXAMPLEtc764bNrC9SAPBSM22"
        + "wDOk4x4HIZ8j4FZTwdQW%3D%3D"
    ),
  ])
  func `an EKS token's address`(keys: AWSKeys, signature: String, token: String) {
    let signer = SigV4Signer(keys: keys, region: "eu-west-1", service: "sts")
    let url = signer.presigned(
      "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
      headers: [(name: "x-k8s-aws-id", value: "my-cluster")], for: 60, at: .noon)
    #expect(
      url == "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
        + "&X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIDEXAMPLE%2F20250115%2Feu-west-1%2Fsts%2Faws4_request"
        + "&X-Amz-Date=20250115T120000Z&X-Amz-Expires=60"
        + "&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id\(token)&X-Amz-Signature=\(signature)")
  }

  @Test func `trap 6: a port of its own stands in the Host header, and 443 does not`() throws {
    let signer = SigV4Signer(keys: .user, region: "us-east-1", service: "sts")
    func host(_ url: String) -> String? {
      signer.signed(HTTPRequest(method: "POST", url: url), at: .noon)?.headers.first {
        $0.name == "Host"
      }?.value
    }
    #expect(host("http://localhost:4566/") == "localhost:4566")
    #expect(host("https://sts.example.com:443/") == "sts.example.com")
    #expect(host("http://[::1]:8080/x") == "[::1]:8080")
  }

  @Test func `signing again replaces the old signature`() throws {
    let signer = SigV4Signer(keys: .session, region: "us-east-1", service: "sts")
    let request = post("sts.us-east-1.amazonaws.com", "Action=GetCallerIdentity&Version=2011-06-15")
    let late = try #require(signer.signed(request, at: .noon.advanced(bySeconds: 3600)))
    let again = try #require(signer.signed(late, at: .noon))
    let fresh = try #require(signer.signed(request, at: .noon))
    #expect(again.headers.map(\.name) == fresh.headers.map(\.name))
    #expect(again.headers.map(\.value) == fresh.headers.map(\.value))
  }

  @Test(arguments: [
    ("", "/"), ("/", "/"), ("/a//b", "/a/b"), ("/a/./b/../c", "/a/c"), ("/a/b/", "/a/b/"),
    ("/taskId%3A1", "/taskId%253A1"), ("/..", "/"),
  ])
  func `trap 10: the path is normalised and encoded once more`(path: String, canonical: String) {
    #expect(SigV4Signer.canonicalPath(path) == canonical)
  }

  @Test func `headers are folded, joined and sorted, and what proxies change is left out`() {
    let headers = CanonicalHeaders([
      (name: "X-B", value: "  two   words "), (name: "User-Agent", value: "x"),
      (name: "x-a", value: "1"), (name: "X-A", value: "2"), (name: "Content-Length", value: "3"),
    ])
    #expect(headers.lines == "x-a:1,2\nx-b:two words\n")
    #expect(headers.names == "x-a;x-b")
  }

  @Test(arguments: [
    ("a b", "a%20b"), ("a+b/c:d=e&f", "a%2Bb%2Fc%3Ad%3De%26f"), ("~-._", "~-._"),
    ("ü*'", "%C3%BC%2A%27"),
  ])
  func `trap 4: everything but the unreserved characters is encoded`(text: String, encoded: String)
  {
    #expect(PercentEncoding.encode(text) == encoded)
    #expect(PercentEncoding.decode(encoded) == text)
  }
}
