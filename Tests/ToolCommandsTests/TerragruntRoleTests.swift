import Testing
import ToolCommands

@Suite struct TerragruntRoleTests {
  private func read(
    _ line: String, _ environment: [String: String] = [:]
  ) -> TerragruntRole? {
    TerragruntRole.read(line.split(separator: " ").map(String.init), environment: environment)
  }

  @Test(arguments: [
    "terragrunt plan --iam-assume-role R", "terragrunt --iam-assume-role=R -- plan",
    "terragrunt plan --terragrunt-iam-role R", "terragrunt run --all -iam-assume-role R plan",
  ])
  func `each spelling of the option`(_ line: String) {
    #expect(read(line)?.role == "R")
  }

  @Test func `each field by itself: options, variables, older variables`() {
    let line = "terragrunt plan --iam-assume-role R --iam-assume-role-session-name S"
    let role = read(
      line,
      [
        "TG_IAM_ASSUME_ROLE": "other", "TG_IAM_ASSUME_ROLE_DURATION": "900",
        "TERRAGRUNT_IAM_ASSUME_ROLE_DURATION": "1200", "TERRAGRUNT_IAM_WEB_IDENTITY_TOKEN": "T",
        "TG_IAM_ASSUME_ROLE_SESSION_NAME": "other",
      ])
    #expect(role?.role == "R")
    #expect(role?.sessionName == "S")
    #expect(role?.duration == "900")
    #expect(role?.webIdentityToken == "T")
    #expect(read("terragrunt plan", ["TERRAGRUNT_IAM_ROLE": "R"])?.role == "R")
    #expect(
      read("terragrunt plan", ["TG_IAM_ASSUME_ROLE": "", "TERRAGRUNT_IAM_ROLE": "R"])?.role == "R")
    #expect(read("terragrunt plan --iam-assume-role=", ["TERRAGRUNT_IAM_ROLE": "R"])?.role == "R")
  }

  @Test func `nothing else names a role`() throws {
    #expect(try #require(read("terragrunt plan")).role == nil)
    #expect(try #require(read("terragrunt run -- plan --iam-assume-role R")).role == nil)
    #expect(read("terraform plan", ["TG_IAM_ASSUME_ROLE": "R"]) == nil)
    let companion = try #require(read("terragrunt plan --iam-assume-role-duration 900"))
    #expect(companion.role == nil)
    #expect(companion.duration == "900")
  }

  @Test func `the units that a line is for`() throws {
    func place(_ line: String, _ environment: [String: String] = [:]) throws -> TerragruntPlace {
      try #require(
        TerragruntPlace.read(
          line.split(separator: " ").map(String.init), environment: environment))
    }
    #expect(
      try place("terragrunt plan --working-dir x --config y.hcl")
        == place(
          "terragrunt plan", ["TG_WORKING_DIR": "x", "TERRAGRUNT_CONFIG": "y.hcl"]))
    #expect(try place("terragrunt plan --terragrunt-config y.hcl").file == "y.hcl")
    #expect(try place("terragrunt plan --terragrunt-working-dir x").directory == "x")
    for line in [
      "run --all plan", "run -a plan", "plan --all", "run-all plan", "apply-all", "stack run plan",
      "graph plan", "plan --filter x",
    ] {
      #expect(try place("terragrunt \(line)").isForAllUnits, "\(line)")
    }
    #expect(try place("terragrunt plan", ["TG_ALL": "true"]).isForAllUnits)
    #expect(try !place("terragrunt plan", ["TG_ALL": "false"]).isForAllUnits)
    #expect(try !place("terragrunt run plan").isForAllUnits)
    #expect(TerragruntPlace.read(["terragrunt", "version"], environment: [:]) == nil)
    #expect(TerragruntPlace.read(["terraform", "plan"], environment: [:]) == nil)
  }

  @Test func `the rest of the line stays as it is`() {
    let words = [
      "terragrunt", "--iam-assume-role", "R", "plan", "--iam-assume-role-duration=900", "-var",
      "a=b", "--terragrunt-iam-role", "R", "--", "--iam-assume-role", "x",
    ]
    #expect(
      TerragruntRole.removing(from: words)
        == ["terragrunt", "plan", "-var", "a=b", "--", "--iam-assume-role", "x"])
    #expect(TerragruntRole.removing(from: ["terragrunt", "--iam-assume-role"]) == ["terragrunt"])
  }
}
