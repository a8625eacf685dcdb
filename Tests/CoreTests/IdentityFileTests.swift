import Testing

@testable import Core

@Suite struct IdentityFileTests {
  @Test(arguments: [
    ("dev", IdentityFile(identity: "dev")), ("dev\n", IdentityFile(identity: "dev")),
    ("\u{feff}dev\r\n", IdentityFile(identity: "dev")),
    ("  prod admin \t# the old one\n\n# end", IdentityFile(identity: "prod admin")),
    (
      "identity = dev\nprofile=p\nregion = eu-west-1",
      IdentityFile(identity: "dev", profile: "p", region: "eu-west-1")
    ),
    ("profile = p", IdentityFile(profile: "p")), ("none", IdentityFile(isNobody: true)),
    ("identity = OFF\n", IdentityFile(isNobody: true)),
    ("a.b_c/d@e+f:g-h", IdentityFile(identity: "a.b_c/d@e+f:g-h")),
  ])
  func `what a file says`(text: String, file: IdentityFile) {
    #expect(IdentityFile.parse(text.utf8) == .success(file))
  }

  @Test func `a file in UTF-16 is named for what it is`() {
    for bytes: [UInt8] in [[0xff, 0xfe, 0x64, 0], [0xfe, 0xff, 0, 0x64]] {
      #expect(
        IdentityFile.parse(bytes)
          == .failure(.init(line: 1, text: "the file is UTF-16: save it as UTF-8")))
    }
  }

  @Test(arguments: [
    ("", 1, "identity"), ("# dev\n", 1, "identity"),
    ("dev\nprod\n", 2, "a second identity"), ("none\ndev", 2, "a second identity"),
    ("dev\nregion = a\nregion = b", 3, "a second region"), ("\n\ndev;id", 3, "cannot be the name"),
    ("$(id)", 1, "cannot be the name"), ("dev#x", 1, "cannot be the name"),
    ("identity =", 1, "cannot be the name"), ("-x", 1, "cannot be the name"),
    ("profile = a b\nregion = EU", 2, "`EU`"), ("realm = x", 1, "`realm`"),
    ("d\u{e9}v", 1, "characters"), ("dev\u{1b}[31m", 1, "characters"),
    ("a\u{0}", 1, "characters"), ("identity: dev", 1, "write `identity = dev`"),
    ("dev\nregion:eu-west-1", 2, "write `region = eu-west-1`"),
  ])
  func `what is wrong with a file, and where`(text: String, line: Int, reason: String) {
    guard case .failure(let fault) = IdentityFile.parse(text.utf8) else {
      Issue.record("it was read")
      return
    }
    #expect(fault.line == line)
    #expect(fault.text.contains(reason), "\(fault.text)")
  }

  @Test func `a file has at most its limit of bytes`() {
    let comment = "dev #" + String(repeating: "x", count: IdentityFile.limit - 5)
    #expect(IdentityFile.parse(comment.utf8) == .success(IdentityFile(identity: "dev")))
    guard case .failure(let fault) = IdentityFile.parse((comment + "x").utf8) else {
      Issue.record("it was read")
      return
    }
    #expect(fault.text.contains("larger"))
  }

  @Test(arguments: [
    ("a", true), ("A1 b", true), ("", false), (" a", false), ("a ", false), ("-a", false),
    ("é", false), ("a\nb", false), ("a$", false), (String(repeating: "a", count: 128), true),
    (String(repeating: "a", count: 129), false),
  ])
  func `names that a shell may see`(name: String, isSafe: Bool) {
    #expect(IdentityName.isShellSafe(name) == isSafe)
  }
}
