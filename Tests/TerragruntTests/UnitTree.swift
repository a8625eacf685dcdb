import Foundation
import Terragrunt
import TestSupport

/// Files of terragrunt's, each in its directory.
final class UnitTree {
  private let scratch: Scratch

  init(_ files: [String: String]) throws {
    scratch = try Scratch()
    for (name, text) in files { try write(name, text) }
  }

  var path: String { scratch.path }

  func write(_ name: String, _ text: String) throws {
    let directory = "\(path)/\(name)".split(separator: "/").dropLast().joined(separator: "/")
    try FileManager.default.createDirectory(
      atPath: "/" + directory, withIntermediateDirectories: true)
    _ = try scratch.write(name, text)
  }

  /// What a unit's files say.
  func unit(
    _ name: String = "unit", _ environment: [String: String] = [:],
    yaml: @escaping YAMLDecoder = { _ in nil }
  ) -> TerragruntUnit? {
    TerragruntUnit("\(path)/\(name)/terragrunt.hcl", environment: environment, yaml: yaml)
  }
}
