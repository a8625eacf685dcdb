import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct ValidationTests {
  @Test func `a configuration without faults has none`() throws {
    #expect(try faults(userAndRole) == [])
    #expect(try faults("") == [])
    #expect(try faults("auth:\n") == [])
  }

  @Test func `every fault of every file is reported at once`() throws {
    let world = try World([
      "repo/atmos.yaml": Self.broken,
      "repo/.atmos.d/ids.yaml": "auth:\n  identities:\n    lonely: {}\n    x: [\n",
      "repo/.atmos.d/more.yaml": "auth:\n  identities:\n    lonely: {}\n",
    ])
    let diagnostics = try world.load().diagnostics(kinds: World.kinds)
    let report = DiagnosticReport(diagnostics, workingDirectory: world.path("repo"))
    try expectGolden(report.text(), "broken.txt")
    try expectGolden(report.json().replacing(world.root, with: "ROOT"), "broken.json")
    #expect(try world.catalog().diagnostics == diagnostics)
    #expect(try world.catalog().isFromIndex)
    #expect(try world.catalog().errorCount == diagnostics.count { $0.severity == .error })
  }

  @Test func `the JSON report is JSON`() throws {
    let mark = SourceMark(file: "/x/\u{1b}[31m\"\\", line: 1, column: 2)
    let report = DiagnosticReport(
      [Diagnostic(.error, "a \u{202e}\n\t\"b\"", mark: mark), Diagnostic(.warning, "c")],
      workingDirectory: "/")
    let objects = try JSONSerialization.jsonObject(with: Data(report.json().utf8))
    let list = try #require(objects as? [[String: Any]])
    #expect(list.count == 2)
    #expect(list[0]["message"] as? String == "a \u{202e}\n\t\"b\"")
    #expect(list[0]["file"] as? String == mark.file)
    #expect(list[1]["line"] is NSNull)
    #expect(!report.json().utf8.contains(0x1b))
    #expect(DiagnosticReport([], workingDirectory: "/").json() == "[]\n")
  }

  private static func role(_ lines: String) -> String {
    let indented = lines.split(separator: "\n").map { "        \($0)\n" }.joined()
    return """
      auth:
        identities:
          base: { kind: mock/aws }
          r:
            kind: aws/assume-role
            via: { identity: base }
            principal:
              assume_role: arn:aws:iam::123456789012:role/R
      \(indented)
      """
  }

  @Test(arguments: [
    (
      "region: eu-west1",
      "`principal.region` is not an AWS region: `eu-west1` (did you mean `eu-west-1`?)"
    ),
    (
      "region: EU-WEST-1",
      "`principal.region` is not an AWS region: `EU-WEST-1` (did you mean `eu-west-1`?)"
    ),
    ("region: [a]", "`principal.region` must be a region, not a list"),
    (
      "duration: soon",
      "`principal.duration` is not a duration: `soon` (write `3600`, `90m`, `1h30m` or `2d`)"
    ),
    ("tags: [a]", "`principal.tags` must be a map from texts to texts"),
    ("tags: { a: [b] }", "`principal.tags` must be a map whose values are texts"),
    ("policy_arns: { a: b }", "`principal.policy_arns` must be a list of texts"),
  ])
  func `values are what their fields say`(line: String, message: String) throws {
    let found = try faults(Self.role(line))
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasSuffix("error: identity `r`: \(message)") == true, "\(found)")
  }

  @Test(arguments: [
    "region: eu-west-1", "region: mx-central-1", "duration: 3600",
    "duration: 1h30m", "tags: { a: b, c: 1 }", "session_name: 0123", "region: ~", "region: ''",
    "x-note: anything", "_note: { anything: here }",
  ])
  func `values of the right form pass`(line: String) throws {
    #expect(try faults(Self.role(line)) == [])
  }

  @Test(arguments: [
    ("arn:aws:iam::12345678901:role/R", "has no account id of 12 digits"),
    ("arn:aws:iam::1234-5678-9012:role/R", "(write the account as `123456789012`)"),
    ("arn:aws:sts::123456789012:role/R", "must be an ARN of iam"),
    ("arn:aws:iam::123456789012:user/R", "(it names a user, and a role is needed)"),
    ("arn:aws:iam::123456789012:role/", "is not the ARN of a role"),
    ("arn:awz:iam::123456789012:role/R", "is in a partition that AWS does not have"),
    ("role/R", "is not an ARN: `role/R` (it looks like `arn:aws:iam::123456789012:role/NAME`)"),
    ("'arn:aws:iam::123456789012:role/R R'", "has characters that no ARN has"),
  ])
  func `a bad ARN is explained`(arn: String, message: String) throws {
    let found = try faults(
      "auth: { identities: { b: { kind: mock }, r: { kind: aws/assume-role, via: { identity: b }, "
        + "principal: { assume_role: \(arn) } } } }")
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains(message) == true, "\(found)")
  }

  @Test(arguments: ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"])
  func `every partition's ARNs pass`(partition: String) throws {
    let found = try faults(
      "auth: { identities: { b: { kind: mock }, r: { kind: aws/assume-role, via: { identity: b }, "
        + "principal: { assume_role: 'arn:\(partition):iam::123456789012:role/p/R' } } } }")
    #expect(found == [])
  }

  @Test(
    arguments: [
      ("123456789012", nil), ("000012345678", nil), ("012345670123", nil), ("'123456789012'", nil),
      ("12345678901", "(are leading zeros missing? then write `\"012345678901\"`)"),
      ("1234-5678-9012", "(write `123456789012`)"), ("acme", "must be an account id of 12 digits"),
      ("1.23456789012e11", "must be an account id of 12 digits"),
    ] as [(String, String?)])
  func `account ids are twelve digits, quoted or not`(id: String, message: String?) throws {
    let found = try faults(
      "auth: { identities: { i: { kind: mock/aws, principal: { account: { id: \(id) } } } } }")
    if let message {
      #expect(found.count == 1 && found[0].contains(message), "\(found)")
    } else {
      #expect(found == [])
      let world = try World([
        "repo/atmos.yaml":
          "auth: { identities: { i: { kind: mock/aws, principal: { account: { id: \(id) } } } } }"
      ])
      #expect(try world.catalog().find("i")?.account == id.filter { $0 != "'" })
    }
  }

  @Test(arguments: [
    (
      "kind: aws/iam-identity-center\nstart_url: corp.awsapps.com\nregion: eu-west-1",
      "`start_url` is not an address: `corp.awsapps.com` (it begins with `https://` and a host)"
    ),
    (
      "kind: aws/iam-identity-center\nregion: eu-west-1",
      "`start_url` is missing (add `start_url: https://…`)"
    ),
    (
      "kind: aws/iam-identity-center\nstart_url: !env SSO_URL\nregion: eu-west-1",
      "`start_url` is empty: the variable of `!env SSO_URL` is not set"
    ),
    ("kind: aws/saml\nurl: ''\nregion: eu-west-1", "`url` is empty"),
    (
      "kind: azure/cli\nspec: { tenant_id: t, cloud_environment: Public }",
      "`spec.cloud_environment` must be one of `public`, `usgovernment`, `china`, not `Public` (write `public`)"
    ),
    ("kind: gcp/adc", "`spec` is missing (add `spec: {}`)"),
    (
      "kind: aws/iam-identity-centre",
      "unknown kind `aws/iam-identity-centre` (did you mean `aws/iam-identity-center`?)"
    ),
    (
      "kind: iam-identity-center",
      "unknown kind `iam-identity-center` (did you mean `aws/iam-identity-center`?)"
    ),
    ("kind: AWS/SAML", "unknown kind `AWS/SAML` (write `aws/saml`)"),
    ("kind: aws/assume-role", "it is a kind of identity: put it in `auth.identities`"),
    ("region: eu-west-1", "has no `kind`"),
    ("kind: [a]", "`kind` must be text"),
  ])
  func `providers are checked`(lines: String, message: String) throws {
    let body = lines.split(separator: "\n").map { "      \($0)\n" }.joined()
    let found = try faults("auth:\n  providers:\n    p:\n\(body)")
    #expect(
      found.contains { $0.contains("error: provider `p`") && $0.contains(message) }, "\(found)")
  }

  @Test func `unknown keys are warnings with the nearest known one`() throws {
    let yaml = """
      auth:
        identites: {}
        providers:
          p: { kind: mock/aws, regoin: eu-west-1, start_url: x }
        identities:
          i: { kind: mock, via: { provder: p }, principle: {}, Protected: true }
        console: { isolated_sessions: true }
      """
    let found = try faults(yaml)
    #expect(
      found == [
        "2:3 warning: auth: unknown key `identites` (did you mean `identities`?)",
        "4:26 warning: provider `p`: unknown key `regoin` (did you mean `region`?)",
        "4:45 warning: provider `p`: kind `mock/aws` does not read `start_url`",
        "6:29 warning: identity `i`: unknown key `via.provder` (did you mean `provider`?)",
        "6:43 warning: identity `i`: unknown key `principle` (did you mean `principal`?)",
        "7:14 warning: auth: unknown key `console.isolated_sessions` "
          + "(atmos reads `isolated`, whatever its manual says)",
      ])
  }

  @Test(arguments: [
    ("via: {}", "`via` must be a map"), ("via: x", "`via` must be a map"),
    ("tags: []", "has no `via`: kind `aws/assume-role` needs a provider or identity in `via`"),
    (
      "via: { provider: p, identity: base }",
      "`via` has a provider and an identity (keep one of the two)"
    ),
    ("via: { provider: q }", "provider `q` is not defined"),
    ("via: { provider: base }", "(`base` is an identity: write `via: { identity: base }`)"),
    ("via: { identity: p }", "(`p` is a provider: write `via: { provider: p }`)"),
    ("via: { identity: bsae }", "identity `bsae` is not defined (did you mean `base`?)"),
    ("via: { identity: [base] }", "`via.identity` must be a name"),
    ("via: { identity: !exec whoami }", "`via.identity` cannot come from `!exec`"),
  ])
  func `what an identity comes from is checked`(via: String, message: String) throws {
    let found = try faults(
      """
      auth:
        providers: { p: { kind: mock/aws } }
        identities:
          base: { kind: mock/aws }
          r:
            kind: aws/assume-role
            \(via)
            principal: { assume_role: arn:aws:iam::123456789012:role/R }
      """)
    #expect(
      found.contains { $0.contains("error: identity `r`") && $0.contains(message) }, "\(found)")
  }

  @Test func `via that is not needed is a warning`() throws {
    #expect(
      try faults("auth: { identities: { u: { kind: aws/user, via: { provider: aws-user } } } }")
        == [
          "1:49 warning: identity `u`: `via` is not used; kind `aws/user` starts a chain (take it out)"
        ])
  }

  @Test func `a permission set needs a provider, not an identity`() throws {
    let found = try faults(
      """
      auth:
        identities:
          base: { kind: mock/aws }
          s:
            kind: aws/permission-set
            via: { identity: base }
            principal: { name: Admin, account: { id: 123456789012 } }
      """)
    #expect(found.count == 1)
    #expect(found.first?.contains("needs a provider, not an identity") == true)
  }

  @Test func `cycles are shown as the way around, once each`() throws {
    let identity = { (name: String, via: String) in
      "    \(name): { kind: mock, via: { identity: \(via) } }\n"
    }
    let yaml =
      "auth:\n  identities:\n" + identity("A", "c") + identity("b", "a") + identity("c", "B")
      + identity("into", "b") + identity("self", "SELF")
    let found = try faults(yaml).map { String($0.prefix { $0 != "(" }) }
    #expect(
      found == [
        "3:39 error: circular dependency detected in identity chain: A → b → c → A ",
        "7:42 error: circular dependency detected in identity chain: self → self ",
      ])
  }

  @Test func `aliases are names of one identity each`() throws {
    let yaml = """
      auth:
        identities:
          a: { kind: mock, alias: one }
          b: { kind: mock, alias: ONE }
          c: { kind: mock, alias: a }
          d: { kind: mock, alias: D }
          e: { kind: mock, alias: unique }
      """
    let found = try faults(yaml)
    #expect(found.count == 2)
    #expect(found.contains { $0.contains("alias `one` belongs to several identities: `a`, `b`") })
    #expect(found.contains { $0.contains("alias `a` of identity `c` is the name of another one") })
    let world = try World(["repo/atmos.yaml": yaml])
    #expect(try world.catalog().find("one") == nil)
    #expect(try world.catalog().find("A")?.name == "a")
    #expect(try world.catalog().find("UNIQUE")?.name == "e")
  }

  @Test func `several defaults are a warning`() throws {
    let yaml = """
      auth:
        identities:
          a: { kind: mock, default: true }
          b: { kind: mock, default: false }
          c: { kind: mock, default: yes }
      """
    #expect(
      try faults(yaml) == [
        "5:31 warning: 2 identities are marked `default`: `a`, `c` "
          + "(without a terminal there is no way to choose; keep one)"
      ])
  }

  @Test func `names that differ by case only are one name`() throws {
    let found = try faults("auth: { identities: { Dev: { kind: mock }, dev: { kind: mock } } }")
    #expect(
      found == [
        "1:44 warning: identity `dev` is in this file before, as `Dev` in line 1; "
          + "names compare without case (keep one of the two)"
      ])
  }

  @Test(arguments: [
    ("none", "cannot be chosen: the word means that no identity is to be active"),
    ("a$b", "cannot be chosen in a shell or by a directory"),
    ("-a", "cannot be chosen in a shell or by a directory"),
    ("é", "cannot be chosen in a shell or by a directory"),
    (String(repeating: "a", count: 129), "cannot be chosen in a shell or by a directory"),
    ("\" \"", "the name is empty or has characters that cannot be shown"),
    ("\"a\\u202eb\"", "the name is empty or has characters that cannot be shown"),
    ("\"a\\eb\"", "the name is empty or has characters that cannot be shown"),
  ])
  func `names that cannot be used are said`(name: String, message: String) throws {
    let found = try faults("auth:\n  identities:\n    \(name): { kind: mock }\n")
    #expect(found.count == 1 && found[0].contains(message), "\(found)")
  }

  @Test(arguments: ["a", "core-root/terraform", "Acme Corp/Admin", "a.b", "a@b+c:d_e"])
  func `names that work are not complained about`(name: String) throws {
    #expect(try faults("auth:\n  identities:\n    \(name): { kind: mock }\n") == [])
  }

  @Test func `a value from a command is not judged before it is known`() throws {
    let yaml = """
      auth:
        identities:
          base: { kind: mock/aws }
          r:
            kind: aws/assume-role
            via: { identity: base }
            principal: { assume_role: !exec "cat arn", region: !exec "cat region" }
      """
    #expect(try faults(yaml) == [])
  }
}

