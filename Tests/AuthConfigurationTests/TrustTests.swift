import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct TrustTests {
  private func fingerprint(_ yaml: String, env: [String: String] = [:]) throws -> String {
    let world = try World(["repo/atmos.yaml": "auth:\n  realm: r\n" + yaml.dropFirst(6)])
    world.environment.merge(env) { $1 }
    let catalog = try world.catalog()
    return try catalog.trust(for: catalog.identity(named: "dev/admin")).fingerprint
  }

  @Test func `what does not act does not change the fingerprint`() throws {
    let before = try fingerprint(userAndRole)
    let quieter = userAndRole.replacing("    base:", with: "    # a comment\n    base:")
      .replacing(
        "kind: aws/assume-role", with: "kind: \"aws/assume-role\"\n      alias: x\n      tags: [t]")
    #expect(try fingerprint(quieter) == before)
    #expect(try fingerprint(userAndRole + "    other: { kind: mock }\n") == before)
    let moved = userAndRole.replacing("        region: eu-west-1\n", with: "")
      .replacing("      principal:\n", with: "      principal:\n        region: eu-west-1\n")
    #expect(moved != userAndRole)
    #expect(try fingerprint(moved) == before)
  }

  @Test(arguments: [
    ("role/Admin", "role/Other"), ("region: eu-west-1", "region: eu-west-2"),
    ("mfa/jane", "mfa/joe"), ("kind: aws/user", "kind: mock"),
    ("      principal:", "      protected: true\n      principal:"),
    ("      principal:", "      env: [{ key: PATH, value: /tmp }]\n      principal:"),
    (
      "      principal:",
      "      spec: { endpoint_url: \"https://evil.example.com\" }\n      principal:"
    ),
    ("  identities:", "  keyring: { type: file, spec: { path: /tmp/x } }\n  identities:"),
    ("  identities:", "  keyring: { spec: { read: [cat, x] } }\n  identities:"),
    ("  identities:", "  mfa: { sources: [{ command: [cat, x] }] }\n  identities:"),
    ("      credentials:", "      mfa: { sources: [{ pass: x }] }\n      credentials:"),
    (
      "mfa_arn: arn:aws:iam::123456789012:mfa/jane",
      "secret_access_key: !exec cat x\n        access_key_id: a"
    ),
  ])
  func `what acts changes the fingerprint`(old: String, new: String) throws {
    #expect(userAndRole.contains(old))
    #expect(try fingerprint(userAndRole.replacing(old, with: new)) != fingerprint(userAndRole))
  }

  @Test func `where codes come from concerns those who need codes`() throws {
    func traits(_ settings: String) throws -> [String] {
      let yaml = "auth: { realm: r, \(settings)identities: { i: { kind: ambient } } }"
      let catalog = try World(["repo/atmos.yaml": yaml]).catalog()
      return try catalog.trust(for: catalog.identity(named: "i")).traits
    }
    #expect(try traits("mfa: { sources: [{ command: [cat, x] }] }, ") == traits(""))
  }

  @Test func `variables count by their value, secrets by their expression`() throws {
    let yaml = userAndRole.replacing("region: eu-west-1", with: "region: !env R")
      .replacing(
        "mfa_arn: arn:aws:iam::123456789012:mfa/jane",
        with: "access_key_id: AKIAIOSFODNN7EXAMPLE\n        secret_access_key: !env S")
    let before = try fingerprint(yaml, env: ["R": "eu-west-1", "S": "a"])
    #expect(try fingerprint(yaml, env: ["R": "eu-west-1", "S": "b"]) == before)
    #expect(try fingerprint(yaml, env: ["R": "eu-west-2", "S": "a"]) != before)
  }

  @Test func `a secret in the environment counts, and is not shown`() throws {
    func trust(_ value: String, _ name: String = "RESTIC_PASSWORD") throws -> TrustDescription {
      world.environment["HOME"] = world.path("home")
      try world.write(
        "repo/atmos.yaml",
        "auth: { realm: r, identities: { i: { kind: mock, env: { \(name): \(value) } } } }")
      let catalog = try world.catalog()
      return try catalog.trust(for: catalog.identity(named: "i"))
    }
    let world = try World()
    let before = try trust("hush-1")
    #expect(try trust("hush-1") == before)
    #expect(try trust("hush-2").fingerprint != before.fingerprint)
    #expect(before.traits.contains { $0.contains("= (secret ") }, "\(before.traits)")
    #expect(!before.traits.contains { $0.contains("hush") })
    let key = world.path("home/.local/state/atmos-auth/trust/key")
    #expect(try FileSystem.readFile(key)?.count == 32)
    // Without the key nothing can be compared.
    try FileManager.default.removeItem(atPath: key)
    try world.remove("home/.cache")
    #expect(try trust("hush-1").fingerprint != before.fingerprint)
    // Commands and lists of subnets only sound secret.
    #expect(
      try trust("pass show x", "RESTIC_PASSWORD_COMMAND").traits
        .contains { $0.hasSuffix("= pass show x") })
    #expect(try trust("a-b", "TF_VAR_private_subnets").traits.contains { $0.hasSuffix("= a-b") })
  }

  @Test func `traits are lines that people can read, and no value can pass for a line`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      auth:
        realm: r
        identities:
          i: { kind: mock, principal: { region: "a\\nidentity i: kind = mock\\\\" } }
      """
    ])
    let catalog = try world.catalog()
    let trust = try catalog.trust(for: catalog.identity(named: "i"))
    #expect(
      trust.traits == [
        "realm = r", "identity i: kind = mock",
        #"identity i: principal.region = a\nidentity i: kind = mock\\"#,
      ])
    #expect(trust.fingerprint.count == 64)
  }
}
