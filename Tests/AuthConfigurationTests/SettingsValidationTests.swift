import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct SettingsValidationTests {
  @Test(arguments: [
    ("{ A: b }", "`env` must be a list"), ("[{ value: b }]", "an item of `env` has no `key`"),
    ("[{ key: A }]", "`A` in `env` has no `value`"),
    ("[{ key: 1A, value: b }]", "`1A` cannot name a variable"),
    ("[{ key: ATMOS_IDENTITY, value: b }]", "`ATMOS_IDENTITY` decides how atmos-auth works"),
    ("[{ key: __ATMOS_AUTH_STATE, value: b }]", "`__ATMOS_AUTH_STATE` decides how"),
    ("[{ key: CI, value: '1' }]", "`CI` decides how atmos-auth works"),
    ("[{ key: 'A=B', value: b }]", "`A=B` cannot name a variable"),
    ("[{ key: A, value: [b] }]", "the value of `A` must be text"),
    ("[{ key: A, value: \"b\\0\" }]", "the value of `A` has a NUL in it"),
    ("[{ key: A, value: b, x: y }]", "unknown key `x` in `env`"),
  ])
  func `env is a list of keys and values`(env: String, message: String) throws {
    let found = try faults("auth: { identities: { i: { kind: mock, env: \(env) } } }")
    #expect(found.count == 1 && found[0].contains(message), "\(found)")
  }

  @Test(arguments: [
    (
      "logs: { level: info }",
      "`logs.level` must be one of `Debug`, `Info`, `Warn`, `Error`, not `info` (write `Info`)"
    ),
    (
      "keyring: { type: keychain }",
      "`keyring.type` must be one of `system`, `file`, `memory`, `command`, not `keychain`"
    ),
    (
      "keyring: { spec: { password_env: hunter2 hunter2 } }",
      "`keyring.spec.password_env` must be the name of a variable"
    ),
    ("keyring: { spec: { unlock_for: long } }", "`keyring.spec.unlock_for` is not a duration"),
    ("keyring: file", "`keyring` must be a map"),
    ("keyring: { spec: { timeout: soon } }", "`keyring.spec.timeout` is not a duration"),
    (
      "keyring: { spec: { read: pass show } }", "`keyring.spec.read` must be a list of words"
    ),
    (
      "keyring: { type: command, spec: { read: [cat] } }",
      "the command keyring needs `keyring.spec.write`, `keyring.spec.remove`, `keyring.spec.list`"
    ),
    ("shell: { prompt: maybe }", "`shell.prompt` must be true or false, not `maybe`"),
    ("trust: lax", "`trust` must be `strict`, or a map (with `mode:` and `directories:` in it)"),
    ("trust: [strict]", "`trust` must be `strict`, or a map"),
    ("trust: { mode: lax }", "`trust.mode` must be one of `strict`, not `lax`"),
    ("trust: { directories: { a: b } }", "`trust.directories` must be a list of texts"),
    ("trust: { dirs: [a] }", "unknown key `trust.dirs`"),
    ("shell: { color: red }", "`shell.color` must be `auto` or `never`"),
    (
      "shell: { symbol: aaaaaaaaaaaaaaaaaaaa }",
      "`shell.symbol` must be text of 16 characters at most"
    ),
    ("shell: { warn_before: -5m }", "`shell.warn_before` is not a duration"),
    ("identities: [a]", "`auth.identities` must be a map from names to definitions"),
    (
      "realm: !exec hostname",
      "`!exec` is carried out inside providers, identities and integrations only"
    ),
  ])
  func `settings are checked`(line: String, message: String) throws {
    let found = try faults("auth:\n  \(line)\n")
    #expect(found.count == 1 && found[0].contains(message), "\(found)")
  }

  @Test func `settings are read`() throws {
    let world = try World([
      "home/.atmos/atmos.yaml": """
      auth:
        logs: { level: Debug }
        console: { isolated: true }
        keyring: { type: file, spec: { path: ~/keys, password_env: KEY_PW, unlock_for: 1d } }
        shell: { prompt: off, switch: false, warn_before: 5m, symbol: "»", color: never, ascii: on }
      """
    ])
    for _ in 0..<2 {
      let catalog = try world.catalog()
      #expect(catalog.diagnostics == [])
      #expect(catalog.logLevel == "Debug")
      #expect(catalog.isConsoleIsolated)
      #expect(
        catalog.keyring
          == KeyringSettings(
            type: "file", path: world.path("home/keys"), passwordEnvironment: "KEY_PW",
            unlockFor: 86_400))
      #expect(!catalog.shell.showsPrompt && !catalog.shell.switches)
      #expect(!catalog.shell.style.usesColor)
      #expect(
        catalog.shell.style
          == PromptStyle(
            warnBefore: 300, symbol: "»", showsRegion: false, usesColor: false, isASCII: true))
    }
  }

  @Test(arguments: [
    ("kind: aws/eks\nvia: { identity: i }", "`spec.cluster.name` is missing"),
    (
      "kind: aws/ecr\nvia: { identity: i }\nspec: { registry: { account_id: 1, region: eu-west-1 } }",
      "`spec.registry.account_id` must be an account id"
    ),
    (
      "kind: aws/ecr-public\nvia: { identity: i }\nspec: { registry: { region: eu-west-1 } }",
      "must be one of `us-east-1`, `us-west-2`"
    ),
    ("kind: gcp/gke\nspec: { cluster: { name: c, project_id: p, location: l } }", "has no `via`"),
    ("kind: github/sts\nvia: { identity: nobody }", "identity `nobody` is not defined"),
    ("kind: aws/ekss\nvia: { identity: i }", "unknown kind `aws/ekss` (did you mean `aws/eks`?)"),
  ])
  func `integrations are checked`(lines: String, message: String) throws {
    let body = lines.split(separator: "\n").map { "      \($0)\n" }.joined()
    let found = try faults(
      "auth:\n  identities: { i: { kind: mock } }\n  integrations:\n    x:\n\(body)")
    #expect(
      found.contains { $0.contains("error: integration `x`") && $0.contains(message) }, "\(found)")
  }

  @Test func `secrets are in no message and no excerpt`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      auth:
        providers:
          p:
            kind: aws/saml
            url: !env SAML_URL
            region: nowhere
            password: [hunter2hunter2]
        identities:
          u:
            kind: aws/user
            credentials: { access_key_id: [x], secret_access_key: hunter2hunter2, regoin: x }
            env:
              - key: API_TOKEN
                value: [hunter2hunter2]
            private_key: |
              hunter2hunter2: hunter2hunter2
              : hunter2hunter2
      """
    ])
    world.environment["SAML_URL"] = "hunter2hunter2"
    let diagnostics = try world.load().diagnostics(kinds: World.kinds)
    #expect(diagnostics.count >= 5)
    let report = DiagnosticReport(diagnostics, workingDirectory: world.root)
    #expect(!report.text().contains("hunter2"), "\(report.text())")
    #expect(!report.json().contains("hunter2"))
    #expect(try !world.catalog().identities.contains { $0.maskedJSON.contains("hunter2") })
  }
}
