import Testing

@testable import Core

/// Which changes only take something away from an identity.
@Suite struct TighteningTests {
  private static let role = [
    "realm = r", "identity dev: kind = aws/assume-role",
    "identity dev: principal.assume_role = arn:aws:iam::111122223333:role/Dev",
    "identity dev: principal.duration = 1h",
  ]

  private static func changed(_ line: String, to other: String?) -> [String] {
    role.filter { $0 != line } + [other].compactMap { $0 }
  }

  private static let hour = "identity dev: principal.duration = 1h"

  @Test(arguments: [
    role + ["identity dev: protected = true"], role + ["identity dev: protected = Yes"],
    changed(hour, to: "identity dev: principal.duration = 30m"),
    changed(hour, to: "identity dev: principal.duration = 900"),
    role + [#"identity dev: principal.policy = {"Statement": []}"#],
    role + [
      "identity dev: principal.policy_arns.0 = arn:aws:iam::aws:policy/ReadOnlyAccess",
      "identity dev: principal.policy_arns.1 = arn:aws:iam::aws:policy/SecurityAudit",
      "identity dev: protected = true",
    ],
  ])
  func `tighter`(after: [String]) {
    #expect(Tightening.isAll(from: Self.role, to: after))
    #expect(!Tightening.isAll(from: after, to: Self.role), "and the way back is looser")
  }

  @Test(arguments: [
    role, role + ["identity dev: protected = false"], role + ["identity dev: protected = maybe"],
    role + ["provider dev: protected = true"],
    changed(hour, to: "identity dev: principal.duration = 2h"),
    changed(hour, to: "identity dev: principal.duration = 0"),
    changed(hour, to: "identity dev: principal.duration = !exec echo 1m"),
    changed(hour, to: "identity other: principal.duration = 30m"), changed(hour, to: nil),
    role + ["identity dev: principal.policy = !exec cat policy.json"],
    role + ["integration x: principal.policy = a: kind = aws/ecr"],
    role + ["identity dev: protected = true", "identity dev: env.0.key = LD_PRELOAD"],
    role + ["environment: AWS_ENDPOINT_URL = http://x"],
    role + ["identity dev: protected = true: kind = mock"], [],
  ])
  func `not tighter`(after: [String]) {
    #expect(!Tightening.isAll(from: Self.role, to: after))
  }

  private static func coded(_ lines: String...) -> [String] {
    role + lines.map { "identity dev: \($0)" }
  }

  @Test(arguments: [
    (role, coded("mfa.policy = applies-only")),
    (role, coded("mfa.policy = applies-only", "mfa.max_age = 15m", "mfa.unattended = true")),
    (coded("mfa.policy = never"), coded("mfa.policy = applies-only", "mfa.max_age = 1h")),
    (coded("mfa.policy = applies-only"), coded("mfa.policy = plans-and-applies")),
    (
      coded("mfa.policy = applies-only", "mfa.max_age = 15m"),
      coded("mfa.policy = plans-and-applies")
    ),
    (
      coded("mfa.policy = applies-only", "mfa.max_age = 15m"),
      coded("mfa.policy = applies-only", "mfa.max_age = 5m")
    ),
    (
      coded("mfa.policy = applies-only", "mfa.unattended = true"),
      coded("mfa.policy = applies-only")
    ),
    (role, coded("idle = 30m")), (coded("idle = 30m"), coded("idle = 5m")),
  ])
  func `more codes, younger codes and an earlier end are tighter`(
    before: [String], after: [String]
  ) {
    #expect(Tightening.isAll(from: before, to: after))
    #expect(!Tightening.isAll(from: after, to: before), "and the way back is looser")
  }

  @Test(arguments: [
    (
      coded("mfa.policy = applies-only"),
      coded("mfa.policy = plans-and-applies", "mfa.max_age = 1m")
    ),
    (
      coded("mfa.policy = applies-only"),
      coded("mfa.policy = plans-and-applies", "mfa.unattended = true")
    ),
    (role, coded("mfa.policy = never")), (role, coded("mfa.unattended = true")),
    (coded("mfa.policy = applies-only"), coded("mfa.policy = never")),
    (coded("idle = 30m"), role), (role, coded("idle = 0")),
    (
      coded("mfa.policy = applies-only"),
      role + ["identity other: mfa.policy = plans-and-applies"]
    ),
  ])
  func `what lets more through without a code asks`(before: [String], after: [String]) {
    #expect(!Tightening.isAll(from: before, to: after))
  }

  @Test func `fewer codes are looser than those of one's own`() {
    let own = Self.coded("mfa.policy = applies-only", "mfa.max_age = 15m")
    #expect(Tightening.isLooser(Self.role, than: own))
    let longer = Self.coded("mfa.policy = applies-only", "mfa.max_age = 1h")
    #expect(Tightening.isLooser(longer, than: own))
    #expect(!Tightening.isLooser(Self.coded("mfa.policy = plans-and-applies"), than: own))
    #expect(!Tightening.isLooser(own, than: own))
  }

  @Test func `a further policy widens`() {
    let first = Self.role + ["identity dev: principal.policy_arns.0 = a"]
    for more in ["policy = {}", "policy_arns.1 = b"] {
      #expect(!Tightening.isAll(from: first, to: first + ["identity dev: principal.\(more)"]))
    }
    // Another link's is its own.
    #expect(Tightening.isAll(from: first, to: first + ["identity base: principal.policy = {}"]))
  }

  @Test(
    arguments: [
      (["protected = true"], [], true), (["protected = true"], ["protected = false"], true),
      (["protected = true"], ["protected = yes"], false), ([], [], false),
      (["principal.duration = 1h"], ["principal.duration = 2h"], true),
      (["principal.duration = 1h"], ["principal.duration = 60m"], false),
      (["principal.duration = 1h"], ["principal.duration = 5m"], false),
      (["principal.policy = a"], ["principal.policy = b"], true),
      (["principal.policy = a"], ["principal.policy = a"], false),
      (["alias = a"], [], false),
    ] as [([String], [String], Bool)])
  func `which of two is restrained by less`(own: [String], other: [String], expected: Bool) {
    let lines = other.map { "identity other: \($0)" }
    #expect(Tightening.isLooser(lines, than: own.map { "identity mine: \($0)" }) == expected)
  }
}
