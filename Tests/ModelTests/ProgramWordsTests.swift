import Foundation
import Model
import Testing

@Suite struct ProgramWordsTests {
  @Test(arguments: [
    (["./tool"], ["@/./tool"]), (["not/there"], ["@/not/there"]), (["tool"], ["tool"]),
    (["/usr/bin/x"], ["/usr/bin/x"]),
    (
      ["x", "tool", "--load=sub/ext", "-v", "not/there", "--a=b", "--empty=", ""],
      ["x", "@/tool", "--load=@/sub/ext", "-v", "not/there", "--a=b", "--empty=", ""]
    ),
  ])
  func `relative names are those beside the file`(words: [String], expected: [String]) throws {
    let directory = FileManager.default.temporaryDirectory.path + "/words-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory + "/sub/ext", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Data().write(to: URL(fileURLWithPath: directory + "/tool"))
    let resolved = ProgramWords.resolved(words, beside: directory + "/atmos.yaml")
    #expect(resolved.map { $0.replacingOccurrences(of: directory, with: "@") } == expected)
  }
}
