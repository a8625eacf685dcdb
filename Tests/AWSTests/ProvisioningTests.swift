import Core
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import AWS

@Suite struct ProvisioningTests {
  private func entry(_ id: String, _ name: String?, _ roles: String...) -> PortalInventory.Entry {
    PortalInventory.Entry(
      account: SSOPortalClient.Account(accountId: id, accountName: name), roles: roles)
  }

  private func names(_ entries: PortalInventory.Entry...) -> [String] {
    ProvisionedNames.identities(of: entries).map(\.name)
  }

  // MARK: Names

  @Test func `an account and a permission set make a name`() {
    #expect(
      names(entry("1", "Acme Prod", "Admin", "Reader"), entry("2", "dev", "Admin"))
        == ["Acme Prod/Admin", "Acme Prod/Reader", "dev/Admin"])
  }

  @Test func `accounts of one name have their numbers, all of them`() {
    #expect(
      names(
        entry("222222222222", "acme", "Admin"), entry("111111111111", "Acme", "Admin"),
        entry("3", "Other", "Admin"))
        == ["Acme-111111111111/Admin", "Other/Admin", "acme-222222222222/Admin"])
  }

  @Test(arguments: [
    ("Zürich (Prod)", "Z-rich -Prod/R"), ("$(reboot)", "reboot/R"), ("   ", "1/R"), ("日本", "1/R"),
    ("-x", "x/R"), ("a\u{1B}[31mb", "a-31mb/R"), ("!exec id", "exec id/R"), ("it's", "it-s/R"),
  ])
  func `names that no shell could have are made to fit`(account: String, name: String) {
    let made = names(entry("1", account, "R"))
    #expect(made.allSatisfy { IdentityName.isShellSafe($0) })
    #expect(made == [name])
  }

  @Test func `names that were made to fit are still different`() {
    let made = names(
      entry("1", "a", "b/c"), entry("2", "a/b", "c"), entry("3", "ü", "R"), entry("4", "ö", "R"),
      entry("5", String(repeating: "x", count: 200), "R"),
      entry("6", String(repeating: "x", count: 201), "R"))
    #expect(Set(made.map { $0.lowercased() }).count == 6)
    #expect(made.allSatisfy { IdentityName.isShellSafe($0) })
  }

  @Test func `the order in which the portal lists accounts changes nothing`() {
    let entries = [
      entry("1", "a", "R"), entry("2", "a", "R", "S"), entry("3", "b/a", "R"),
      entry("4", "b", "a/R"),
    ]
    #expect(
      ProvisionedNames.identities(of: entries)
        == ProvisionedNames.identities(of: entries.reversed()))
  }

  // MARK: The file

  @Test func `the file is what atmos writes`() {
    let file = ProvisionedFile(
      provider: "corp", startURL: "https://corp.awsapps.com/start", region: "eu-west-1",
      provisionedAt: .noon, accounts: 1, roles: 1,
      identities: ProvisionedNames.identities(of: [entry("111122223333", "A \"B\" \\ é", "Admin")]))
    #expect(
      file.yaml == #"""
        # Written by atmos-auth after a login; the next one replaces it.
        auth:
          _metadata:
            provisioned_at: "2025-01-15T12:00:00Z"
            source: aws-sso
            provider: "corp"
            counts:
              accounts: 1
              roles: 1
              identities: 1
            extra:
              start_url: "https://corp.awsapps.com/start"
              region: "eu-west-1"
          identities:
            "A -B/Admin":
              kind: aws/permission-set
              provider: "corp"
              via:
                provider: "corp"
              principal:
                name: "Admin"
                account:
                  name: "A \"B\" \\ \u00e9"
                  id: "111122223333"

        """#)
  }

  private func provision(
    _ world: FakeWorld, _ scratch: Scratch
  ) async throws -> ProvisionedIdentities {
    world.sets(["HOME": scratch.path])
    return try await IdentityCenterTests.source(["auto_provision_identities": true])
      .provisionIdentities(with: .login(secondsLeft: 3600), effects: world.effects)
  }

  private func path(_ scratch: Scratch) -> String {
    "\(scratch.path)/.cache/atmos/auth/corp/provisioned-identities.yaml"
  }

  @Test func `every page of accounts and permission sets is read`() async throws {
    let scratch = try Scratch()
    let world = FakeWorld()
    world.state.withLock {
      $0.responder = { request in
        let url = request.url
        if url.contains("/accounts") {
          return url.contains("next_token")
            ? .accounts([("2", "Beta")]) : .accounts([("1", "Alpha")], next: "n")
        }
        return url.contains("next_token")
          ? .roles("Second") : .roles("First", next: url.contains("account_id=2") ? "m" : nil)
      }
    }
    let made = try await provision(world, scratch)
    #expect(made.identities == 3 && made.accounts == 2 && made.roles == 2)
    #expect(made.path == path(scratch))
    let text = String(decoding: try FileSystem.readFile(path(scratch)) ?? [], as: UTF8.self)
    for name in ["Alpha/First", "Beta/First", "Beta/Second"] {
      #expect(text.contains("    \"\(name)\":\n"))
    }
    let mode = try FileManager.default.attributesOfItem(atPath: path(scratch))[.posixPermissions]
    #expect(mode as? Int == 0o600)
    #expect(world.state.withLock { $0.progress.last } == .some(nil))
  }

  @Test(arguments: [401, 400, 403])
  func `what was written before stays when it fails`(status: Int) async throws {
    let scratch = try Scratch()
    try FileSystem.writeAtomically(path(scratch), "old".utf8)
    let world = FakeWorld()
    world.state.withLock {
      $0.responder = { request in
        request.url.contains("/accounts")
          ? .accounts([("1", "Alpha")]) : .sso("XException", status: status)
      }
    }
    await #expect(throws: AuthError.self) { _ = try await provision(world, scratch) }
    #expect(try FileSystem.readFile(path(scratch)) == Array("old".utf8))
  }

  @Test func `an account that was closed meanwhile is left out`() async throws {
    let scratch = try Scratch()
    let world = FakeWorld()
    world.state.withLock {
      $0.responder = { request in
        if request.url.contains("/accounts") { return .accounts([("1", "A"), ("2", "B")]) }
        return request.url.contains("account_id=1")
          ? .sso("ForbiddenException", status: 403) : .roles("R")
      }
    }
    #expect(try await provision(world, scratch).identities == 1)
  }

  // MARK: The pace

  /// A service that answers so many requests a second, each after `latency` seconds.
  private func time(
    rate: Double, capacity: Double, retryAfter: Double?, latency: Double, count: Int
  ) -> (seconds: Double, refused: Int) {
    let parallel = PortalInventory.parallel
    var pacer = RequestPacer(callers: parallel)
    var (tokens, filledAt, refused, answered) = (capacity, 0.0, 0, 0)
    // When each caller is free, and whether its request is under way.
    var callers = [(time: Double, isAsking: Bool)](repeating: (0, false), count: parallel)
    var delayed: [Double] = []
    var ready = count
    var now = 0.0
    while answered < count, now < 10_000 {
      var index = 0
      for other in 1..<parallel where callers[other].time < callers[index].time { index = other }
      now = callers[index].time
      if callers[index].isAsking {
        callers[index].isAsking = false
        tokens = min(capacity, tokens + (now - filledAt) * rate)
        filledAt = now
        if tokens >= 1 {
          tokens -= 1
          answered += 1
          pacer.wasAnswered(at: now)
        } else {
          refused += 1
          delayed.append(now + pacer.wasRefused(at: now, retryAfter: retryAfter))
        }
      }
      let wait = pacer.wait(at: now)
      if wait > 0 {
        callers[index].time = now + wait
      } else if let due = delayed.firstIndex(where: { $0 <= now }) {
        delayed.remove(at: due)
        callers[index] = (now + latency, true)
      } else if ready > 0 {
        ready -= 1
        callers[index] = (now + latency, true)
      } else {
        callers[index].time = now + 0.01
      }
    }
    return (now, refused)
  }

  @Test(arguments: [5.0, 10, 20, 75, 150, 500], [nil, 1.0 as Double?])
  func `a portal is asked at its own pace, and refuses at most a tenth`(
    rate: Double, retryAfter: Double?
  ) {
    for latency in [0.005, 0.15] {
      for capacity in [1, rate] {
        let count = max(300, Int(rate * 31))
        let taken = time(
          rate: rate, capacity: max(1, capacity), retryAfter: retryAfter, latency: latency,
          count: count)
        // All callers together cannot ask more often than that.
        let allowed = max(
          Double(count) / rate, Double(count) * latency / Double(PortalInventory.parallel))
        let what: Comment = "\(taken) of \(count) in \(allowed) s, \(latency) s, \(capacity)"
        #expect(taken.seconds <= allowed * 1.1 + 3, what)
        #expect(taken.refused <= (count + taken.refused) / 10, what)
      }
    }
  }

  // At a thousand a second the beginning alone takes as long as all the requests.
  @Test(arguments: [
    (150.0, 15.0, 1.0 as Double?, 0.0), (150, 15, nil, 0), (20, 20, 1, 0), (20, 5, 1, 0),
    (50, 50, nil, 0), (50, 10, nil, 0), (10, 100, 1, 0), (100, 10, 1, 0), (20, 1, nil, 0),
    (1000, 1000, 1, 3),
  ])
  func `three thousand requests take at most a fifth longer than the service allows`(
    rate: Double, capacity: Double, retryAfter: Double?, beginning: Double
  ) {
    for latency in [0.005, 0.15] {
      let taken = time(
        rate: rate, capacity: capacity, retryAfter: retryAfter, latency: latency, count: 3000)
      let allowed = max(3000 / rate, 3000 * latency / Double(PortalInventory.parallel))
      #expect(taken.seconds <= allowed * 1.2 + beginning, "took \(taken.seconds) s of \(allowed) s")
      #expect(taken.refused < 1000)
    }
  }

  @Test func `a service that answers nothing any more is left in peace`() {
    var pacer = RequestPacer(callers: 5)
    for _ in 0..<8 { _ = pacer.wasRefused(at: 1, retryAfter: 3) }
    #expect(pacer.wait(at: 1) == 3)
    for _ in 0..<8 { _ = pacer.wasRefused(at: 4, retryAfter: 3) }
    #expect(pacer.wait(at: 4) == 6)
  }

  /// A clock that sleeping moves on.
  private final class Clock: Sendable {
    private let passed = Mutex(0.0)
    var now: Double { passed.withLock { $0 } }
    func advance(by duration: Duration) {
      passed.withLock { $0 += duration / .seconds(1) }
    }
  }

  @Test func `a portal that refuses everything is reported, and given up after five minutes`()
    async throws
  {
    let (world, clock) = (FakeWorld(), Clock())
    world.state.withLock {
      $0.responder = { _ in .sso("TooManyRequestsException", status: 429) }
      $0.onSleep = { clock.advance(by: $0) }
    }
    let login = Credential.login(secondsLeft: 3600)
    let inventory = PortalInventory(
      portal: try SSOPortalClient(of: login, try #require(login.bearer), effects: world.effects),
      provider: "corp", effects: world.effects, uptime: { clock.now })
    await #expect(throws: CallFailure.self) { _ = try await inventory.entries() }
    #expect((300...400).contains(clock.now))
    #expect(world.notices.count == 1)
    #expect(world.notices.first?.contains("corp is throttling: 0 requests answered, ") == true)
  }
}
