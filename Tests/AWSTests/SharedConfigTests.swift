import Core
import TestSupport
import Testing

@testable import AWS

/// The rules of the AWS SDKs' shared tests of the profile parser, with our own inputs.
///
/// Where botocore, which decides here, or we do something else than those tests ask, the case says
/// why. Origin of the rules: `profile-parser-tests.json` of smithy-rs.
@Suite struct SharedConfigTests {
  /// A rule with an input, and what is read of it.
  struct Rule: CustomTestStringConvertible, Sendable {
    var name: String
    var config: String
    var credentials = ""
    /// Each profile's settings, as `key=value`; those below a key as `key.inner=value`.
    var profiles: [String: [String]] = [:]
    var sessions: [String: [String]] = [:]
    /// A word of each remark.
    var remarks: [String] = []
    /// Why this is not what the shared tests ask for.
    var deviation: String?

    var testDescription: String { name }
  }

  @Test(arguments: rules) func `a rule of the shared files`(rule: Rule) {
    let shared = SharedConfig(config: rule.config, credentials: rule.credentials)
    #expect(shared.profiles.mapValues(Self.settings) == rule.profiles)
    #expect(shared.sessions.mapValues(Self.settings) == rule.sessions)
    let remarks = shared.remarks.map(\.text)
    #expect(remarks.count == rule.remarks.count, "\(remarks)")
    for (remark, word) in zip(remarks, rule.remarks) { #expect(remark.contains(word)) }
  }

  private static func settings(_ section: SharedConfig.Section) -> [String] {
    section.settings.flatMap { key, setting in
      setting.nested.isEmpty
        ? ["\(key)=\(setting.value)"]
        : setting.nested.map { "\(key).\($0.key)=\($0.value)" }
    }.sorted()
  }

  private static let refused = "an error there; we read what can be read, and say so"

  static let rules: [Rule] = [
    // Titles.
    Rule(name: "an empty file", config: ""),
    Rule(name: "a profile without settings", config: "[profile one]", profiles: ["one": []]),
    Rule(
      name: "the characters of names", config: "[profile a-b:c/d_e%f.g@h+1]",
      profiles: ["a-b:c/d_e%f.g@h+1": []]),
    Rule(
      name: "other characters in names", config: "[profile one!two]", profiles: ["one!two": []],
      deviation: "no profile there; botocore takes any name that is one word to a shell"),
    Rule(
      name: "a title without its bracket", config: "[profile one\na = 1",
      remarks: ["has no `]`"], deviation: refused),
    Rule(
      name: "a title without its bracket ends the section above",
      config: "[profile one]\na = 1\n[profile two\na = 2", profiles: ["one": ["a=1"]],
      remarks: ["has no `]`"], deviation: refused),
    Rule(
      name: "a title without a name ends the section above",
      config: "[profile one]\na = 1\n[]\na = 2", profiles: ["one": ["a=1"]],
      remarks: ["is empty"], deviation: refused),
    Rule(
      name: "blanks around a name", config: "[profile \t one\t ]\na = 1",
      profiles: ["one": ["a=1"]]),
    Rule(name: "a tab before a name", config: "[profile\tone]", profiles: ["one": []]),
    Rule(
      name: "blanks before `profile`", config: "[ profile one ]\na = 1\n[profile two]",
      profiles: ["two": []],
      deviation: "trimmed there; botocore looks at the title as it stands"),
    Rule(
      name: "blanks around a name among the credentials", config: "",
      credentials: "[ one ]\na = 1", profiles: [" one ": ["a=1"]],
      deviation: "trimmed there; botocore takes the name as it stands"),
    Rule(
      name: "a name with blanks and no quotes", config: "[profile one two]\na = 1",
      credentials: "[three four]\nb = 2", profiles: ["three four": ["b=2"]],
      deviation: "neither is a profile there; botocore takes any title of the credentials file"),
    Rule(
      name: "a name with blanks and quotes", config: "[profile \"one two\"]\na = 1",
      profiles: ["one two": ["a=1"]]),
    Rule(
      name: "no blank before the name", config: "[profileone]\na = 1\n[profile two]",
      profiles: ["two": []]),
    Rule(name: "no `profile`", config: "[one]\na = 1"),
    Rule(name: "`profile` among the credentials", config: "", credentials: "[profile one]\na = 1"),
    Rule(
      name: "settings of a title that is no profile stay apart",
      config: "[profile one]\na = 1\n[profile no name]\na = 2\n[profile two]\na = 3",
      profiles: ["one": ["a=1"], "two": ["a=3"]]),
    Rule(
      name: "a sign-in session", config: "[sso-session one]\na = 1\n[profile two]",
      profiles: ["two": []], sessions: ["one": ["a=1"]]),
    Rule(
      name: "`sso-session` and a name in one word among the credentials", config: "",
      credentials: "[sso-sessionone]\na = 1", profiles: ["sso-sessionone": ["a=1"]]),
    // What follows a title.
    Rule(
      name: "comments beside titles",
      config: "[profile one]# x\na = 1\n[profile two];x\na = 2\n[profile three] # x\na = 3",
      profiles: ["one": ["a=1"], "two": ["a=2"], "three": ["a=3"]]),
    Rule(
      name: "text beside a title", config: "[profile one]\na = 1\n[profile two] (x)\na = 2",
      profiles: ["one": ["a=1"], "two": ["a=2"]], remarks: ["what follows `]`"]),
    Rule(
      name: "a bracket in what follows a title",
      config: "[profile one]\na = 1\n[profile two] # [x]\na = 2", profiles: ["one": ["a=1"]],
      remarks: ["to its last `]`"],
      deviation: "a comment there; botocore looks for the last bracket"),
    // Settings.
    Rule(
      name: "a setting without a section", config: "a = 1\n[profile one]\nb = 2",
      profiles: ["one": ["b=2"]], remarks: ["before the first section"], deviation: refused),
    Rule(
      name: "line ends of Windows", config: "[profile one]\r\na = 1\r\nb = 2",
      profiles: ["one": ["a=1", "b=2"]]),
    Rule(
      name: "line ends of old Macs", config: "[profile one]\ra = 1\rb = 2",
      profiles: ["one": ["a=1", "b=2"]]),
    Rule(
      name: "an equals sign in a value", config: "[profile one]\na = b=c",
      profiles: ["one": ["a=b=c"]]),
    Rule(
      name: "characters of all kinds in a value", config: "[profile one]\na = 🙂é",
      profiles: ["one": ["a=🙂é"]]),
    Rule(
      name: "blanks around keys and values", config: "[profile one]\na \t= \t b \t",
      profiles: ["one": ["a=b"]]),
    Rule(name: "an empty value", config: "[profile one]\na =", profiles: ["one": ["a="]]),
    Rule(
      name: "a setting without a name", config: "[profile one]\n= 1\na = 2",
      profiles: ["one": ["a=2"]], remarks: ["has no name"], deviation: refused),
    Rule(
      name: "a colon", config: "[profile one]\na : 1", profiles: ["one": ["a=1"]],
      deviation: "an error there; Python takes `:` for `=`"),
    Rule(
      name: "a line that is no setting", config: "[profile one]\nnonsense\na = 1",
      profiles: ["one": ["a=1"]], remarks: ["neither a section nor"], deviation: refused),
    Rule(
      name: "keys in capitals", config: "[profile one]\nABC-_ = 1",
      profiles: ["one": ["abc-_=1"]]),
    Rule(
      name: "a blank in a key", config: "[profile one]\na b = 1", profiles: ["one": ["a b=1"]],
      deviation: "left out there; nobody looks for such a key"),
    Rule(
      name: "blank lines", config: "\t \n[profile one]\n \na = 1\n\t\n[profile two]\n ",
      profiles: ["one": ["a=1"], "two": []]),
    // Comments.
    Rule(
      name: "lines that are comments", config: "# x\n[profile one]\n; x\n  # x\na = 1",
      profiles: ["one": ["a=1"]]),
    Rule(
      name: "comments after values", config: "[profile one]\na = 1 # x ; y\nb = 2\t; x # y",
      profiles: ["one": ["a=1", "b=2"]], remarks: ["read as a comment", "read as a comment"]),
    Rule(
      name: "no blank before the sign", config: "[profile one]\na = 1# x\nb = 2; x",
      profiles: ["one": ["a=1# x", "b=2; x"]]),
    Rule(
      name: "signs in commands and paths",
      config: "[profile one]\ncredential_process = /bin/p a # b ; c\nca_bundle = /a ;b",
      profiles: ["one": ["ca_bundle=/a ;b", "credential_process=/bin/p a # b ; c"]],
      deviation: "comments there; botocore knows none after a value"),
    // Lines that continue.
    Rule(
      name: "a line that continues a value", config: "[profile one]\na = b\n  -c\t\n\t-d # e",
      profiles: ["one": ["a=b\n-c\n-d # e"]]),
    Rule(
      name: "an indented setting continues the value before",
      config: "[profile one]\na = 1\n b = 2",
      profiles: ["one": ["a=1\nb = 2"]], remarks: ["takes it for more of `a`"]),
    Rule(
      name: "an indented title continues the value before",
      config: "[profile one]\na = 1\n [profile two]\nb = 2",
      profiles: ["one": ["a=1\n[profile two]", "b=2"]], remarks: ["takes it for more of `a`"]),
    Rule(
      name: "comments and blank lines in a value",
      config: "[profile one]\na = 1\n  # x\n\n  2\n\nb = 3",
      profiles: ["one": ["a=1\n\n2", "b=3"]]),
    Rule(
      name: "an indented line without a section", config: "  x\n[profile one]",
      profiles: ["one": []], remarks: ["before the first section"], deviation: refused),
    Rule(
      name: "an indented line without a setting", config: "[profile one]\n  x\na = 1",
      profiles: ["one": ["a=1"]], remarks: ["neither a section nor"], deviation: refused),
    Rule(
      name: "a title ends a value", config: "[profile one]\na = 1\n[profile two]\n  x",
      profiles: ["one": ["a=1"], "two": []], remarks: ["neither a section nor"],
      deviation: refused),
    Rule(
      name: "a whole file that is indented", config: "  [profile one]\n  a = 1\n  b = 2",
      profiles: ["one": ["a=1", "b=2"]]),
    // Settings below a key.
    Rule(
      name: "settings below a key", config: "[profile one]\ns3 =\n  Name = 1\n\t\n  other=2\nb = 3",
      profiles: ["one": ["b=3", "s3.Name=1", "s3.other=2"]]),
    Rule(
      name: "a line below a key without an equals sign", config: "[profile one]\ns3 =\n  x",
      profiles: ["one": ["s3="]], remarks: ["a line without `=`"], deviation: refused),
    Rule(
      name: "empty values and odd names below a key",
      config: "[profile one]\ns3 =\n  a =\n  b c = 1",
      profiles: ["one": ["s3.a=", "s3.b c=1"]]),
    // Twice the same.
    Rule(
      name: "a profile twice", config: "[profile one]\na = 1\nb = 1\n[profile one]\na = 2",
      profiles: ["one": ["a=2", "b=1"]], remarks: ["[profile one] appears twice"]),
    Rule(
      name: "a setting twice", config: "[profile one]\nA = 1\na = 2", profiles: ["one": ["a=2"]],
      remarks: ["`a` appears twice"]),
    Rule(
      name: "one profile by two titles", config: "[profile one]\na = 1\n[profile \"one\"]\nb = 2",
      profiles: ["one": ["b=2"]], remarks: ["takes the place"]),
    Rule(
      name: "[default] and then [profile default]",
      config: "[default]\na = 1\n[profile default]\nb = 2", profiles: ["default": ["b=2"]],
      remarks: ["takes the place"]),
    Rule(
      name: "[profile default] and then [default]",
      config: "[profile default]\na = 1\n[default]\nb = 2\n[profile default]\nc = 3",
      credentials: "[default]\nd = 4", profiles: ["default": ["a=1", "c=3", "d=4"]],
      remarks: ["[profile default] appears twice", "does not count"]),
    Rule(
      name: "both files", config: "[profile one]\na = 1\nb = 1",
      credentials: "[one]\nb = 2\nc = 2", profiles: ["one": ["a=1", "b=2", "c=2"]]),
    // What only Python has.
    Rule(
      name: "[DEFAULT] counts for every section of its file",
      config: "[DEFAULT]\na = 0\nb = 0\n[profile one]\na = 1\n[sso-session two]\n",
      credentials: "[one]\nc = 3\n[three]\n",
      profiles: ["one": ["a=1", "b=0", "c=3"], "three": []],
      sessions: ["two": ["a=0", "b=0"]]),
    Rule(
      name: "[DEFAULT] of the credentials wins as the rest of that file does",
      config: "[profile one]\na = 1", credentials: "[DEFAULT]\na = 2\n[one]\n",
      profiles: ["one": ["a=2"]]),
  ]

  @Test func `what no AWS tool reads is named`() throws {
    let scratch = try Scratch()
    for mark: [UInt8] in [[0xFF, 0xFE], [0xFE, 0xFF]] {
      let path = try scratch.write("config", "")
      try FileSystem.replace(path, mark + [0x5B, 0, 0x64, 0])
      let error = try #require(throws: AuthError.self) { _ = try SharedConfigFile.read(path) }
      #expect(error.message.contains("UTF-16"))
    }
    #expect(SharedConfigFile([0xEF, 0xBB, 0xBF]).remarks.map(\.line) == [1])
    #expect(SharedConfigFile([0x5B, 0xFF, 0x5D]).remarks.first?.text.contains("UTF-8") == true)
  }

  @Test(arguments: [
    ("~/x", "/home/me/x"), ("$HOME/x", "/home/me/x"), ("${HOME}/x", "/home/me/x"),
    ("~", "/home/me"),
    ("$NONE/x", "/cwd/$NONE/x"), ("${HOME/x", "/cwd/${HOME/x"), ("x", "/cwd/x"), ("/a~/b", "/a~/b"),
    ("~you/x", "/cwd/~you/x"),
  ])
  func `paths are expanded as the AWS CLI does it`(given: String, path: String) {
    let paths = SharedConfigPaths(
      environment: [
        "HOME": "/home/me", "AWS_CONFIG_FILE": given, "AWS_SHARED_CREDENTIALS_FILE": given,
      ], directory: "/cwd")
    #expect(paths.config == path)
    #expect(paths.credentials == path)
  }

  @Test func `any reading of a title is taken by a name`() {
    #expect(SharedConfigTitle.profiles(config: "profile \"a b\"") == ["a b", "\"a b\""])
    #expect(SharedConfigTitle.profiles(config: " profile a ") == ["a"])
    #expect(SharedConfigTitle.profiles(config: "profile a b") == ["a b"])
    #expect(SharedConfigTitle.profiles(config: "default") == ["default"])
    #expect(SharedConfigTitle.profiles(config: "sso-session a") == [])
  }
}
