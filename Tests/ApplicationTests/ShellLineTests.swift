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
    // Keywords, redirections, and options of what stands in front.
    (
      "for d in a b; do terraform -chdir=$d apply -auto-approve; done",
      "terraform -chdir=$d apply -auto-approve"
    ),
    ("if true; then terraform apply; fi", "terraform apply"),
    ("while ! terraform plan; do :; done", "terraform plan"),
    (">log terraform apply", "terraform apply"), ("> log terraform apply", "terraform apply"),
    ("2>>log terraform plan", "terraform plan"), ("&>log terraform apply", "terraform apply"),
    ("env -u X A=1 terraform plan", "terraform plan"), ("env - terraform apply", "terraform apply"),
    ("time -p terraform apply", "terraform apply"), ("exec -a x tofu apply", "tofu apply"),
    ("nice -n 5 terraform plan", "terraform plan"), ("not terraform apply", "terraform apply"),
    ("case x in x) terraform apply;; esac", "terraform apply"),
    ("FOO=a\\=b terraform plan", "terraform plan"),
    ("ls terraform; grep -r terraform .", ""), ("vim modules/terraform/x.tf", ""),
    ("/opt/bin/terraform apply", "/opt/bin/terraform apply"),
  ])
  func `finds the tool that a line starts`(_ line: String, _ expected: String) {
    #expect(ShellLine(line, [:]).command.joined(separator: " ") == expected)
  }

  @Test(arguments: [
    "sudo terraform plan", "sh -c 'terraform plan'", "xargs -n1 terraform apply",
    "echo terraform apply | sh", "for t in terraform tofu; do $t apply; done",
    "$(which terraform) apply", "eval \"terraform plan\"", "env -S 'terraform apply'",
    "timeout 5 terraform plan", "find . -name x -exec terraform apply \\;",
    "terraform fmt; watch terraform plan", "aws-vault exec x -- terraform plan",
  ])
  func `what names a tool and cannot be read may do anything`(_ line: String) {
    let command = ShellLine(line, [:]).command
    #expect(command == ["sh", "-c", line])
    #expect(ToolCommand.read(command, environment: [:]) == nil, "so it counts as apply")
  }

  @Test(arguments: [
    ("terraform plan", true), ("A=1 >log terraform plan", true), ("terraform plan; make", false),
    ("terraform plan | tee x", false), ("sudo terraform plan", false),
  ])
  func `knows whether a command is all of the line`(_ line: String, _ expected: Bool) {
    #expect(ShellLine(line, [:]).isAlone == expected)
  }
}
