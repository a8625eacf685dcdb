import Foundation
import Testing
import ToolCommands

/// The tools that this machine has must have no command that is not in a table.
@Suite struct InstalledToolTests {
  static let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  static func isInstalled(_ name: String) -> Bool {
    directories.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
  }

  /// What a program prints, standard error included.
  private func output(_ words: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// The first words of lines that a help text indents by two or four columns, below headings that
  /// end with a colon.
  private func commands(_ help: String) -> [String] {
    var isList = false
    var result: [String] = []
    for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.hasPrefix(" ") {
        isList = line.hasSuffix(":") && line.lowercased().contains("commands")
      } else if isList, !line.hasPrefix("     "), let word = line.split(separator: " ").first {
        result.append(String(word))
      }
    }
    return result
  }

  private func isKnown(_ words: [String]) -> Bool {
    ToolCommand.read(words, environment: [:])?.reason == nil
  }

  @Test(
    .enabled(if: isInstalled("terraform"), "terraform is not installed"),
    arguments: [[], ["state"], ["workspace"], ["providers"], ["metadata"]])
  func `terraform's own commands are in the table`(_ group: [String]) throws {
    try check("terraform", group)
  }

  @Test(
    .enabled(if: isInstalled("tofu"), "tofu is not installed"),
    arguments: [[], ["state"], ["workspace"], ["providers"], ["metadata"]])
  func `tofu's own commands are in the table`(_ group: [String]) throws {
    try check("tofu", group)
  }

  private func check(_ tool: String, _ group: [String]) throws {
    let help = try output([tool] + group + ["-help"])
    let words = commands(help)
    #expect(!words.isEmpty, "\(help)")
    for word in words {
      #expect(isKnown([tool] + group + [word]), "\(group) \(word)")
    }
  }

  @Test(
    .enabled(if: isInstalled("kubectl"), "kubectl is not installed"),
    arguments: [
      [], ["auth"], ["rollout"], ["apply"], ["config"], ["create"], ["set"], ["certificate"],
      ["top"], ["cluster-info"], ["plugin"],
    ])
  func `kubectl's own commands are in the table`(_ group: [String]) throws {
    let help = try output(["kubectl"] + group + ["--help"])
    let words = commands(help)
    #expect(!words.isEmpty, "\(help)")
    for word in words {
      let command = try #require(
        ToolCommand.read(["kubectl"] + group + [word], environment: [:]))
      #expect(command.reason == nil, "\(group) \(word)")
      #expect(command.words.first == group.first ?? word)
    }
  }

  @Test(.enabled(if: isInstalled("kubectl"), "kubectl is not installed"))
  func `kubectl's options for all commands take their values`() throws {
    var count = 0
    for line in try output(["kubectl", "options"]).split(separator: "\n") {
      let text = line.trimmingCharacters(in: .whitespaces)
      guard text.hasPrefix("-"), text.hasSuffix(":"), let equals = text.firstIndex(of: "=") else {
        continue
      }
      let isSwitch = ["true:", "false:"].contains(text[text.index(after: equals)...])
      for name in text[..<equals].components(separatedBy: ", ") {
        count += 1
        let words = ["kubectl", name] + (isSwitch ? [] : ["get"]) + ["delete", "pod"]
        let command = try #require(ToolCommand.read(words, environment: [:]))
        #expect(command.words == ["delete"], "\(name)")
        #expect(command.reason == nil, "\(name)")
      }
    }
    #expect(count > 20)
  }

  /// Where the AWS CLI's list of its options is: beside the programs, or where pyenv keeps them.
  private static let awsData: String? = directories.lazy.flatMap { directory in
    ["\(directory)/../lib"]
      + names("\(directory)/../versions").map { "\(directory)/../versions/\($0)/lib" }
  }.flatMap { library in
    names(library).map { "\(library)/\($0)/site-packages/awscli/data/cli.json" }
  }.first { FileManager.default.fileExists(atPath: $0) }

  private static func names(_ directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
  }

  @Test(.enabled(if: awsData != nil, "the AWS CLI's own list of options is not installed"))
  func `the AWS CLI's options for all commands take their values`() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: try #require(Self.awsData)))
    let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let options = try #require(root["options"] as? [String: [String: Any]])
    #expect(options.count > 10)
    for (name, option) in options {
      let isSwitch = (option["action"] as? String ?? "").hasPrefix("store_")
      guard name != "version" else { continue }
      let words = ["aws", "--\(name)"] + (isSwitch ? [] : ["s3"]) + ["ec2", "run-instances"]
      let command = try #require(ToolCommand.read(words, environment: [:]))
      #expect(command.words == ["ec2", "run-instances"], "\(name)")
      #expect(command.reason == nil, "\(name)")
    }
  }
}
