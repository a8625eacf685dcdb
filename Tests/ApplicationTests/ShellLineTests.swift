import Testing
import ToolCommands

@testable import Application

@Suite struct ShellLineTests {
  @Test(arguments: [
    ("terraform apply", "terraform apply"), ("ls -l", ""), ("", ""), ("echo terraform", ""),
    ("cd x && terraform plan", "terraform plan"), ("terraform fmt; tofu apply", "tofu apply"),
    ("terraform plan | tee plan.txt", "terraform plan"),
    ("A=1 time command terraform apply", "terraform apply"),
    ("(terraform apply)", "terraform apply"),
    ("yes yes | terraform apply", "terraform apply"), ("terraform apply &", "terraform apply"),
    ("x=$(terraform apply)", "terraform apply"),
    ("terraform apply -var 'a;b'", "terraform apply -var 'a"),
    ("TF_CLI_ARGS='delete x' terraform workspace", "terraform workspace"),
  ])
  func `finds the tool that a line starts`(_ line: String, _ expected: String) {
    #expect(ShellLine.tool(in: line, [:]).joined(separator: " ") == expected)
  }
}
