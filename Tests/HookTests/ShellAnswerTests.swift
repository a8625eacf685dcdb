import Core
import Testing

@testable import Hook

/// The code that shells evaluate, word for word; docs/protocol.md has the functions.
@Suite struct ShellAnswerTests {
  private static let activation = Activation(
    identity: "prod admin", realm: "r",
    set: [.init("ATMOS_IDENTITY", "prod admin"), .init("QUOTED", "it's\\\n"), .init("PLAIN", "p")],
    unset: ["OLD", "NEVER"], plain: ["ATMOS_IDENTITY", "PLAIN"], expiryVariable: "ENDS",
    region: "eu-west-1", isProtected: false, factsPath: "/f",
    style: PromptStyle(showsRegion: true))

  private static let facts = Facts(
    generation: 3, expiresAt: Instant(secondsSince1970: 1_800_000_000),
    renewableUntil: Facts.always, state: .valid, account: "1", region: "us-east-1",
    identity: "prod admin")

  private static let environment = [
    "TERM": "xterm", "LANG": "C.UTF-8", "QUOTED": "secret", "PLAIN": "was this",
    "OLD": "secret too",
  ]

  private static let digest = Hash.hex(activation.digest)

  private static func hash(_ text: String) -> String { Hash.hex(Hash.fnv1a(text)) }

  private static let marker =
    "2 directory \(digest) + +prod%20admin 0 +/f 900 - 1 1 0 +ENDS +eu-west-1"
    + " ATMOS_IDENTITY \(hash("prod admin")) - QUOTED \(hash("it's\\\n")) ?"
    + " PLAIN \(hash("p")) +was%20this OLD - ? ENDS \(hash("2027-01-15T08:00:00Z")) -"

  private static let state =
    "'/f' 'atmos-auth-facts 1 3 1800000000 9223372036854775807 valid 1 us-east-1 prod%20admin'"
    + " 'prod admin' '\(digest)' '' 'eu-west-1' '1800000000' '99999999999' 'valid' '900' '☁ ' '1'"
    + " '☁ prod admin eu-west-1 16m' 'valid' '1799998981' '1799999041' '541'"

  private static let posix = #"""
    __atmos_auth_put 'ATMOS_IDENTITY' '' 'prod admin'
    __atmos_auth_put 'QUOTED' 'x' 'it'\''s\
    '
    __atmos_auth_put 'PLAIN' 'x' 'p'
    __atmos_auth_drop 'OLD'
    __atmos_auth_put 'ENDS' '' '2027-01-15T08:00:00Z'
    __atmos_auth_mark '\#(marker)'
    __atmos_auth_state \#(state)
    #atmos-auth-ok

