import Core
import Testing

@testable import AuthConfiguration

/// Files that words of a checkout's commands name.
@Suite struct ProgramFilesTests {
  private func world(_ command: String) throws -> World {
    try World([
      "repo/stack/atmos.yaml": """
      auth:
        realm: r
        identities:
          dev: { kind: mock/aws, env: [{ key: A, value: !exec "\(command)" }] }
      """,
      "repo/stack/run.sh": "echo 1", "repo/tools/run.sh": "echo 2",
      "repo/stack/deep/run.sh": "echo 3", "outside.sh": "echo 4",
    ])
  }

  private func files(_ world: World) throws -> [String] {
    let catalog = try world.catalog(world.request(in: "repo/stack"))
    return catalog.trust(for: try catalog.identity(named: "dev")).traits
      .compactMap { $0.split(separator: ": file ").dropFirst().first?.split(separator: " ").first }
      .map(String.init)
  }

  @Test(arguments: [
    ("./run.sh", ["stack/run.sh"]), ("sh -e run.sh", ["stack/run.sh"]),
    ("x --file=run.sh", ["stack/run.sh"]),
    ("cat<run.sh", ["stack/run.sh"]), ("sh <>run.sh", ["stack/run.sh"]),
    ("sh 0<> run.sh", ["stack/run.sh"]),
    ("cd deep && ./run.sh", ["stack/deep/run.sh", "stack/run.sh"]),
    ("deep/run.sh; ../tools/run.sh", ["stack/deep/run.sh", "tools/run.sh"]),
    ("echo x >>run.sh; echo y 2> deep/run.sh", []), ("x > run.sh; cat run.sh", ["stack/run.sh"]),
    ("sh -c 'x > run.sh'", ["stack/run.sh"]), ("../../outside.sh", []), ("run", []),
    ("https://run.sh", []), ("deep", []),
  ]) func `words are looked up beside the configuration, within the checkout`(
    command: String, expected: [String]
  ) throws {
    let world = try world(command)
    #expect(try files(world) == expected)
  }

  @Test(arguments: [
    ("./run.sh", "[]", ["stack/run.sh"]), ("../tools/run.sh", "[-x]", ["tools/run.sh"]),
    ("google-chrome", "[]", []), ("/usr/bin/chromium", "[]", []),
    ("chromium", "[--load-extension=deep/run.sh]", ["stack/deep/run.sh"]),
  ]) func `a provider's browser is looked up in the same way`(
    program: String, arguments: String, expected: [String]
  ) throws {
    let world = try world("true")
    try world.write(
      "repo/stack/atmos.yaml",
      """
      auth:
        realm: r
        providers:
          okta:
            kind: aws/saml
            url: https://corp.okta.com/home/amazon_aws/0oa/272
            region: eu-west-1
            browser_executable_path: \(program)
            browser_arguments: \(arguments)
        identities:
          dev: { kind: aws/assume-role, via: { provider: okta },
                 principal: { assume_role: "arn:aws:iam::123456789012:role/dev" } }
      """)
    #expect(try files(world) == expected)
  }

  @Test func `an index notices a file that changes, goes and comes`() throws {
    let world = try world("./run.sh")
    let request = world.request(in: "repo/stack")
    func fingerprint() throws -> String {
      let catalog = try world.catalog(request)
      return catalog.trust(for: try catalog.identity(named: "dev")).fingerprint
    }
    let before = try fingerprint()
    #expect(try world.catalog(request).isFromIndex)
    try world.write("repo/stack/run.sh", "echo 9")
    #expect(try fingerprint() != before)
    try world.remove("repo/stack/run.sh")
    #expect(try fingerprint() != before)
    try world.write("repo/stack/run.sh", "echo 1")
    #expect(try fingerprint() == before)
  }

  @Test func `a clone elsewhere has the same fingerprint`() throws {
    let fingerprints = try (0..<2).map { _ in
      let world = try world("./run.sh deep")
      let catalog = try world.catalog(world.request(in: "repo/stack"))
      return catalog.trust(for: try catalog.identity(named: "dev")).fingerprint
    }
    #expect(Set(fingerprints).count == 1)
  }

  @Test func `more names than a configuration may look for are an error`() throws {
    let words = (0..<300).map { "deep w\($0)" }.joined(separator: " ")
    let world = try world(words)
    var request = world.request(in: "repo/stack")
    request.limits.names = 400
    let error = #expect(throws: AuthError.self) { try world.load(request) }
    #expect(error?.code == .badConfiguration)
    request.limits.names = 4000
    _ = try world.load(request)
  }

  @Test func `a shell's words are looked at whole and in parts`() {
    #expect(
      FileWords.words(of: #"sh 'a b.sh' c\ d"#) == ["sh", "a", "b.sh", "c", "d", "a b.sh", "c d"])
  }
}
