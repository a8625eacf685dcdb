import Core
import Testing

@testable import AWS

@Suite struct ProfileImportTests {
  private func take(
    _ config: String, _ credentials: String = "", only: [String] = [], inUse: Bool = true
  ) throws(AuthError) -> ImportedConfiguration {
    var work = ProfileImport(
      SharedSources(
        config: SharedConfigFile(config.utf8), configPath: "config",
        credentials: SharedConfigFile(credentials.utf8), credentialsPath: "credentials",
        areInUse: inUse))
    return try work.take(only)
  }

  private let keys = "aws_access_key_id = AKIAAAAAAAAAAAAAAAAA\naws_secret_access_key = s\n"

  @Test func `each identity stands after what it comes from`() throws {
    let result = try take(
      """
      [profile c]
      role_arn = arn:aws:iam::123456789012:role/c
      source_profile = b
      [profile b]
      role_arn = arn:aws:iam::123456789012:role/b
      source_profile = a
      """, "[a]\n\(keys)")
    #expect(result.identities.map(\.name) == ["a", "b", "c"])
    #expect(result.keys.map(\.identity) == ["a"])
    #expect(result.leftOut.isEmpty)
  }

  @Test func `static keys win over a role where a profile is a source`() throws {
    let result = try take(
      """
      [profile a]
      role_arn = arn:aws:iam::123456789012:role/a
      source_profile = other
      \(keys)
      [profile b]
      role_arn = arn:aws:iam::123456789012:role/b
      source_profile = a
      [profile other]
      \(keys)
      """)
    func via(_ name: String) -> String? {
      let definition = result.identities.first { $0.name == name }
      guard case .map(let members)? = definition?.members.first(where: { $0.key == "via" })?.value,
        case .text(let text)? = members.first?.value
      else { return nil }
      return text
    }
    #expect(via("b") == "a-keys")
    #expect(via("a") == "other")
  }

  @Test func `a role in another partition keeps no region of this one`() throws {
    let result = try take(
      """
      [profile a]
      role_arn = arn:aws-cn:iam::123456789012:role/a
      source_profile = b
      region = eu-west-1
      [profile b]
      \(keys)
      """)
    #expect(result.leftOut.map(\.place) == ["config:4"])
    #expect(result.leftOut.allSatisfy { $0.text.contains("partition") })
  }

  @Test(arguments: [
    "mfa_serial = arn:aws:iam::123456789012:u2f/user/x", "external_id = a b",
    "role_session_name = a b", "duration_seconds = an hour", "region = nowhere",
    "endpoint_url = http://user:word@host", "what = ever", "services = none",
  ])
  func `a setting that cannot be kept is told with its line`(setting: String) throws {
    let result = try take(
      """
      [profile a]
      role_arn = arn:aws:iam::123456789012:role/a
      source_profile = b
      \(setting)
      [profile b]
      \(keys)
      """)
    #expect(result.identities.map(\.name) == ["b", "a"])
    #expect(result.leftOut.map(\.place) == ["config:4"])
    #expect(result.leftOut.allSatisfy { !$0.text.contains("word@") })
  }

  @Test func `names differ in more than case, and none means nobody`() {
    var names = FittedNames()
    let taken = ["Dev", "dev", "DEV", "none", "--"].map { names.take($0) }
    #expect(taken == ["Dev", "dev-2", "DEV-3", "none-profile", "profile"])
    let provider = names.take("a.b", isProvider: true)
    #expect(provider == "a-b")
    let long = names.take(String(repeating: "x", count: 300))
    #expect(long.count <= IdentityName.limit)
  }

  @Test func `a profile that is not there is a mistake of the command line`() throws {
    let error = try #require(throws: AuthError.self) { _ = try take("", only: ["x"]) }
    #expect(error.code == .usage)
  }

  @Test func `the settings below a key are those that are indented more`() {
    let file = SharedConfigFile(
      """
      [default]
        s3 =
          a = 1
          b = 2
        region = eu-west-1
      """.utf8)
    #expect(file.sections[0].settings.map(\.key) == ["s3", "region"])
    #expect(file.sections[0].settings[0].nested.map(\.key) == ["a", "b"])
  }

  @Test(arguments: [
    ("/x/atmos-auth credential-process --identity a", true),
    ("/usr/bin/env A=b '/my x/atmos-auth' credential-process", true),
    ("atmos-auth credential-process", true), ("credential-process", false),
    ("/x/other credential-process", false), ("aws-vault exec x", false),
  ])
  func `profiles of ours are known by their command`(command: String, isOurs: Bool) throws {
    let config = SharedConfig(config: "[profile a]\ncredential_process = \(command)\n")
    let section = try #require(config.profiles["a"])
    #expect(section.isOurs == isOurs)
  }
}