    """#

  private static let fish =
    #"__atmos_auth_put 'ATMOS_IDENTITY' '' 'prod admin'; "#
    + #"__atmos_auth_put 'QUOTED' 'x' 'it\'s\\'\n''; "#
    + #"__atmos_auth_put 'PLAIN' 'x' 'p'; "#
    + #"__atmos_auth_drop 'OLD'; "#
    + #"__atmos_auth_put 'ENDS' '' '2027-01-15T08:00:00Z'; "#
    + "set '-gx' '__ATMOS_AUTH_DIFF' '\(marker)'; "
    + "__atmos_auth_state \(state); #atmos-auth-ok\n"

  private func answer(
    _ changes: [String: String?] = [:], shell: ShellKind = .bash, active: String? = "",
    moment: ShellAnswer.Moment? = nil
  ) -> ShellAnswer {
    var environment = Self.environment
    for (name, value) in changes { environment[name] = value }
    return ShellAnswer(
      shell: shell, environment: { [environment] in environment[$0] }, active: active,
      moment: moment)
  }

  /// The environment of a shell in which the identity is active.
  private static let activated: [String: String?] = [
    "ATMOS_IDENTITY": "prod admin", "QUOTED": "it's\\\n", "PLAIN": "p", "OLD": nil,
    "ENDS": "2027-01-15T08:00:00Z", Marker.variable: marker,
  ]

  @Test(arguments: [(ShellKind.bash, posix), (.zsh, posix), (.fish, fish)])
  func `an identity becomes active`(shell: ShellKind, code: String) {
    let moment = ShellAnswer.Moment(
      now: Instant(secondsSince1970: 1_799_999_000), uptime: 500, columns: 80)
    var answer = answer(shell: shell, moment: moment)
    answer.activate(Self.activation, facts: Self.facts, by: .directory)
    #expect(answer.text == code)
  }

  @Test(arguments: [
    (
      ShellKind.bash,
      "__atmos_auth_restore\n__atmos_auth_mark ''\n__atmos_auth_state\n#atmos-auth-ok\n"
    ),
    (.zsh, "__atmos_auth_restore\n__atmos_auth_mark ''\n__atmos_auth_state\n#atmos-auth-ok\n"),
    (
      .fish,
      "__atmos_auth_restore; set '-ge' '__ATMOS_AUTH_DIFF'; __atmos_auth_state; #atmos-auth-ok\n"
    ),
  ])
  func `nobody becomes active`(shell: ShellKind, code: String) {
    var answer = answer(Self.activated, shell: shell, active: Self.digest)
    answer.nobody(by: .directory)
    #expect(answer.text == code)
  }

  private func lines(_ answer: ShellAnswer) -> [String] {
    answer.text.split(separator: "\n").map { String($0.replacing("__atmos_auth_", with: "")) }
  }

  /// A marker that has the head of another one, and no variables.
  private static func bare(_ source: String, pane: String = "+") -> String {
    "2 \(source) 0000000000000000 \(pane) + 0 + 900 - 0 1 0 - -"
  }

  @Test(arguments: [
    (Marker.Source.pin, "pin 'use' 'none'", "pin"),
    (.environment, "pin 'environment' 'none'", "environment"),
  ])
  func `nobody stays active where that was chosen`(
    source: Marker.Source, pin: String, word: String
  ) {
    var answer = answer()
    answer.nobody(by: source, watch: "/g", line: "it's 1")
    #expect(
      lines(answer) == [
        "restore", pin, "mark '\(Self.bare(word))'", #"state '/g' 'it'\''s 1'"#, "#atmos-auth-ok",
      ])
  }

  @Test func `the same identity again touches its expiry only`() {
    var facts = Self.facts
    facts.expiresAt = Instant(secondsSince1970: 1_800_003_600)
    var answer = answer(Self.activated, active: Self.digest)
    answer.activate(Self.activation, facts: facts, by: .directory)
    let lines = lines(answer)
    #expect(lines[0] == "put 'ENDS' '' '2027-01-15T09:00:00Z'")
    #expect(lines[1].hasPrefix("mark '2 directory") && lines[2].hasPrefix("state "))
    #expect(lines.count == 4)
  }

  @Test func `what the person changed since stays, also the expiry`() {
    let changes = Self.activated.merging(["ENDS": "mine", "PLAIN": "mine"]) { $1 }
    var answer = answer(changes, active: Self.digest)
    answer.activate(Self.activation, facts: Self.facts, by: .directory)
    #expect(lines(answer).map { $0.prefix(4) } == ["mark", "stat", "#atm"])
  }

  @Test func `another identity changes only what differs`() {
    let other = Activation(
      identity: "other", realm: "r",
      set: [.init("ATMOS_IDENTITY", "other"), .init("PLAIN", "p")], unset: ["OLD"],
      plain: ["ATMOS_IDENTITY", "PLAIN"], expiryVariable: "ENDS", isProtected: false,
      factsPath: "/o")
    var answer = answer(Self.activated, active: Self.digest)
    answer.activate(other, facts: nil, by: .directory)
    let lines = lines(answer)
    #expect(
      lines[..<3] == ["back 'QUOTED'", "put 'ATMOS_IDENTITY' '' 'other'", "drop 'ENDS'"])
    #expect(lines[3].contains(" ENDS - - ATMOS_IDENTITY "))
    #expect(lines[3].hasSuffix(" PLAIN \(Self.hash("p")) +was%20this OLD - ?'"))
  }

  @Test func `an identity of another cloud puts the expiry of the first one back`() {
    let other = Activation(
      identity: "other", realm: "r", expiryVariable: "FINISHES", isProtected: false,
      factsPath: "/o")
    var answer = answer(Self.activated, active: Self.digest)
    answer.activate(other, facts: Self.facts, by: .directory)
    #expect(
      lines(answer)[..<6] == [
        "back 'ATMOS_IDENTITY'", "back 'QUOTED'", "back 'PLAIN'", "back 'OLD'", "back 'ENDS'",
        "put 'FINISHES' '' '2027-01-15T08:00:00Z'",
      ])
  }

  @Test func `without an expiry's variable nothing is said of the expiry`() {
    var activation = Self.activation
    activation.expiryVariable = nil
    var answer = answer()
    answer.activate(activation, facts: Self.facts, by: .directory)
    #expect(!answer.text.contains("ENDS") && answer.text.contains("put 'PLAIN'"))
  }

  @Test func `a new shell takes over what another one changed`() {
    let changes = Self.activated.merging(["PLAIN": "mine"]) { $1 }
    #expect(
      lines(answer(changes)) == [
        "adopt 'ATMOS_IDENTITY' '' ''", "adopt 'QUOTED' '' ''", "adopt 'OLD' '' ''",
        "adopt 'ENDS' '' ''", "#atmos-auth-ok",
      ])
    #expect(lines(answer(Self.activated)).contains("adopt 'PLAIN' 'x' 'was this'"))
  }

  @Test func `a mark that is not the shell's own is undone by what the shell knows`() {
    #expect(
      lines(answer(Self.activated, active: "0123456789abcdef")) == ["restore", "#atmos-auth-ok"])
  }

  @Test(
    arguments: [("+", nil, true), ("+%251", "%1", true), ("+", "%1", false), ("+%251", nil, false)]
      as [(String, String?, Bool)])
  func `a pin reaches other shells of its pane`(mark: String, pane: String?, reaches: Bool) {
    var answer = answer([Marker.variable: Self.bare("pin", pane: mark), "TMUX_PANE": pane])
    #expect(answer.continuePin() == reaches)
    #expect(lines(answer).contains("pin 'use' 'none'") == reaches)
  }

  @Test func `what a session has come to keeps the identity's own region`() {
    var answer = answer(Self.activated, active: nil)
    var facts = Self.facts
    facts.state = .ended
    answer.refresh(facts: facts)
    let lines = lines(answer)
    #expect(lines[0] == "drop 'ENDS'" && lines[1].hasSuffix(" ENDS - -'"))
    #expect(lines[2].contains(" 'eu-west-1' '1800000000' '99999999999' 'ended' "))
  }

  @Test func `a release is restored and says so`() {
    var answer = answer()
    answer.release()
    #expect(lines(answer) == ["restore", "auto", "#atmos-auth-ok"])
  }

  @Test func `what is said is fit for a terminal`() {
    var answer = answer()
    answer.say("it's\u{1b}[31m\nred")
    #expect(
      lines(answer) == [
        #"say '\#(Self.hash("it's[31m red"))' 'it'\''s[31m red'"#, "#atmos-auth-ok",
      ])
  }
}
