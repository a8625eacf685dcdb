import Core
import Foundation
import LineEditor
import TestSupport
import Testing

@Suite struct LineHistoryTests {
  private let scratch: Scratch
  private var directory: String { scratch.path }

  init() throws { scratch = try Scratch() }

  @Test func `each line is there once, where it was last`() throws {
    let history = LineHistory(path: "\(directory)/repl-history")
    for line in ["whoami", "list", "whoami"] { try history.append(line) }
    #expect(history.lines == ["list", "whoami"])
    let mode = try FileManager.default.attributesOfItem(atPath: "\(directory)/repl-history")
    #expect(mode[.posixPermissions] as? Int == 0o600)
  }

  @Test func `two at a time lose nothing of each other`() async throws {
    let path = "\(directory)/repl-history"
    await withTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          for number in 0..<10 { try? LineHistory(path: path).append("use \(writer)-\(number)") }
        }
      }
    }
    #expect(Set(LineHistory(path: path).lines).count == 40)
  }

  @Test func `only the last thousand are kept`() throws {
    try FileSystem.writeAtomically(
      "\(directory)/repl-history", Array((0..<1500).map { "use \($0)\n" }.joined().utf8))
    let history = LineHistory(path: "\(directory)/repl-history")
    try history.append("whoami")
    #expect(history.lines.count == 1000)
    #expect(history.lines.first == "use 501" && history.lines.last == "whoami")
  }

  @Test(arguments: [
    "whoami", "use core:admin", "assume arn:aws:iam::123456789012:role/Deploy",
    "assume arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
    "!aws s3 ls --region eu-west-1", "console --destination cloudformation", "!git log -n 12345",
    "assume arn:aws:iam::123456789012:role/ADMINISTRATORACCESS",
    "!curl https://example.com:8080/a@b",
  ])
  func `ordinary lines are kept`(line: String) {
    #expect(HistoryRule(for: line) == .everywhere)
  }

  @Test(arguments: [
    " whoami", "123456", "mfa 654321", "use 12345678", "123 456", "!oathtool --code=123456",
    "!export AWS_SECRET_ACCESS_KEY=x", "!curl -H 'Token: x' --token abc",
    "!echo AKIAIOSFODNN7EXAMPLE", "use ASIAIOSFODNN7EXAMPLE",
    "!echo wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "!psql password=hunter2",
    "!x eyJhbGciOiJIUzI1NiJ9.e30.x", "!true ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "!true glpat-abcdefghijklmnopqrst", "!true xoxb-17653672481", "!x IQoJb3JpZ2luX2VjE",
    "!oathtool -b GEZDGNBVGY3TQOJQ", "!git clone https://user:word@example.com/x",
  ])
  func `lines with what may be a secret are not`(line: String) {
    #expect(HistoryRule(for: line) == .nowhere)
  }

  @Test func `an external id is remembered until the end only`() {
    #expect(
      HistoryRule(for: "assume arn:aws:iam::123456789012:role/a --external-id ab-1") == .session)
  }
}
