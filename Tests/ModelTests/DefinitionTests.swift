import Core
import Model
import Testing

@Suite struct DefinitionTests {
  private static func mark(_ line: Int) -> SourceMark {
    SourceMark(file: "atmos.yaml", line: line, column: 1)
  }

  private static func scalar(_ text: String, line: Int = 1, from expression: String? = nil)
    -> ConfigNode
  {
    ConfigNode(.scalar(text, isQuoted: false), mark: mark(line), expression: expression)
  }

  private static func map(_ pairs: [(String, ConfigNode)]) -> ConfigNode {
    ConfigNode(
      .mapping(pairs.map { ConfigNode.Entry(key: $0, mark: mark(1), value: $1) }), mark: mark(1))
  }

  private static let definition = Definition(
    name: "dev", section: .identity, kind: "made-up/user",
    node: map([
      ("Spec", map([("role", scalar("  admin ", line: 3)), ("empty", scalar(" "))])),
      ("secret", scalar("value", from: "!env KEY")), ("none", ConfigNode(.null, mark: mark(1))),
      ("list", ConfigNode(.sequence([scalar(" a "), map([]), scalar("b")]), mark: mark(1))),
      ("one", scalar("x")), ("session", scalar(" 1h30m ")), ("wrong", scalar("soon")),
      ("via", map([("provider", scalar("portal"))])),
    ]), mark: mark(9))

  @Test func `a text is trimmed, and an empty one is missing`() {
    #expect(Self.definition.text("spec", "role") == "admin")
    #expect(Self.definition.text("spec", "empty") == nil)
    #expect(Self.definition.text("spec") == nil)
    #expect(Self.definition.text("none") == nil)
    #expect(Self.definition.text("spec", "role", "more") == nil)
  }

  @Test(arguments: [("session", 5400), ("wrong", nil), ("missing", nil)] as [(String, Int64?)])
  func `durations are seconds`(key: String, seconds: Int64?) {
    #expect(Self.definition.seconds(key) == seconds)
  }

  @Test(arguments: [
    ("list", ["a", "b"]), ("one", ["x"]), ("missing", []), ("via", []),
  ])
  func `a text counts as a list of one`(key: String, texts: [String]) {
    #expect(Self.definition.texts(key) == texts)
  }

  @Test func `what came from a variable is shown as it was written`() {
    #expect(Self.definition.shownText("secret") == "!env KEY")
    #expect(Self.definition.shownText("one") == "x")
  }

  @Test func `a fault stands where the value does, or else the name`() {
    let fault = Self.definition.fault(.error, ["spec", "role"], "is wrong")
    #expect(fault.mark == Self.mark(3) && fault.message == "identity `dev`: is wrong")
    #expect(Self.definition.fault(.error, ["spec", "user"], "is wrong").mark == Self.mark(9))
    #expect(Self.definition.place("spec", "role") == Self.mark(3))
  }

  @Test func `one of several values is enough`() {
    #expect(Self.definition.requireOne(of: ["spec.user", "spec.role"]).isEmpty)
    let missing = Self.definition.requireOne(of: ["spec.user", "none"])
    #expect(missing.map(\.message) == ["identity `dev`: `spec.user` or `none` is missing"])
    #expect(missing.map(\.code) == ["missing-field"])
  }

  @Test func `what it stands on`() {
    #expect(Self.definition.viaProvider == "portal" && Self.definition.viaIdentity == nil)
  }

  @Test(arguments: [
    ("Role", "role", true), ("ROLE", "rolE", true), ("role", "roles", false), ("a_b", "a-b", false),
    ("@", "`", false), ("Ä", "ä", true),
  ])
  func `keys are the same in any case`(left: String, right: String, isSame: Bool) {
    #expect(ConfigNode.isSameKey(left, right) == isSame)
  }

  @Test func `of two keys that differ by case only, the one written alike counts`() {
    let node = Self.map([("Role", Self.scalar("1")), ("role", Self.scalar("2"))])
    #expect(node["Role"]?.text == "1" && node["role"]?.text == "2" && node["ROLE"]?.text == "2")
  }

  @Test(
    arguments: [
      ("true", true), ("YES", true), ("on", true), ("False", false), ("no", false), ("off", false),
      ("1", nil), ("", nil),
    ] as [(String, Bool?)])
  func `booleans, however they are written`(text: String, value: Bool?) {
    #expect(Self.scalar(text).bool == value)
  }
}
