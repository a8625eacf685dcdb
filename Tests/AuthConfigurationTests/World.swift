import AWS
import Azure
import Core
import Foundation
import GCP
import LocalKinds
import Model
import OIDC
import TestSupport
import Testing

@testable import AuthConfiguration

/// A private directory with files, a home, and an environment.
final class World {
  private let scratch: Scratch
  var environment: [String: String]
  static let all = AWSKinds.all + AzureKinds.all + GCPKinds.all + LocalKinds.all + OIDCKinds.all
  static let registry = Registry(
    clouds: [.aws, .azure, .gcp], otherKinds: { LocalKinds.all + OIDCKinds.all })
  static let kinds = registry.kinds

  init(_ files: [String: String] = [:]) throws {
    // Discovery compares real paths with what it was given, as `--chdir` gives them.
    scratch = try Scratch()
    environment = ["HOME": "\(scratch.path)/home"]
    for (path, text) in files { try write(path, text) }
    if files["repo/.git/HEAD"] == nil { try write("repo/.git/HEAD", "ref: refs/heads/main\n") }
  }

  var root: String { scratch.path }

  func path(_ relative: String) -> String { "\(root)/\(relative)" }

  /// Writes a file; its time is a minute ago, so that its stamp counts at once.
  func write(_ relative: String, _ text: String, secondsAgo: Double = 60) throws {
    let path = path(relative)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -secondsAgo)], ofItemAtPath: path)
  }

  func remove(_ relative: String) throws {
    try FileManager.default.removeItem(atPath: path(relative))
  }

  func request(
    in directory: String = "repo", configFiles: [String] = [], configPaths: [String] = [],
    profiles: [String] = [], basePath: String? = nil
  ) -> ConfigurationRequest {
    ConfigurationRequest(
      workingDirectory: path(directory), environment: environment,
      paths: StatePaths { self.environment[$0] }, basePath: basePath, configFiles: configFiles,
      configPaths: configPaths, profiles: profiles, systemDirectory: path("system"))
  }

  func load(_ request: ConfigurationRequest? = nil) throws -> FullConfiguration {
    try FullConfiguration.load(request ?? self.request())
  }

  func catalog(
    _ request: ConfigurationRequest? = nil, build: String = "1", now: Instant? = nil
  ) throws -> Catalog {
    try Catalog.load(
      request ?? self.request(), build: build, now: now ?? Self.now, registry: Self.registry)
  }

  static var now: Instant { Instant(secondsSince1970: Int64(Date().timeIntervalSince1970)) }

  var indexFiles: [String] {
    let directory = path("home/.cache/atmos-auth/index")
    return ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? [])
      .map { "\(directory)/\($0)" }
  }
}

/// The diagnostics of one `atmos.yaml`, each as `line:column severity message`.
func faults(_ yaml: String, environment: [String: String] = [:]) throws -> [String] {
  let world = try World(["repo/atmos.yaml": yaml])
  world.environment.merge(environment) { $1 }
  return try world.load().diagnostics(kinds: World.kinds).map(described)
}

func described(_ diagnostic: Diagnostic) -> String {
  let place = diagnostic.mark.map { "\($0.line):\($0.column) " } ?? ""
  let hint = diagnostic.suggestion.map { " (\($0))" } ?? ""
  return "\(place)\(diagnostic.severity.rawValue): \(diagnostic.message)\(hint)"
}

/// Compares with a file beside the tests; `UPDATE_GOLDEN=1` writes it, and fails.
func expectGolden(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens/\(name)")
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
    try Data(text.utf8).write(to: file)
    Issue.record("wrote \(name)", sourceLocation: sourceLocation)
    return
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  #expect(text == expected, sourceLocation: sourceLocation)
}

/// An identity with everything that a chain needs.
let userAndRole = """
  auth:
    identities:
      base:
        kind: aws/user
        credentials:
          mfa_arn: arn:aws:iam::123456789012:mfa/jane
      Dev/Admin:
        kind: aws/assume-role
        via: { identity: base }
        principal:
          assume_role: arn:aws:iam::210987654321:role/Admin
          region: eu-west-1

  """
