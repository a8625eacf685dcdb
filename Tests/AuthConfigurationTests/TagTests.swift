import Core
import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct TagTests {
  private func region(_ value: String, _ files: [String: String] = [:], env: [String: String] = [:])
    throws -> String?
  {
    var files = files
    files["repo/atmos.yaml"] =
      "auth:\n  providers:\n    p:\n      kind: mock/aws\n      region: \(value)\n"
    let world = try World(files)
    world.environment.merge(env) { $1 }
    let text = try world.load().definition(.provider, "P")?.node["region"]?.text
    return text?.replacingOccurrences(of: world.root, with: "ROOT")
  }

  @Test func `env gives the variable, else the default, else nothing`() throws {
    #expect(try region("!env R", env: ["R": "eu-west-1"]) == "eu-west-1")
    #expect(try region("!env R us-east-1") == "us-east-1")
    #expect(try region("!env R 'us east'") == "us east")
    #expect(try region("!env R") == nil)
    #expect(try region("!env R x", env: ["R": ""]) == "")
  }

  @Test func `a default is no part of the expression`() throws {
    let world = try World([
      "repo/atmos.yaml": "auth: { providers: { p: { kind: mock, x: !env A secret-default } } }"
    ])
    #expect(try world.load().definition(.provider, "p")?.node["x"]?.expression == "!env A")
  }

  @Test func `repo-root and cwd are paths`() throws {
    #expect(try region("!repo-root") == "ROOT/repo")
    #expect(try region("!git.root") == "ROOT/repo")
    #expect(try region("!cwd") == "ROOT/repo")
    #expect(try region("!cwd ../other") == "ROOT/other")
  }

  @Test func `random is within its bounds`() throws {
    let value = try #require(try region("!random 5 7").flatMap { Int($0) })
    #expect((5...7).contains(value))
  }

  @Test func `include takes maps, values and text`() throws {
    let files = [
      "repo/r.yaml": "vars:\n  regions: [eu-west-1, eu-west-2]\n", "repo/r.json": "{\"a\": \"b\"}",
      "repo/r.txt": "plain", "repo/.env": "export R='eu-north-1' # here\nQ=\"a\\nb\"\n",
    ]
    #expect(try region("!include r.yaml .vars.regions[1]", files) == "eu-west-2")
    #expect(try region("!include r.json .a", files) == "b")
    #expect(try region("!include r.txt", files) == "plain")
    #expect(try region("!include .env .R", files) == "eu-north-1")
    #expect(try region("!include .env .Q", files) == "a\nb")
    #expect(try region("!include.raw r.json", files) == "{\"a\": \"b\"}")
  }

  @Test func `a whole section may be included, and a file into a merge key`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      auth:
        providers: !include p.yaml
        identities:
          i:
            <<: !include i.yaml
            alias: own
      """,
      "repo/p.yaml": "p: { kind: mock/aws, region: !env R eu-west-1 }",
      "repo/i.yaml": "kind: mock/aws\nalias: theirs\nvia: { provider: p }\n",
    ])
    let full = try world.load()
    #expect(full.diagnostics(kinds: World.kinds).map(described) == [])
    #expect(full.definition(.provider, "p")?.node["region"]?.text == "eu-west-1")
    #expect(full.definition(.identity, "i")?.viaProvider == "p")
    #expect(full.definition(.identity, "i")?.node["alias"]?.text == "own")
  }

  @Test func `faults of an included file have its place`() throws {
    let world = try World([
      "repo/atmos.yaml": "auth:\n  providers: !include p.yaml\n",
      "repo/p.yaml": "p:\n  kind: mock/awss\n",
    ])
    let fault = try #require(try world.load().diagnostics(kinds: World.kinds).first)
    #expect(fault.mark == SourceMark(file: world.path("repo/p.yaml"), line: 2, column: 9))
  }

  @Test(arguments: [
    ("!include missing.yaml", "`!include missing.yaml`: there is no file"),
    ("!include https://example.com/x.yaml", "files from elsewhere are not fetched"),
    ("!include atmos.yaml", "the file includes itself"),
    ("!include a.tfvars", "HCL files are not read"),
    ("!include r.yaml .x.y", "there is nothing at `.x.y` in the file"),
    ("!include r.yaml '.a | keys'", "is more than a path"),
    ("!env", "`!env` needs the name of a variable"),
    ("!store ssm key", "tag `!store` cannot be used here (it is for stack files"),
    ("!envv HOME", "tag `!envv` cannot be used here (did you mean `!env`?)"),
    ("!random a b", "the bounds are not two numbers"),
    ("!env [a, b]", "tag `!env` is on a list or a map"),
  ])
  func `a tag that cannot be carried out is an error`(value: String, sentence: String) throws {
    let world = try World([
      "repo/atmos.yaml":
        "auth:\n  providers:\n    p:\n      kind: mock/aws\n      region: \(value)\n",
      "repo/a.tfvars": "a = 1", "repo/r.yaml": "a: 1",
    ])
    let faults = try world.load().diagnostics(kinds: World.kinds).map(described)
    #expect(faults.count == 1)
    #expect(faults.first?.hasPrefix("5:15 error:") == true)
    #expect(faults.first?.contains(sentence) == true, "\(faults)")
  }

  @Test func `includes of includes end`() throws {
    var files: [String: String] = [:]
    for index in 0..<15 { files["repo/f\(index).yaml"] = "!include f\(index + 1).yaml" }
    files["repo/f15.yaml"] = "eu-west-1"
    files["repo/atmos.yaml"] =
      "auth: { providers: { p: { kind: mock/aws, region: !include f0.yaml } } }"
    let faults = try World(files).load().diagnostics(kinds: World.kinds).map(described)
    #expect(faults.count == 1)
    #expect(faults.first?.contains("more than 10 levels deep") == true)
  }

  @Test func `other sections may hold any tag and any nonsense`() throws {
    let yaml = """
      components: !terraform.state { a: !store x, a: 1 }
      stacks: [!secret y, !unknown z]
      commands: !exec "touch /tmp/never"
      ? [complex]
      : value
      env: { TOKEN: !env SECRET_TOKEN, OTHER: !exec whatever }
      """
    let found = try faults(yaml + "\n" + userAndRole)
    #expect(found == [])
  }

  @Test func `append and unset act across files`() throws {
    let world = try World([
      "repo/atmos.yaml": """
      import: [base.yaml]
      auth:
        providers:
          p: { tags: !append [two], region: !unset }
      """,
      "repo/base.yaml":
        "auth: { providers: { p: { kind: mock/aws, tags: [one], region: eu-west-1 } } }",
    ])
    let definition = try #require(try world.load().definition(.provider, "p"))
    #expect(definition.node["tags"]?.elements.compactMap(\.text) == ["one", "two"])
    #expect(definition.node["region"] == nil)
    #expect(definition.kind == "mock/aws")
  }
}
