import Foundation
import Testing
import ToolCommands

/// gcloud's list of its commands.
private let list: URL? = InstalledToolTests.directories.lazy
  .map { URL(fileURLWithPath: "\($0)/gcloud").resolvingSymlinksInPath() }
  .map { URL(fileURLWithPath: "../../data/cli/gcloud_completions.py", relativeTo: $0) }
  .first { FileManager.default.fileExists(atPath: $0.path) }

/// The commands and options of the gcloud that this machine has, from its completion's own list.
@Suite(.enabled(if: list != nil, "gcloud's list of commands is not installed"))
struct InstalledGcloudTests {
  /// A group or a command.
  private struct Node: Decodable {
    var commands: [String: Node]
    var flags: [String: Flag]

    /// Each command below, by its words.
    func all(_ path: [String] = []) -> [[String]] {
      commands.isEmpty ? [path] : commands.flatMap { $1.all(path + [$0]) }
    }
  }

  /// What is said of an option: that it has no value, or what values it has.
  private struct Flag: Decodable {
    var isSwitch: Bool

    init(from decoder: any Decoder) throws {
      isSwitch = (try? decoder.singleValueContainer().decode(String.self)) == "bool"
    }
  }

  // It is a module in Python whose one value is JSON as well.
  private static func root() throws -> Node {
    let text = try Data(contentsOf: try #require(list))
    let start = try #require(text.firstIndex(of: UInt8(ascii: "{")))
    return try JSONDecoder().decode(Node.self, from: text[start...])
  }

  private static func reads(_ verb: String) -> Bool {
    ["list", "describe", "get", "search"].contains { verb == $0 || verb.hasPrefix($0 + "-") }
      || ["read", "wait"].contains(verb)
  }

  @Test func `commands that only read are told from all others by the table`() throws {
    let commands = try Self.root().all().map { path in
      ["alpha", "beta", "preview"].contains(path.first) ? Array(path.dropFirst()) : path
    }
    #expect(commands.count > 5_000)
    // To read a line takes long enough that each verb and each group is looked at once.
    let verbs = Set(commands.compactMap(\.last))
    for verb in verbs {
      let command = try #require(
        ToolCommand.read(["gcloud", "compute", "instances", verb], environment: [:]))
      #expect(command.commandClass == (Self.reads(verb) ? .plan : .apply), "\(verb)")
    }
    let groups = Set(commands.filter { Self.reads($0.last ?? "") }.flatMap { $0.dropLast() })
    for group in groups {
      let command = try #require(
        ToolCommand.read(["gcloud", "compute", group, "list"], environment: [:]))
      // A group such as `test` may be a verb, so it counts as that.
      let isVerb = command.words == ["compute", group]
      #expect(command.commandClass == (isVerb ? .apply : .plan), "\(group)")
    }
  }

  @Test func `options for all commands take their values`() throws {
    let flags = try Self.root().flags
    #expect(flags.count > 10)
    for (name, flag) in flags where !["--help", "--version"].contains(name) {
      let words = ["gcloud", name] + (flag.isSwitch ? [] : ["delete"]) + ["projects", "list"]
      let command = try #require(ToolCommand.read(words, environment: [:]))
      #expect(command.words == ["projects", "list"], "\(name)")
      #expect(command.commandClass == .plan, "\(name)")
    }
  }
}
