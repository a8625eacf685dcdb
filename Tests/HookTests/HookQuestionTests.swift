import Core
import TestSupport
import Testing

@testable import Hook

/// Questions of a shell and the answers to them, with files as they are there.
@Suite struct HookQuestionTests {
  private let scratch: Scratch
  private let paths: StatePaths

  init() throws {
    scratch = try Scratch()
    paths = StatePaths { [scratch] in $0 == "HOME" ? scratch.path : nil }
    try write("dev\n")
  }

  private var file: String { "\(scratch.path)/\(IdentityFile.name)" }

  private func write(_ text: String) throws {
    try FileSystem.writeAtomically(file, Array(text.utf8))
  }

  private static let selection = Grant.Selection(
    file: IdentityFile(identity: "dev"), fingerprint: "f00d", traits: [], inputs: [],
    environment: [],
    activation: Activation(
      identity: "dev", realm: "r", set: [.init("A", "1")], plain: ["A"], isProtected: false,
      factsPath: "/nowhere/dev.facts"))

  /// Stores a grant for the directory, changed by `change`.
  private func grant(_ change: (inout Grant) -> Void = { _ in }) throws {
    let stamp = try #require(FileSystem.stamp(scratch.path))
    var grant = Grant(
      .allow, directory: scratch.path, device: stamp.device, inode: stamp.inode,
      selections: [Self.selection])
    change(&grant)
    try grant.write(paths)
  }

