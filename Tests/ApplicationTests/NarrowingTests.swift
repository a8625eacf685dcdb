import Core
import Model
import TestSupport
import Testing

@testable import Application

@Suite struct NarrowingTests {
  private static let readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"

  private func options(_ policies: String..., duration: String? = nil) -> NarrowingOptions {
    var options = NarrowingOptions()
    (options.policies, options.duration) = (policies, duration)
    return options
  }

  @Test func `nothing narrows nothing`() throws {
    #expect(NarrowingOptions().isEmpty)
    #expect(try NarrowingOptions().narrowing(in: "/") == nil)
  }

  @Test func `policies by name and a duration`() throws {
    var options = options(Self.readOnly, duration: "1h")
    options.isReadOnly = true
    let narrowing = try #require(try options.narrowing(in: "/"))
    #expect(narrowing.policyNames == [Self.readOnly])
    #expect(narrowing.duration == 3600)
    #expect(narrowing.isReadOnly)
    #expect(narrowing.policy == nil)
  }

  @Test(arguments: ["14m", "12h1s", "1", "x", ""])
  func `a duration that no role's session has`(_ duration: String) {
    #expect(throws: AuthError.self) {
      try options(Self.readOnly, duration: duration).narrowing(in: "/")
    }
  }

  @Test(arguments: [
    "arn:", "arn:aws:s3:::bucket", "arn:aws:iam::aws:role/x", "arn:aws:iam::aws:policy/a b",
    "arn:aws:iam::aws:policy/\u{7F}",
  ])
  func `a name that is not a policy's`(_ name: String) {
    #expect(throws: AuthError.self) { try options(name).narrowing(in: "/") }
  }

  @Test func `a file is taken without the blanks between its parts`() throws {
    let directory = try Scratch()
    let text = "{ \"Statement\" : [ { \"Sid\" : \"a \\\" b\" } ] }\n"
    try FileSystem.writeAtomically("\(directory.path)/p.json", text.utf8)
    let narrowing = try #require(try options("p.json").narrowing(in: directory.path))
    #expect(narrowing.policy == "{\"Statement\":[{\"Sid\":\"a \\\" b\"}]}")
    #expect(throws: AuthError.self) {
      try options("p.json", "p.json").narrowing(in: directory.path)
    }
  }

  @Test(arguments: ["", "[]", "{}", "{\"Statement\":[]", "{\"statement\":[]}"])
  func `a file that is not a policy`(_ text: String) throws {
    let directory = try Scratch()
    try FileSystem.writeAtomically("\(directory.path)/p.json", text.utf8)
    #expect(throws: AuthError.self) { try options("p.json").narrowing(in: directory.path) }
  }

  @Test func `a policy that no session takes`() throws {
    let directory = try Scratch()
    let frame = "{\"Statement\":\"\"}".utf8.count
    for (count, isTaken) in [(2048, true), (2049, false)] {
      let text = "{\"Statement\":\"\(String(repeating: "x", count: count - frame))\"}"
      try FileSystem.writeAtomically("\(directory.path)/p.json", text.utf8)
      let narrowing = try? options("p.json").narrowing(in: directory.path)
      #expect((narrowing != nil) == isTaken, "\(count)")
    }
  }

  @Test func `what a program with less may ask for`() throws {
    let inside = [NarrowedSession.variable: "x"]
    for command in ["exec", "credential-process", "list", "whoami"] {
      try NarrowedProgram.check(command, inside)
    }
    for command in ["env", "login", "allow", "use", "hook", "", "frob"] {
      #expect(throws: AuthError.self) { try NarrowedProgram.check(command, inside) }
      try NarrowedProgram.check(command, [NarrowedSession.variable: ""])
    }
    try NarrowedProgram.check(narrowed: "x", inside)
    try NarrowedProgram.check(narrowed: "y", [:])
    #expect(throws: AuthError.self) { try NarrowedProgram.check(narrowed: "y", inside) }
  }
}
