import Testing

@testable import Core

@Suite struct GrantTextTests {
  /// One selection with everything that a grant can say.
  private static let full = Grant.Selection(
    file: IdentityFile(identity: "dev", profile: "p 1", region: "eu-west-1"),
    fingerprint: "f00d", known: ["f00e", "f00f"], isChanged: true, isOutdated: true,
    traits: ["role\tarn:x", ""],
    inputs: [
      Grant.Input(
        path: "/a b",
        stamp: FileStamp(device: 1, inode: 2, size: 3, modified: -4, changed: 7)),
      Grant.Input(path: "/missing", stamp: nil),
    ],
    environment: [
      Grant.EnvironmentInput(name: "STAGE", value: "one"),
      Grant.EnvironmentInput(name: "UNSET", value: nil),
    ],
    activation: Activation(
      identity: "dev admin", realm: "r", set: [.init("A", "1\n2"), .init("B", "+b")],
      unset: ["C", "D"], plain: ["B", "C"], expiryVariable: "E", region: "eu-west-1",
      isProtected: true, factsPath: "/f",
      style: PromptStyle(
        warnBefore: 60, symbol: "-", showsRegion: true, usesColor: false, isASCII: true)))

  /// One with as little as possible.
  private static let least = Grant.Selection(
    file: IdentityFile(profile: "p"), fingerprint: "1", traits: [], inputs: [], environment: [],
    activation: Activation(identity: "x", realm: "", isProtected: false, factsPath: "/f"))

  private static let grants = [
    Grant(.deny, directory: "/d", device: 1, inode: 2),
    Grant(.allow, directory: "/d\t%", device: .max, inode: 0, selections: [full, least]),
  ]

  @Test(arguments: grants) func `what is written is read back`(grant: Grant) {
    #expect(Grant(text: Array(grant.text.utf8)) == grant)
  }

  @Test func `the format is that of the protocol's page`() {
    let selection = Self.least
    let lines = """
      atmos-auth-grant 2
      decision\tallow
      directory\t/d\t1\t2
      selection\t-\t0\tp\t-
      fingerprint\t1\t0
      identity\tx\t\t0\t/f
      style\t900\t-\t0\t1\t0

      """
    let grant = Grant(.allow, directory: "/d", device: 1, inode: 2, selections: [selection])
    #expect(grant.text == lines + "end\t\(Hash.hex(Hash.fnv1a(lines)))\n")
  }

  private static let earlier = """
    atmos-auth-grant 1
    decision\tallow
    directory\t/d\t1\t2
    selection\tdev\t0\t-\t-
    fingerprint\tf00d\t0
    identity\tdev\tr\t0\t/f
    set\tA\t1
    unset\tB

    """

  @Test func `a grant of an earlier release is read, and nothing in it is plain`() throws {
    let grant = try #require(Grant(text: Array(Self.earlier.utf8)))
    let selection = try #require(grant.selection(for: IdentityFile(identity: "dev")))
    #expect(selection.isOutdated && !selection.isChanged)
    #expect(
      selection.activation
        == Activation(
          identity: "dev", realm: "r", set: [.init("A", "1")], unset: ["B"], isProtected: false,
          factsPath: "/f"))
  }

  @Test func `a selection of an earlier release is still known as one when it is written again`()
    throws
  {
    let grant = try #require(Grant(text: Array(Self.earlier.utf8)))
    let again = try #require(Grant(text: Array(grant.text.utf8)))
    #expect(grant.text.hasPrefix("atmos-auth-grant 2\n") && again == grant)
    #expect(again.selections.map(\.isOutdated) == [true])
  }

  @Test(arguments: [
    "expires\tE", "region\tr", "outdated", "+note", "end\t0000000000000000", "future",
  ])
  func `a word of a later format makes an earlier grant void`(line: String) {
    #expect(Grant(text: Array("\(Self.earlier)\(line)\n".utf8)) == nil)
  }

  private func sealed(_ lines: String) -> [UInt8] {
    Array("\(lines)end\t\(Hash.hex(Hash.fnv1a(lines)))\n".utf8)
  }

  private var lines: String {
    // The last line is `end`, a tab, sixteen digits and the line's end.
    String(Self.grants[1].text.dropLast(21))
  }

  @Test(arguments: [
    ("decision\tallow\n", "+word\t%zz\ndecision\tallow\t+by\t+\n"),
    ("unset\tC\t1\n", "unset\tC\t1\t+later\n+\n"), ("unset\tC\t1\n", "\nunset\tC\t1\n"),
  ])
  func `what begins with a plus is skipped`(old: String, new: String) {
    let text = lines.replacing(old, with: new)
    #expect(text != lines)
    #expect(Grant(text: sealed(text)) == Self.grants[1])
  }

  @Test(arguments: [
    ("atmos-auth-grant 2", "atmos-auth-grant 3"), ("atmos-auth-grant 2\n", ""),
    ("decision\tallow\n", ""), ("decision\tallow", "decision\tperhaps"),
    ("directory\t/d%09%25\t", "directory\t\t"), ("unset\tC\t1\n", "unset\tC\t1\nasked\tdev\n"),
    ("unset\tC\t1\n", "unset\tC\t1\tx\n"), ("unset\tC\t1\n", "unset\tC\n"),
    ("unset\tC\t1\n", "unset\tC\t2\n"), ("\t+b\t1\n", "\t+b\n"),
    ("fingerprint\tf00e\t0\n", "fingerprint\tf00e\t1\n"),
    ("fingerprint\tf00d\t1\nfingerprint\tf00e\t0\nfingerprint\tf00f\t0\n", ""),
    ("identity\tdev%20admin", "identity\t$(id)"),
    ("style\t60", "style\tx"), ("expires\tE", "expires\tE;id"), ("trait\t\n", "trait\t%2\n"),
    ("STAGE\t", "STAGE\tx"), ("/missing\t-", "/missing\tx"), ("selection\tdev", "selection"),
  ])
  func `a grant with anything else is void`(old: String, new: String) {
    let text = lines.replacing(old, with: new, maxReplacements: 1)
    #expect(text != lines)
    #expect(Grant(text: sealed(text)) == nil)
  }

  @Test(arguments: ["", "end\n", "end\t0000000000000000\n", "end\t0123\n"])
  func `a grant without its hash is void`(end: String) {
    #expect(Grant(text: sealed(lines)) != nil)
    #expect(Grant(text: Array((lines + end).utf8)) == nil)
  }

  @Test func `a stamp of an earlier release is read, and is that of no file`() throws {
    let text = lines.replacing("/a%20b\t1:2:3:-4:7", with: "/a%20b\t1:2:3:-4")
    #expect(text != lines)
    let stamp = try #require(Grant(text: sealed(text))?.selections[0].inputs[0].stamp)
    #expect(stamp == FileStamp(device: 1, inode: 2, size: 3, modified: -4, changed: 0))
  }

  @Test(arguments: ["x", "\n", "trait\tx\n", "+x\n"])
  func `nothing may follow the hash`(more: String) {
    #expect(Grant(text: sealed(lines) + Array(more.utf8)) == nil)
  }

  @Test func `a grant that was cut anywhere is void`() {
    let text = sealed(lines)
    #expect(text.indices.allSatisfy { Grant(text: Array(text[..<$0])) == nil })
  }

  @Test func `a grant with an altered byte anywhere is void`() {
    let text = sealed(lines)
    let survivors = text.indices.filter { index in
      var altered = text
      altered[index] ^= 1
      return Grant(text: altered) != nil
    }
    #expect(survivors.isEmpty)
  }
}