  /// The lines of the answer, without the functions' prefix and without the sentinel.
  private func ask(
    _ question: String = "directory", shell: String = "bash", in directory: String? = nil,
    file: String? = nil, active: String = "", given variables: [String: String] = [:]
  ) throws -> [String] {
    let environment = variables.merging(["HOME": scratch.path]) { $1 }
    let words = [shell, question, "80", directory ?? scratch.path, file ?? self.file, active]
    let hook = try #require(
      HookQuestion(
        question == "session" ? Array(words[..<3]) : words, now: Instant(secondsSince1970: 1000),
        uptime: 5, environment: { environment[$0] }))
    let end = ShellAnswer.sentinel + "\n"
    let text = hook.answer()
    #expect(text.hasSuffix(end))
    return text.dropLast(end.utf8.count).replacing("__atmos_auth_", with: "")
      .split(separator: "\n").map(String.init)
  }

  private static let nobody = ["restore", "mark ''", "state"]

  /// Nobody, until something about trust is decided.
  private func refused(_ reason: String?) -> [String] {
    let lines = ["restore", "mark ''", "state '\(paths.generationPath)' ''"]
    guard let reason else { return lines }
    let text = "atmos-auth: \(reason)"
    return lines + ["say '\(Hash.hex(Hash.fnv1a(text)))' '\(text)'"]
  }

  private static let active: [String] = {
    let digest = Hash.hex(selection.activation.digest)
    let hash = Hash.hex(Hash.fnv1a("1"))
    return [
      "put 'A' '' '1'",
      "mark '2 directory \(digest) + +dev 0 +/nowhere/dev.facts 900 - 0 1 0 - - A \(hash) -'",
      "state '/nowhere/dev.facts' '' 'dev' '\(digest)' '' '' '0' '0' 'unknown' '900' '@' '1'"
        + " '@dev' 'unknown' '0' '0' ''",
    ]
  }()

  @Test(arguments: ["bash", "zsh"]) func `a directory that is allowed`(shell: String) throws {
    try grant()
    #expect(try ask(shell: shell) == Self.active)
  }

  @Test func `a directory that is allowed, in fish`() throws {
    try grant()
    let lines = [
      Self.active[0], Self.active[1].replacing("mark", with: "set '-gx' '__ATMOS_AUTH_DIFF'"),
    ]
    #expect(
      try ask(shell: "fish") == [(lines + [Self.active[2]]).map { "\($0); " }.joined()])
  }

  @Test func `a directory below the file`() throws {
    try grant()
    #expect(try ask(in: "\(scratch.path)/below") == Self.active)
  }

  @Test(arguments: ["/else/where", "", "below"])
  func `a file that is not above the directory is not believed`(directory: String) throws {
    try grant()
    #expect(try ask(in: directory) == refused(nil))
  }

  @Test func `no file, a missing one, and one that says nobody`() throws {
    try grant()
    #expect(try ask(file: "") == Self.nobody)
    try write("none\n")
    #expect(try ask() == Self.nobody)
    _ = try FileSystem.remove(file)
    #expect(try ask() == Self.nobody)
  }

  @Test func `a directory that nobody decided about`() throws {
    let hint = "see `atmos-auth status`, then `atmos-auth allow`"
    #expect(try ask() == refused("`\(file)` asks for `dev`; \(hint)"))
    try write("profile = p\n")
    #expect(try ask() == refused("`\(file)` asks for the default identity; \(hint)"))
  }

  @Test func `a directory that was denied is not spoken of`() throws {
    try grant {
      $0.decision = .deny
      $0.selections = []
    }
    #expect(try ask() == refused(nil))
  }

  @Test func `a file with a fault`() throws {
    try grant()
    try write("# a\nb;c\n")
    #expect(
      try ask()
        == refused("`\(file)` is ignored: line 2: `b;c` cannot be the name of an identity"))
  }

  @Test func `what was allowed has changed`() throws {
    try grant { $0.selections[0].isChanged = true }
    #expect(
      try ask()
        == refused(
          "what `dev` means here has changed; see `atmos-auth status`, then `atmos-auth allow`"))
  }

  @Test func `a protected identity`() throws {
    try grant {
      $0.selections[0].activation.isProtected = true
      $0.selections[0].activation.identity = "dev admin"
    }
    let answer = try ask()
    #expect(answer.last?.contains(#"enter it with `atmos-auth use '\''dev admin'\''`"#) == true)
    #expect(answer.dropLast() == refused(nil)[...])
  }

  private func next() -> [String] { ["next 'revalidate' '\(scratch.path)'"] }

  @Test func `what it rests on is looked at once`() throws {
    let missing = FileStamp(device: 1, inode: 1, size: 1, modified: 1, changed: 7)
    try grant { $0.selections[0].inputs = [.init(path: "/nowhere", stamp: missing)] }
    #expect(try ask() == next())
    #expect(
      try ask("again")
        == refused("what `dev` means could not be checked; see `atmos-auth status`"))
  }

  @Test func `a grant of an earlier release is written again, or used as it is`() throws {
    try grant { $0.selections[0].isOutdated = true }
    #expect(try ask() == next())
    #expect(try ask("again") == Self.active)
  }

  @Test func `variables count as they were before an identity changed them`() throws {
    try grant { $0.selections[0].environment = [.init(name: "A", value: "mine")] }
    let digest = Hash.hex(Self.selection.activation.digest)
    let head = "2 directory \(digest) + +dev 0 +/nowhere/dev.facts 900 - 0 1 0 - -"
    let marker = "\(head) A \(Hash.hex(Hash.fnv1a("1"))) +mine"
    #expect(try ask(given: ["A": "1"]) == next())
    let answer = try ask(active: digest, given: ["A": "1", Marker.variable: marker])
    #expect(answer.first == "mark '\(marker)'")
  }

  @Test(arguments: ["none", "OFF", "0"])
  func `nobody, set by hand`(word: String) throws {
    try grant()
    let mark = "2 environment 0000000000000000 + + 0 + 900 - 0 1 0 - -"
    #expect(
      try ask(given: ["ATMOS_IDENTITY": word])
        == ["restore", "pin 'environment' 'none'", "mark '\(mark)'", "state"])
  }

  @Test func `an identity that was set by hand is for others to find`() throws {
    try grant()
    #expect(try ask(given: ["ATMOS_IDENTITY": "x"]) == ["next 'environment'"])
    #expect(try ask(given: ["ATMOS_IDENTITY": ""]) == Self.active)
  }

  @Test func `the session of a pinned identity`() throws {
    let marker = "2 pin 0123456789abcdef + +dev 1 +/nowhere 60 +x 0 0 0 - +r"
    #expect(
      try ask("session", given: [Marker.variable: marker]) == [
        "mark '\(marker)'",
        "state '/nowhere' '' 'dev' '0123456789abcdef' '!' '' '0' '0' 'unknown' '60' 'x' ''"
          + " 'x!dev' 'unknown' '0' '0' ''",
      ])
    #expect(try ask("session") == [])
  }

  @Test(arguments: [
    [], ["bash"], ["bash", "session"], ["bash", "session", "80", "x"],
    ["tcsh", "session", "80"], ["posix", "session", "80"], ["bash", "status", "80"],
    ["bash", "directory", "80", "/", "/x"], ["bash", "again", "80", "/", "/x", "", ""],
  ])
  func `other words are not a question`(words: [String]) {
    let question = HookQuestion(
      words, now: Instant(secondsSince1970: 0), uptime: 0, environment: { _ in nil })
    #expect(question == nil)
  }
}