extension ValidationTests {
  static let broken = """
    # A configuration with one fault of each sort.
    auth:
      realm: Team--A
      logs: { level: debug }
      keyrng: { type: file }
      providers:
        corp-sso:
          kind: aws/iam-identity-center
          start_url: corp.awsapps.com/start
          regoin: eu-west-1
        empty:
        okta: { kind: okta }
      identities:
        user: &user
          kind: aws/user
          credentials:
            access_key_id: AKIAIOSFODNN7EXAMPLE
            mfa_arn: nonsense
          session: { duration: tomorrow }
        admin:
          kind: aws/assume-role
          via: { identity: usr }
          principal:
            assume_role: arn:aws:iam::12345678901:role/Admin
            region: eu-west1
        reader:
          kind: aws/permission-set
          principal: { name: Reader, account: { id: 1234-5678-9012 } }
        a: { kind: mock, via: { identity: b }, default: true, alias: x }
        b: { kind: mock, via: { identity: a }, default: true, alias: x }
        both: { kind: mock, via: { identity: user, provider: corp-sso } }
        "bad;name": { kind: mock }
        copy: { <<: *user, kind: aws/usr }
        copy: { kind: mock, tag: [x] }
      integrations:
        registry: { kind: aws/ecr, via: { identity: admim } }

    """
}
