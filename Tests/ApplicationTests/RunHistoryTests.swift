import Core
import TestSupport
import Testing

@testable import Application

/// What earlier runs of a command say about the next one.
@Suite struct RunHistoryTests {
  private static func instant(_ seconds: Int64) -> Instant { Instant(secondsSince1970: seconds) }

  @Test(
    arguments: [
      ([], nil), ([600], nil), ([600, 600], 900), ([0, 0, 0], nil), ([100, 200, 300], 300),
      ([100, 200, 300, 400], 375), ([3600, 60, 60], 90), ([1, 1], 1),
    ] as [([Int64], Int64?)])
  func `the median and half as much again`(lengths: [Int64], expected: Int64?) {
    #expect(RunHistory.expected(of: lengths) == expected)
  }

  private func history(_ scratch: Scratch, _ words: [String] = ["terraform", "apply"]) -> RunHistory
  {
    RunHistory(
      of: words, as: "prod", realm: "r", in: "/src/stack",
      StatePaths { $0 == "HOME" ? scratch.path : nil })
  }

  @Test func `a run lasts until it last asked for credentials`() throws {
    let scratch = try Scratch()
    let paths = StatePaths { $0 == "HOME" ? scratch.path : nil }
    for start: Int64 in [1000, 5000] {
      let run = history(scratch).begin(at: Self.instant(start), process: 7)
      RunHistory.note(run, at: Self.instant(start + 10), paths)
      RunHistory.note(run, at: Self.instant(start + 1200), paths)
    }
    #expect(history(scratch).expected == 1800)
    #expect(history(scratch, ["terraform", "plan"]).expected == nil, "each command has its own")
  }

  @Test func `only a run that began is noted`() throws {
    let scratch = try Scratch()
    let paths = StatePaths { $0 == "HOME" ? scratch.path : nil }
    let run = history(scratch).begin(at: Self.instant(1000), process: 7)
    for made in ["", "x", "../../x/1-2", run + "9", run.replacing("/", with: "/../"), "a/1-2"] {
      RunHistory.note(made, at: Self.instant(9000), paths)
    }
    let names = try #require(try FileSystem.list("\(paths.state)/runs"))
    #expect(names.count == 1)
    #expect(history(scratch).expected == nil)
  }

  @Test func `the oldest runs are forgotten`() throws {
    let scratch = try Scratch()
    let paths = StatePaths { $0 == "HOME" ? scratch.path : nil }
    for number: Int64 in 0..<40 {
      _ = history(scratch).begin(at: Self.instant(1000 + number), process: 7)
    }
    let directory = try #require(try FileSystem.list("\(paths.state)/runs")?.first)
    #expect(try FileSystem.list("\(paths.state)/runs/\(directory)")?.count == 20)
  }
}
