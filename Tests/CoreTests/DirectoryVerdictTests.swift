import Testing

@testable import Core

@Suite struct DirectoryVerdictTests {
  /// What a verdict comes to.
  private enum Kind: String {
    case absent, refused, invalid, nobody, untrusted, denied, changed, unverified, protected,
      trusted

    init(_ verdict: DirectoryVerdict) {
      self =
        switch verdict {
        case .absent: .absent
        case .refused: .refused
        case .invalid: .invalid
        case .nobody: .nobody
        case .untrusted: .untrusted
        case .denied: .denied
        case .changed: .changed
        case .unverified: .unverified
        case .protected: .protected
        case .trusted: .trusted
        }
    }
  }

  /// A case of the table: what differs from a directory that is allowed to say what it says.
  private struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var kind: Kind
    var text = "dev"
    var change: @Sendable (inout Grant) -> Void = { _ in }
    var environment: [String: String] = ["STAGE": "one"]
    var stamps: [String: FileStamp] = ["/atmos.yaml": DirectoryVerdictTests.stamp]

    init(
      _ description: String, _ kind: Kind, text: String = "dev",
      environment: [String: String] = ["STAGE": "one"],
      stamps: [String: FileStamp] = ["/atmos.yaml": DirectoryVerdictTests.stamp],
      change: @escaping @Sendable (inout Grant) -> Void = { _ in }
    ) {
      testDescription = description
      self.kind = kind
      self.text = text
      self.environment = environment
      self.stamps = stamps
      self.change = change
    }
  }

  private static let stamp = FileStamp(device: 1, inode: 2, size: 3, modified: 4, changed: 7)
  private static let later = FileStamp(device: 1, inode: 2, size: 3, modified: 5, changed: 7)

  private static let touched = FileStamp(device: 1, inode: 2, size: 3, modified: 4, changed: 8)

  private static let selection = Grant.Selection(
    file: IdentityFile(identity: "dev"), fingerprint: "f00d", traits: ["role"],
    inputs: [
      Grant.Input(path: "/atmos.yaml", stamp: stamp), Grant.Input(path: "/missing", stamp: nil),
    ],
    environment: [
      Grant.EnvironmentInput(name: "STAGE", value: "one"),
      Grant.EnvironmentInput(name: "UNSET", value: nil),
    ],
    activation: Activation(identity: "dev", realm: "r", isProtected: false, factsPath: "/f"))

  private static let grant = Grant(
    .allow, directory: "/w", device: 7, inode: 8, selections: [selection])

  private static func file(_ text: String) -> DirectoryFile {
    DirectoryFile(
      path: "/link/.atmos-identity", directory: "/w", device: 7, inode: 8, bytes: Array(text.utf8))
  }

  private static let table = [
    Case("allowed, and as it was", .trusted),
    Case("what it says is written in another way", .trusted, text: "# a\nidentity = dev\n"),
    Case("an earlier release wrote the grant", .trusted) { $0.selections[0].isOutdated = true },
    Case("beside another selection", .trusted) {
      $0.selections.insert(selection, at: 0)
      $0.selections[0].file.identity = "other"
      $0.selections[0].isChanged = true
    },
    Case("protected", .protected) { $0.selections[0].activation.isProtected = true },
    Case("nobody needs no grant", .nobody, text: "none") { $0.directory = "/elsewhere" },
    Case("nobody, though denied", .nobody, text: "off") { $0.decision = .deny },
    Case("a fault in the file", .invalid, text: "a;b"),
    Case("another name", .untrusted, text: "prod"),
    Case("another profile", .untrusted, text: "identity = dev\nprofile = p"),
    Case("another region", .untrusted, text: "identity = dev\nregion = eu-west-1"),
    Case("the grant is about another path", .untrusted) { $0.directory = "/elsewhere" },
    Case("the grant is about another device", .untrusted) { $0.device = 1 },
    Case("the grant is about another directory", .untrusted) { $0.inode = 1 },
    Case("a denial that is about another path", .untrusted) {
      $0.decision = .deny
      $0.directory = "/elsewhere"
    },
    Case("a grant without selections", .untrusted) { $0.selections = [] },
    Case("denied", .denied) {
      $0.decision = .deny
      $0.selections = []
    },
    Case("denied, whatever was allowed", .denied) { $0.decision = .deny },
    Case("denied, whatever it says", .denied, text: "prod") { $0.decision = .deny },
    Case("changed", .changed) { $0.selections[0].isChanged = true },
    Case("changed and protected", .changed) {
      $0.selections[0].isChanged = true
      $0.selections[0].activation.isProtected = true
    },
    Case("changed, and since then its file", .unverified, stamps: [:]) {
      $0.selections[0].isChanged = true
    },
    Case("permissions or owner of a file changed", .unverified, stamps: ["/atmos.yaml": touched]),
    Case("a file was edited", .unverified, stamps: ["/atmos.yaml": later]),
    Case("a file is gone", .unverified, stamps: [:]),
    Case("a file appeared", .unverified, stamps: ["/atmos.yaml": stamp, "/missing": later]),
    Case("a variable has another value", .unverified, environment: ["STAGE": "two"]),
    Case("a variable is empty", .unverified, environment: ["STAGE": ""]),
    Case("a variable is gone", .unverified, environment: [:]),
    Case("a variable appeared", .unverified, environment: ["STAGE": "one", "UNSET": ""]),
    Case("protected, and a file was edited", .unverified, stamps: ["/atmos.yaml": later]) {
      $0.selections[0].activation.isProtected = true
    },
  ]

  private func verdict(
    _ outcome: DirectoryFile.Outcome, grant: Grant?, _ case: Case = table[0]
  ) -> DirectoryVerdict {
    DirectoryVerdict(
      outcome, at: "/link/.atmos-identity", grant: { _ in grant },
      environment: { `case`.environment[$0] }, stamp: { `case`.stamps[$0] })
  }

  @Test(arguments: table) private func `the verdict on a file, a grant and an environment`(
    case: Case
  ) {
    var grant = Self.grant
    `case`.change(&grant)
    let verdict = verdict(.safe(Self.file(`case`.text)), grant: grant, `case`)
    #expect(Kind(verdict) == `case`.kind)
    #expect(verdict.file == Self.file(`case`.text))
    #expect(
      (verdict.selection != nil)
        == ["changed", "unverified", "protected", "trusted"]
        .contains(`case`.kind.rawValue))
  }

  @Test func `nothing is allowed without a grant`() {
    #expect(
      verdict(.safe(Self.file("dev")), grant: nil)
        == .untrusted(Self.file("dev"), IdentityFile(identity: "dev")))
  }

  @Test(arguments: [
    (DirectoryFile.Outcome.absent, DirectoryVerdict.absent),
    (
      .refused("others can write to it"),
      .refused(path: "/link/.atmos-identity", reason: "others can write to it")
    ),
  ])
  func `a file that must not be believed asks for no grant`(
    outcome: DirectoryFile.Outcome, expected: DirectoryVerdict
  ) {
    let verdict = DirectoryVerdict(
      outcome, at: "/link/.atmos-identity",
      grant: { _ in
        Issue.record("a grant was asked for")
        return Self.grant
      }, environment: { _ in nil }, stamp: { _ in nil })
    #expect(verdict == expected && verdict.file == nil && verdict.content == nil)
  }

  // MARK: - After the configuration was read again

  private func verified(by now: Grant.Selection?, protected: Bool = false) -> DirectoryVerdict {
    var grant = Self.grant
    grant.selections[0].activation.isProtected = protected
    let edited = Case("", .unverified, stamps: [:])
    return verdict(.safe(Self.file("dev")), grant: grant, edited).verified(by: now)
  }

  @Test func `the same fingerprint is trusted, as it is now`() throws {
    var now = Self.selection
    now.inputs = []
    now.activation.factsPath = "/new"
    #expect(verified(by: now).selection == now && Kind(verified(by: now)) == .trusted)
  }

  @Test func `the same fingerprint of what became protected`() {
    var now = Self.selection
    now.activation.isProtected = true
    #expect(Kind(verified(by: now)) == .protected)
    #expect(Kind(verified(by: Self.selection, protected: true)) == .trusted)
  }

  @Test func `another fingerprint is a change, and what was allowed is kept`() throws {
    var now = Self.selection
    now.fingerprint = "f00e"
    now.traits = ["another role"]
    let verdict = verified(by: now)
    #expect(Kind(verdict) == .changed)
    #expect(verdict.selection?.traits == ["role"] && verdict.selection?.isChanged == true)
  }

  @Test func `a fingerprint that was allowed before is trusted, and both stay known`() throws {
    var grant = Self.grant
    grant.selections[0].known = ["f00e"]
    grant.selections[0].isChanged = true
    var now = Self.selection
    now.fingerprint = "f00e"
    let verdict = verdict(.safe(Self.file("dev")), grant: grant, Case("", .unverified, stamps: [:]))
      .verified(by: now)
    #expect(Kind(verdict) == .trusted)
    #expect(verdict.selection?.fingerprint == "f00e" && verdict.selection?.known == ["f00d"])
  }

  @Test func `a change is looked at again once what it rests on is another`() throws {
    var now = Self.selection
    now.fingerprint = "f00e"
    now.inputs = [Grant.Input(path: "/atmos.yaml", stamp: Self.later)]
    let changed = Self.selection.renewed(by: now)
    #expect(changed.isChanged && changed.inputs == now.inputs)
    #expect(changed.renewed(by: Self.selection) == Self.selection)
  }

  @Test func `what cannot be found out is a change`() {
    #expect(Kind(verified(by: nil)) == .changed)
  }

  @Test func `a verdict that needs no look stays as it is`() {
    let trusted = verdict(.safe(Self.file("dev")), grant: Self.grant)
    #expect(trusted.verified(by: nil) == trusted)
  }
}
