import Foundation
import Model
import OIDC
import Testing

@testable import AWS
@testable import LocalKinds

@Suite struct ReferencePageTests {
  // Those that this release can log in with; `mock/aws` is on the page of `mock`.
  private static let kinds = (AWSKinds.all + LocalKinds.all + OIDCKinds.all).filter {
    $0.makeSource != nil && $0.name != "mock/aws"
  }

  @Test(arguments: Set(kinds.map(\.name)).sorted())
  func `a kind's page has a row for each of its fields, and no other`(name: String) throws {
    let page = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/kinds/\(name.replacingOccurrences(of: "/", with: "-")).md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let rows = text.split(separator: "\n").compactMap { line -> String? in
      guard line.hasPrefix("| `"), let end = line.dropFirst(3).firstIndex(of: "`") else {
        return nil
      }
      return String(line.dropFirst(3)[..<end])
    }
    let kind = try #require(Self.kinds.first { $0.name == name })
    let fields = kind.fields.map { $0.path.joined(separator: ".") }
    #expect(rows.filter(isField) == fields)
    #expect(text.hasPrefix("# `\(name)`"))
  }

  /// Rows of the table of errors begin with a message, not with a key.
  private func isField(_ row: String) -> Bool {
    !row.isEmpty && row.allSatisfy { $0.isLowercase || $0 == "." || $0 == "_" }
  }
}
