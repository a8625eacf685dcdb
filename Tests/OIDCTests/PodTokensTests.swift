import Core
import Model
import TestSupport
import Testing

@testable import OIDC

/// Which of a pod's files gives the token.
@Suite struct PodTokensTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// A token for an audience, at a place below the directory of the pod's secrets.
  @discardableResult
  private func mount(_ path: String, for audience: String) throws -> String {
    func part(_ json: String) -> String {
      String(decoding: Base64.encode(Array(json.utf8), .url), as: UTF8.self)
    }
    let token = part(#"{"alg":"RS256"}"#) + "." + part(#"{"aud":["\#(audience)"]}"#) + ".c2ln"
    let file = "\(scratch.path)/\(path)"
    try FileSystem.createDirectory(FileSystem.parent(of: file))
    return try scratch.write(path, token)
  }

  private func tokens(_ audience: String?, _ environment: [String: String] = [:]) -> PodTokens {
    PodTokens(
      subject: "provider `pod`", audience: audience, effects: effects(environment),
      secrets: scratch.path)
  }

  private func effects(_ environment: [String: String]) -> Effects {
    Effects(
      now: { Instant(secondsSince1970: 0) }, sleep: { _ in }, environment: environment,
      randomBytes: { _ in [] }, transport: NoNetwork(), interaction: nil,
      keyring: LockedKeyring("the keyring is locked"),
      notice: { _ in })
  }

  private func audience(_ tokens: PodTokens) throws(AuthError) -> String? {
    try tokens.token().claims?.audiences.first
  }

  private let ofEKS = "eks.amazonaws.com/serviceaccount/token"
  private let ofCluster = "kubernetes.io/serviceaccount/token"

  @Test func `what a cloud's webhook names comes before what it mounts`() throws {
    try mount(ofEKS, for: "sts.amazonaws.com")
    #expect(try audience(tokens(nil)) == "sts.amazonaws.com")
    let azure = try mount("azure", for: "api://AzureADTokenExchange")
    var environment = ["AZURE_FEDERATED_TOKEN_FILE": azure]
    #expect(try audience(tokens(nil, environment)) == "api://AzureADTokenExchange")
    environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = try mount("aws", for: "amazon")
    #expect(try audience(tokens(nil, environment)) == "amazon")
    // One that is not there is passed over.
    environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = "\(scratch.path)/none"
    #expect(try audience(tokens(nil, environment)) == "api://AzureADTokenExchange")
  }

  @Test func `the audience chooses between several`() throws {
    let environment = [
      "AWS_WEB_IDENTITY_TOKEN_FILE": try mount("aws", for: "sts.amazonaws.com"),
      "AZURE_FEDERATED_TOKEN_FILE": try mount("azure", for: "api://AzureADTokenExchange"),
    ]
    let wanted = "api://AzureADTokenExchange"
    #expect(try audience(tokens(wanted, environment)) == wanted)
  }

  @Test func `the cluster's own token is sent only where its audience is asked for`() throws {
    try mount(ofCluster, for: "https://kubernetes.default.svc")
    let refused = #expect(throws: AuthError.self) { try tokens(nil).token() }
    #expect(refused?.message.contains("there is no token file") == true)
    #expect(refused?.hints.contains { $0.contains("only if `spec.audience`") } == true)
    let wanted = "https://kubernetes.default.svc"
    #expect(try audience(tokens(wanted)) == wanted)
    try mount(ofEKS, for: "sts.amazonaws.com")
    #expect(try audience(tokens(wanted)) == wanted)
  }

  @Test func `a token for somebody else is refused with what each file says`() throws {
    try mount(ofCluster, for: "https://kubernetes.default.svc")
    try mount(ofEKS, for: "sts.amazonaws.com")
    let refused = #expect(throws: AuthError.self) { try tokens("elsewhere").token() }
    #expect(refused?.message == "provider `pod`: no token of this pod is for audience `elsewhere`")
    let hints = refused?.hints.joined(separator: "\n") ?? ""
    #expect(hints.contains("\(ofEKS) says: iss none, sub none, aud `sts.amazonaws.com`"))
    #expect(hints.contains("aud `https://kubernetes.default.svc`"))
    #expect(hints.contains("`serviceAccountToken`"))
  }
}
