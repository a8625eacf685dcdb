import Core
import Foundation
import Model
import Synchronization
import Testing

@testable import AuthConfiguration

@Suite struct ChainTests {
  private func chain(
    _ world: World, _ name: String, commands: CommandAccess = .refused
  ) throws -> Chain {
    try world.load().chain(for: name, kinds: World.kinds, commands: commands)
  }

  private func failure(_ yaml: String, _ name: String, commands: CommandAccess = .refused) throws
    -> AuthError
  {
    let world = try World(["repo/atmos.yaml": yaml])
    return try #require(throws: AuthError.self) {
      _ = try chain(world, name, commands: commands)
    }
  }

  @Test func `a chain goes from its provider to the identity that was asked for`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      auth:
        realm: r
        providers: { Corp: { kind: mock/aws } }
        identities:
          top: { kind: aws/assume-role, via: { identity: MIDDLE }, principal: { assume_role: "arn:aws:iam::123456789012:role/T" } }
          Middle: { kind: mock, via: { provider: corp }, alias: mid }
      """
    ])
    let chain = try chain(world, "TOP")
    #expect(chain.realm == "r")
    #expect(chain.links.map(\.name) == ["Corp", "Middle", "top"])
    #expect(chain.links.map(\.kind.section) == [.provider, .identity, .identity])
    #expect(try self.chain(world, "mid").links.map(\.name) == ["Corp", "Middle"])
    let alone = try world.load().chain(
      forProvider: "corp", kinds: World.kinds, commands: .refused)
    #expect(alone.links.map(\.name) == ["Corp"])
  }

  @Test func `an identity that is not there is an error with the near ones`() throws {
    let error = try failure(userAndRole, "dev/admim")
    #expect(error.code == .identityNotFound)
    #expect(error.message == "identity not found: `dev/admim`")
    #expect(
      error.hints == [
        "did you mean `Dev/Admin`?", "run `atmos-auth list` to see available identities",
      ])
    let world = try World(["elsewhere/x": ""])
    let nothing = try #require(throws: AuthError.self) {
      _ = try world.catalog(world.request(in: "elsewhere")).identity(named: "a")
    }
    #expect(
      nothing.hints == ["no `atmos.yaml` was found here or above; `--config-path DIR` names one"])
  }

  @Test func `a provider that is not there is an error with the near one`() throws {
    let world = try World(["repo/atmos.yaml": "auth: { providers: { corp: { kind: mock } } }"])
    let error = try #require(throws: AuthError.self) {
      _ = try world.load().chain(forProvider: "crop", kinds: World.kinds, commands: .refused)
    }
    #expect(error.message == "provider not found: `crop`")
    #expect(error.hints.first == "did you mean `corp`?")
  }

  @Test func `one broken identity does not break the others`() throws {
    let yaml =
      userAndRole + """
            broken: { kind: aws/assume-role, via: { identity: base } }
            above: { kind: mock, via: { identity: broken } }
            a: { kind: mock, via: { identity: b } }
            b: { kind: mock, via: { identity: a } }
            lost: { kind: mock, via: { identity: nobody } }
            abovelost: { kind: mock, via: { identity: lost } }

        """
    let world = try World(["repo/atmos.yaml": yaml])
    #expect(try chain(world, "dev/admin").links.count == 2)
    let file = world.path("repo/atmos.yaml")
    for (name, message) in [
      ("broken", "\(file):13:5: identity `broken`: `principal.assume_role` is missing"),
      ("above", "\(file):13:5: identity `broken`: `principal.assume_role` is missing"),
      ("a", "\(file):15:39: circular dependency detected in identity chain: a → b → a"),
      ("lost", "\(file):17:42: identity `lost`: identity `nobody` is not defined"),
      ("abovelost", "\(file):17:42: identity `lost`: identity `nobody` is not defined"),
    ] {
      let error = try #require(throws: AuthError.self) { _ = try chain(world, name) }
      #expect(error.code == .badConfiguration)
      #expect(error.message == message)
      #expect(error.hints.last == "run `atmos-auth validate` to check everything")
      #expect(try world.catalog().find(name)?.hasErrors == true)
      #expect(try world.catalog().find(name)?.sessionDigest == "")
    }
    #expect(try world.catalog().find("dev/admin")?.hasErrors == false)
  }

  @Test func `a broken file beside the right one does not stop its identities`() throws {
    let world = try World([
      "repo/atmos.yaml": "import: [broken.yaml]\n" + userAndRole, "repo/broken.yaml": "a: [",
    ])
    #expect(try chain(world, "dev/admin").links.count == 2)
    let error = try #require(throws: AuthError.self) { _ = try chain(world, "gone") }
    #expect(error.hints.first == "a file has errors; run `atmos-auth validate`")
  }

  @Test func `a kind of a later release is said to be not supported yet`() throws {
    let error = try failure(
      """
      auth:
        providers:
          corp: { kind: atmos/pro }
        identities:
          s: { kind: aws/assume-role, via: { provider: corp }, principal: { assume_role: "arn:aws:iam::123456789012:role/S" } }
          r: { kind: aws/assume-role, via: { identity: s }, principal: { assume_role: "arn:aws:iam::123456789012:role/R" } }
      """, "r")
    #expect(error.code == .notSupported)
    #expect(
      error.message == "provider `corp`: kind `atmos/pro` is not supported yet")
  }

  // MARK: !exec

  private static let commanded = """
    auth:
      identities:
        base:
          kind: aws/user
          credentials:
            access_key_id: AKIAIOSFODNN7EXAMPLE
            secret_access_key: !exec op read secret
        role:
          kind: aws/assume-role
          via: { identity: base }
          principal: { assume_role: !exec "cat role" }
          env: [{ key: A, value: !exec "cat a" }, { key: B, value: b }]
        other: { kind: mock }
    """

  @Test func `commands run only when the file is trusted with all of them`() throws {
    let world = try World(["repo/atmos.yaml": Self.commanded])
    let asked = Mutex<[String]>([])
    let ran = Mutex<[String]>([])
    let refusing = CommandAccess(
      isTrusted: { file, expressions in
        asked.withLock { $0 += [file] + expressions }
        return false
      },
      run: { command, _ in
        ran.withLock { $0.append(command) }
        return ""
      })
    let error = try #require(throws: AuthError.self) {
      _ = try chain(world, "role", commands: refusing)
    }
    #expect(error.code == .loginRequired)
    #expect(
      asked.withLock { $0 } == [
        world.path("repo/atmos.yaml"), "!exec op read secret", "!exec cat role", "!exec cat a",
      ])
    #expect(error.hints.contains("the command is `!exec cat role`"))
    #expect(ran.withLock { $0 } == [])
    #expect(try chain(world, "other", commands: refusing).links.count == 1)
    #expect(ran.withLock { $0 } == [])
  }

  private func access(_ outputs: [String: String]) -> CommandAccess {
    CommandAccess(
      isTrusted: { _, _ in true },
      run: { command, directory throws(AuthError) in
        guard directory.hasSuffix("/repo"), let output = outputs[command] else {
          throw AuthError(.system, "`\(command)` failed in \(directory)")
        }
        return output
      })
  }

  @Test func `outputs take the places of commands`() throws {
    let world = try World(["repo/atmos.yaml": Self.commanded])
    let outputs = [
      "op read secret": "s3cret\n", "cat role": "arn:aws:iam::123456789012:role/R\n", "cat a": "1",
    ]
    let chain = try chain(world, "role", commands: access(outputs))
    #expect(chain.target.source.traits.contains(Trait("role", "arn:aws:iam::123456789012:role/R")))
    let pairs = try world.load().environment(for: "role", commands: access(outputs))
    #expect(pairs.map(\.name) == ["A", "B"])
    #expect(pairs.map(\.value) == ["1", "b"])
  }

  @Test func `what a command writes is checked as if it were written in the file`() throws {
    let outputs = ["op read secret": "s", "cat role": "nonsense", "cat a": ""]
    let error = try failure(Self.commanded, "role", commands: access(outputs))
    #expect(error.code == .badConfiguration)
    #expect(
      error.message.contains("`principal.assume_role` is not an ARN: `output of !exec cat role`"))
  }

  @Test func `a command that fails ends the login with its error`() throws {
    let error = try failure(Self.commanded, "role", commands: access([:]))
    #expect(error.code == .system)
  }

  @Test func `a command may write a map as JSON`() throws {
    let yaml = "auth: { identities: { i: { kind: mock/aws, principal: !exec principal } } }"
    let world = try World(["repo/atmos.yaml": yaml])
    let output = "{\n\t\"account\": {\"id\": \"123456789012\"}, \"region\": \"eu-west-1\"\n}\n"
    let chain = try chain(world, "i", commands: access(["principal": output]))
    #expect(chain.target.source.traits.contains(Trait("account", "123456789012")))
    #expect(chain.target.source.traits.contains(Trait("region", "eu-west-1")))
  }

  @Test func `no command runs for listing, validating or naming`() throws {
    let world = try World(["repo/atmos.yaml": Self.commanded])
    let catalog = try world.catalog()
    #expect(catalog.diagnostics == [])
    let base = try #require(catalog.find("base"))
    let role = try #require(catalog.find("role"))
    #expect(base.isStable && base.sessionDigest.count == 64)
    #expect(!role.isStable && role.sessionDigest.isEmpty)
    #expect(role.environment.map(\.name) == ["B"])
    #expect(
      catalog.trust(for: role).traits.contains(
        "identity role: principal.assume_role = !exec cat role"))
  }

  @Test func `a secret from a command does not change the digest`() throws {
    let world = try World(["repo/atmos.yaml": Self.commanded])
    let chain = try chain(world, "base", commands: access(["op read secret": "anything"]))
    let digest = Hex.sha256(chain.digestInput(through: 0))
    #expect(try world.catalog().find("base")?.sessionDigest == digest)
  }
}

@Suite struct UnsupportedKindTests {
  private static let samples = """
    auth:
      providers:
        az: { kind: azure/cli, spec: { tenant_id: t, subscription_id: s, location: westeurope } }
        azd: { kind: azure/device-code, spec: { tenant_id: t, client_id: c, cloud_environment: china } }
        azi: { kind: azure/interactive, spec: { tenant_id: t } }
        azo: { kind: azure/oidc, spec: { tenant_id: t, client_id: c, audience: a, token_file_path: f } }
        adc: { kind: gcp/adc, spec: {} }
        wif: { kind: gcp/workload-identity-federation, spec: { project_number: 123456789012, workload_identity_pool: p, workload_identity_provider_id: q, token_source: { type: url, url: "https://token.actions.githubusercontent.com/x", allowed_hosts: [a] } } }
        pro: { kind: atmos/pro, spec: { workspace_id: w, base_url: "https://atmos-pro.com" } }
      identities:
        sub: { kind: azure/subscription, via: { provider: az }, principal: { subscription_id: s, resource_group: g } }
        sa: { kind: gcp/service-account, via: { provider: adc }, principal: { service_account_email: a@p.iam.gserviceaccount.com, lifetime: 3600 } }
        project: { kind: gcp/project, principal: { project_id: p, zone: z } }
        proid: { kind: atmos/pro, via: { provider: pro } }
        awsemu: { kind: aws/emulator, emulator: localstack }
        gcpemu: { kind: gcp/emulator, emulator: e }
        azemu: { kind: azure/emulator, emulator: e }
        k8semu: { kind: kubernetes/emulator, emulator: e }
      integrations:
        ecr: { kind: aws/ecr, via: { identity: sub }, spec: { auto_provision: false, registry: { account_id: 012345678901, region: eu-west-1 } } }
        pub: { kind: aws/ecr-public, via: { identity: sub } }
        eks: { kind: aws/eks, via: { identity: sub }, spec: { cluster: { name: c, region: eu-west-1, alias: a, kubeconfig: { path: p, mode: "0600", update: merge } } } }
        acr: { kind: azure/acr, via: { identity: sub }, spec: { registry: { name: r } } }
        aks: { kind: azure/aks, via: { identity: sub }, spec: { cluster: { name: c, resource_group: g } } }
        gke: { kind: gcp/gke, via: { identity: sa }, spec: { cluster: { name: c, project_id: p, location: l } } }
        git: { kind: github/sts, via: { provider: pro }, spec: { repos: [a/b], git_config_mode: env } }

    """

  @Test func `every kind of atmos validates and is listed, and none can log in yet`() throws {
    let world = try World(["repo/atmos.yaml": Self.samples])
    let catalog = try world.catalog()
    #expect(catalog.diagnostics.map(described) == [])
    #expect(catalog.identities.allSatisfy { !$0.isSupported && !$0.hasErrors })
    #expect(catalog.providers.allSatisfy { !$0.isSupported })
    let used = Set(
      catalog.identities.map { "identity \($0.kind)" }
        + catalog.providers.map { "provider \($0.kind)" }
        + catalog.integrations.map { "integration \($0.kind)" })
    #expect(
      used
        == Set(
          World.all.filter { $0.makeSource == nil }.map { "\($0.section.rawValue) \($0.name)" }))
    for name in catalog.names {
      let error = try #require(throws: AuthError.self) {
        _ = try world.load().chain(for: name, kinds: World.kinds, commands: .refused)
      }
      #expect(error.code == .notSupported)
      #expect(error.message.hasSuffix("is not supported yet"))
    }
  }

  @Test(arguments: [
    (
      "root: { kind: aws/assume-root, via: { identity: m }, principal: { target_principal: 123456789012, task_policy_arn: S3UnlockBucketPolicy } }",
      "(write `arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy`)"
    ),
    (
      "root: { kind: aws/assume-root, via: { identity: m }, principal: { target_principal: 123456789012, task_policy_arn: \"arn:aws:iam::aws:policy/root-task/S3UnlockBucket\" } }",
      "AWS is not known to have this root task"
    ),
    (
      "p: { kind: aws/permission-set, via: { provider: x }, principal: { name: A } }",
      "`principal.account.id` or `principal.account.name` is missing"
    ),
    (
      "a/b: { kind: gcp/project, principal: { project_id: p } }",
      "names of kind `gcp/project` have no `/`"
    ),
    (
      "s: { kind: gcp/service-account, via: { identity: m }, principal: { service_account_email: a@b.c } }",
      "is not the e-mail address of a service account"
    ),
  ])
  func `what their fields do not say is checked`(line: String, message: String) throws {
    let found = try faults("auth:\n  identities:\n    m: { kind: mock }\n    \(line)\n")
    #expect(found.contains { $0.contains(message) }, "\(found)")
  }
}
