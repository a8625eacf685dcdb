import Core
import Testing

@testable import AWS

/// The rules of the AWS SDKs' shared tests of roles in profiles, with our own inputs.
///
/// What botocore adds to them follows. Each deviation from those tests has its reason.
/// Origin of the rules: `assume-role-tests.json` of smithy-rs.
@Suite struct ProfileResolverTests {
  struct Rule: CustomTestStringConvertible, Sendable {
    var name: String
    var config: String
    var credentials = ""
    /// The chain of profile `a`, what starts it first; `nil` for none.
    var chain: [String]?
    /// Words of the fault, instead.
    var fault: String?
    /// Why this is not what the shared tests ask for.
    var deviation: String?

    var testDescription: String { name }
  }

  @Test(arguments: rules) func `how a profile gets its credentials`(rule: Rule) throws {
    let config = SharedConfig(
      config: rule.config.replacing("ARN", with: "arn:aws:iam::123456789012:role"),
      credentials: rule.credentials)
    let resolver = ProfileResolver(config: config)
    if let words = rule.fault {
      let fault = try #require(throws: ProfileFault.self) { _ = try resolver.link("a") }
      #expect(fault.text.contains(words), "\(fault)")
    } else {
      #expect(try resolver.link("a").map(Self.chain) == rule.chain)
    }
  }

  private static func chain(_ link: ProfileLink) -> [String] {
    switch link.means {
    case .role(.profile(let base)): chain(base) + ["role of \(link.profile.name)"]
    case .role(.place(let place)): [place.canonicalName, "role of \(link.profile.name)"]
    case .webIdentity(_, let file): ["token \(file)"]
    case .permissionSet(let signOn): ["\(signOn.role) at \(signOn.startURL)"]
    case .keys(let pair): ["keys \(pair.id)" + (pair.token.map { " with \($0)" } ?? "")]
    case .login(let session): ["login of \(session)"]
    case .process(let command): ["process \(command)"]
    }
  }

  private static let role = "[profile a]\nrole_arn = ARN/a\nsource_profile = b\n"
  private static func keys(_ id: String) -> String {
    "aws_access_key_id = \(id)\naws_secret_access_key = s\n"
  }
  private static let signOn = "sso_account_id = 1\nsso_role_name = R\n"
  private static let portal = "sso_start_url = https://x\nsso_region = eu-west-1\n"

