import Core
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import AWS

/// Which way a login goes: a browser, the pages without one, or a response that is pasted.
@Suite struct SAMLSourceTests {
  /// A browser that brings nothing.
  private final class Browser: SignInBrowser {
    let isSeen: Bool
    let hasDisplay: Bool
    let failure: SignInFailure
    private let hasMark: Mutex<Bool>
    let profiles = Mutex<[String]>([])

    init(isSeen: Bool, hasDisplay: Bool, hasMark: Bool, failure: SignInFailure) {
      self.isSeen = isSeen
      self.hasDisplay = hasDisplay
      self.failure = failure
      self.hasMark = Mutex(hasMark)
    }

    func program(for visit: SignInVisit) -> String? { "/usr/bin/browser" }
    func hasSignedIn(_ visit: SignInVisit) -> Bool { hasMark.withLock { $0 } }
    func forget(_ visit: SignInVisit) { hasMark.withLock { $0 = false } }
    func caught(
      _ visit: SignInVisit, isHidden: Bool, limit: Duration
    ) async throws(SignInFailure) -> Secret {
      profiles.withLock { $0.append(visit.profile) }
      throw failure
    }
  }

  private static let okta = "https://corp.okta.com/home/amazon_aws/0oa1b2c3d4/272"

  private func source(_ page: String = okta, _ more: [String: Any] = [:]) throws -> SAMLSource {
    let fields: [String: Any] = [
      "url": page, "region": "eu-west-1", "username": "jane", "password": "secret",
    ]
    return try SAMLSource(
      Written.provider("corp", "aws/saml", fields.merging(more) { $1 }))
  }

  private func world(hasTerminal: Bool) throws -> (FakeWorld, Scratch) {
    let world = FakeWorld(hasTerminal: hasTerminal)
    let scratch = try Scratch()
    world.sets(["HOME": scratch.path])
    return (world, scratch)
  }

  private func logIn(
    _ source: SAMLSource, _ world: FakeWorld, _ browser: Browser?, realm: String = "one"
  ) async throws -> Credential {
    var effects = world.effects
    effects.signInBrowser = browser
    return try await source.credential(
      LinkRequest(realm: realm, upstream: nil, effects: effects))
  }

  /// Okta's answers to a login with a password alone.
  private func oktaAnswers(_ world: FakeWorld) {
    world.answers(
      HTTPResponse(
        status: 200, body: Array(#"{"status":"SUCCESS","sessionToken":"20111"}"#.utf8)))
    let page = """
      <form method=post action=https://signin.aws.amazon.com/saml>
      <input type=hidden name=SAMLResponse value="\(SAMLTests.response().revealed())"></form>
      """
    world.answers(HTTPResponse(status: 200, body: Array(page.utf8)))
  }

  @Test(arguments: [
    // Over SSH it was tried without a window; a display that is not there; both.
    (false, true, SignInFailure.late), (true, false, .notStarted("no display")),
    (true, true, .notStarted("no display")),
  ])
  func `where no window can be shown the address decides, unless a driver is named`(
    isSeen: Bool, hasMark: Bool, failure: SignInFailure
  ) async throws {
    let browser = Browser(isSeen: isSeen, hasDisplay: true, hasMark: hasMark, failure: failure)
    let (world, _) = try world(hasTerminal: true)
    oktaAnswers(world)
    _ = try await logIn(try source(), world, browser)
    #expect(world.requests.first?.url == "https://corp.okta.com/api/v1/authn")
    #expect(world.questions.isEmpty)

    let named = Browser(isSeen: isSeen, hasDisplay: isSeen, hasMark: hasMark, failure: failure)
    let (other, _) = try self.world(hasTerminal: true)
    other.types(SAMLTests.response().revealed())
    _ = try await logIn(try source(Self.okta, ["driver": "Browser"]), other, named)
    #expect(other.requests.isEmpty && other.questions == ["SAMLResponse (not shown): "])
  }

  @Test func `a window that nobody asked for is not replaced by a password`() async throws {
    let browser = Browser(isSeen: true, hasDisplay: true, hasMark: true, failure: .late)
    let (world, _) = try world(hasTerminal: false)
    let error = try await #require(throws: AuthError.self) {
      try await logIn(try source(), world, browser)
    }
    #expect(error.code == .loginRequired && error.message.contains("needs a login in a browser"))
    #expect(world.requests.isEmpty)
  }

  @Test func `each realm has a profile of its own`() async throws {
    let browser = Browser(
      isSeen: true, hasDisplay: true, hasMark: false, failure: .closed)
    let (world, _) = try world(hasTerminal: true)
    for realm in ["one", "two", "one"] {
      await #expect(throws: AuthError.self) {
        try await logIn(try source(), world, browser, realm: realm)
      }
    }
    let profiles = browser.profiles.withLock { $0 }
    #expect(profiles[0] == profiles[2] && profiles[0] != profiles[1])
    #expect(profiles.allSatisfy { $0.hasPrefix("corp-") })
  }

  @Test(arguments: [
    ("https://fs.corp.example", "eu-west-1", "urn%3Aamazon%3Awebservices"),
    ("https://fs.corp.example/", "cn-north-1", "urn%3Aamazon%3Awebservices%3Acn-north-1"),
    ("https://fs.corp.example", "us-gov-west-1", "urn%3Aamazon%3Awebservices%3Agovcloud"),
  ])
  func `the address of an ADFS server leads to its sign-on page`(
    page: String, region: String, party: String
  ) async throws {
    let (world, _) = try world(hasTerminal: false)
    world.answers(HTTPResponse(status: 401))
    await #expect(throws: AuthError.self) {
      try await logIn(try source(page, ["driver": "ADFS", "region": region]), world, nil)
    }
    #expect(
      world.requests.map(\.url) == [
        "https://fs.corp.example/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=\(party)"
      ])
  }

  @Test(arguments: [
    "https://fs.corp.example/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:other",
    "https://fs.corp.example/ADFS/LS/?RelayState=x",
  ])
  func `an address that has the page already stays as it is`(page: String) async throws {
    let (world, _) = try world(hasTerminal: false)
    world.answers(HTTPResponse(status: 401))
    await #expect(throws: AuthError.self) {
      try await logIn(try source(page, ["driver": "ADFS"]), world, nil)
    }
    #expect(world.requests.map(\.url) == [page])
  }
}