  static let rules: [Rule] = [
    Rule(
      name: "a role on keys", config: role + "[profile b]\n" + keys("K"),
      chain: ["keys K", "role of a"]),
    Rule(
      name: "a role beside keys", config: role + keys("K1") + "[profile b]\n" + keys("K2"),
      chain: ["keys K2", "role of a"]),
    Rule(
      name: "a profile on itself",
      config: "[profile a]\nrole_arn = ARN/a\nsource_profile = a\n" + keys("K"),
      chain: ["keys K", "role of a"]),
    Rule(
      name: "a credential_source",
      config: "[profile a]\nrole_arn = ARN/a\ncredential_source = Ec2InstanceMetadata\n",
      chain: ["Ec2InstanceMetadata", "role of a"]),
    Rule(
      name: "an unknown credential_source",
      config: "[profile a]\nrole_arn = ARN/a\ncredential_source = environment\n",
      fault: "not known: environment"),
    Rule(
      name: "a role without a source", config: "[profile a]\nrole_arn = ARN/a\n" + keys("K"),
      fault: "neither `source_profile` nor"),
    Rule(
      name: "a role with two sources",
      config: role + "credential_source = Environment\n[profile b]\n" + keys("K"), fault: "both"),
    Rule(
      name: "half a pair", config: role + "[profile b]\naws_access_key_id = K\n",
      fault: "without the other half"),
    Rule(
      name: "the other half", config: role + "[profile b]\naws_secret_access_key = s\n",
      fault: "gives no credentials"),
    Rule(
      name: "a source without anything", config: role + "[profile b]\n",
      fault: "gives no credentials"),
    Rule(name: "a source that does not exist", config: role, fault: "`b` does not exist"),
    Rule(name: "no profile", config: "", chain: nil),
    Rule(
      name: "roles on roles",
      config: role + "[profile b]\nrole_arn = ARN/b\nsource_profile = c\n[profile c]\n"
        + keys("K"), chain: ["keys K", "role of b", "role of a"]),
    Rule(
      name: "keys of a source win over its role",
      config: role + "[profile b]\nrole_arn = ARN/b\nsource_profile = c\n" + keys("K1")
        + "[profile c]\n" + keys("K2"), chain: ["keys K1", "role of a"]),
    Rule(
      name: "a circle", config: role + "[profile b]\nrole_arn = ARN/b\nsource_profile = a\n",
      fault: "a → b → a"),
    Rule(
      name: "a circle back to a profile with keys",
      config: role + keys("K") + "[profile b]\nrole_arn = ARN/b\nsource_profile = a\n",
      fault: "a → b → a"),
    Rule(
      name: "a circle that ends in keys of the next profile",
      config: role + "[profile b]\nrole_arn = ARN/b\nsource_profile = a\n" + keys("K"),
      chain: ["keys K", "role of a"]),
    Rule(
      name: "a source on itself without keys",
      config: role + "[profile b]\nrole_arn = ARN/b\nsource_profile = b\n",
      fault: "is itself, and it has no keys"),
    Rule(
      name: "a token file", config: "[profile a]\nrole_arn = ARN/a\nweb_identity_token_file = /t\n",
      chain: ["token /t"]),
    Rule(
      name: "a token file wins over a source",
      config: role + "web_identity_token_file = /t\n[profile b]\n" + keys("K"), chain: ["token /t"]),
    Rule(
      name: "a token file without a role",
      config: "[profile a]\nweb_identity_token_file = /t\n" + keys("K"), fault: "no `role_arn`"),
    Rule(
      name: "a token file that is empty",
      config: role + "web_identity_token_file =\n[profile b]\n" + keys("K"), chain: nil),
    Rule(
      name: "a role on a token file",
      config: role + "[profile b]\nrole_arn = ARN/b\nweb_identity_token_file = /t\n",
      chain: ["token /t", "role of a"]),
    Rule(
      name: "an empty role", config: "[profile a]\nrole_arn =\nsource_profile = b\n[profile b]\n",
      fault: "is empty"),
    // The order of botocore.
    Rule(
      name: "keys of the credentials file before a program",
      config: "[profile a]\ncredential_process = p\n", credentials: "[a]\n" + keys("K"),
      chain: ["keys K"]),
    Rule(
      name: "a program before keys of the config file",
      config: "[profile a]\ncredential_process = p\n" + keys("K"), chain: ["process p"]),
    Rule(
      name: "a program of a source with keys and a role",
      config: role + "[profile b]\nrole_arn = ARN/b\nsource_profile = b\ncredential_process = p\n"
        + keys("K"), chain: ["process p", "role of a"]),
    Rule(
      name: "`aws login` before a program",
      config: "[profile a]\ncredential_process = p\nlogin_session = x\n" + keys("K"),
      chain: ["login of x"]),
    Rule(
      name: "keys of the credentials file before `aws login`",
      config: "[profile a]\nlogin_session = x\n", credentials: "[a]\n" + keys("K"),
      chain: ["keys K"]),
    Rule(
      name: "a role on `aws login`", config: role + "[profile b]\nlogin_session = x\n",
      chain: ["login of x", "role of a"]),
    Rule(
      name: "`aws login` of nobody", config: "[profile a]\nlogin_session =\n",
      fault: "its `login_session` is empty"),
    Rule(
      name: "single sign-on before keys", config: "[profile a]\n" + signOn + portal,
      credentials: "[a]\n" + keys("K"), chain: ["R at https://x"]),
    Rule(
      name: "names of single sign-on without an address",
      config: "[profile a]\n" + signOn + keys("K"), fault: "no `sso_start_url`"),
    Rule(
      name: "half the names of single sign-on",
      config: "[profile a]\nsso_role_name = R\n" + portal, fault: "it needs both"),
    Rule(
      name: "an sso_session without names gives nothing",
      config: "[profile a]\nsso_session = s\n" + keys("K"), chain: ["keys K"]),
    Rule(
      name: "an sso_session",
      config: "[profile a]\nsso_session = s\n" + signOn
        + "[sso-session s]\n" + portal, chain: ["R at https://x"]),
    Rule(
      name: "an sso_session that does not exist",
      config: "[profile a]\nsso_session = s\n" + signOn + portal, fault: "does not exist"),
    Rule(
      name: "an sso_session that says something else",
      config: "[profile a]\nsso_session = s\nsso_region = x\n" + signOn + "[sso-session s]\n"
        + portal, fault: "not that of the sso-session"),
    // Keys belong together.
    Rule(
      name: "a token of the other file", config: "[profile a]\naws_session_token = t\n",
      credentials: "[a]\n" + keys("K"), chain: ["keys K"]),
    Rule(
      name: "the old name of the token", config: "",
      credentials: "[a]\naws_security_token = t1\naws_session_token = t2\n" + keys("K"),
      chain: ["keys K with t1"]),
    Rule(
      name: "half a pair in the credentials file", config: "[profile a]\n" + keys("K1"),
      credentials: "[a]\naws_access_key_id = K2\n", fault: "without the other half"),
    Rule(
      name: "keys of [DEFAULT]", config: "[DEFAULT]\n" + keys("K") + "[profile a]\n",
      chain: ["keys K"]),
    Rule(
      name: "a role of [DEFAULT]",
      config: "[DEFAULT]\nrole_arn = ARN/d\nsource_profile = b\n[profile a]\n[profile b]\n"
        + keys("K"), chain: ["keys K", "role of a"]),
  ]

  @Test func `a profile looked at as another one's source`() throws {
    let config = SharedConfig(
      config: "[profile a]\nrole_arn = r\nsource_profile = a\ncredential_process = p\n"
        + Self.keys("K"))
    let link = try #require(try ProfileResolver(config: config).link("a", isSource: true))
    #expect(Self.chain(link) == ["process p"])
    #expect(link.skipsRole)
  }
}
