import Foundation
import TestSupport
import Testing
import ToolCommands

/// Lines that a hasty reader takes for something else.
@Suite struct ToolCommandTrapTests {
  private func read(
    _ words: [String], _ environment: [String: String] = [:]
  ) throws -> ToolCommand {
    try #require(ToolCommand.read(words, environment: environment))
  }

  @Test func `chdir stands before the command and has an equals sign`() throws {
    let command = try read(["terraform", "-chdir=x", "apply"])
    #expect(command.commandClass == .apply)
    #expect(command.directory == "x")
    #expect(command.reason == nil)
    for words in [
      ["-chdir", "x", "plan"], ["--chdir=x", "plan"], ["-chdir=y", "-chdir=x", "plan"],
    ] {
      let command = try read(["terraform"] + words)
      #expect(command.commandClass == .apply, "\(words)")
      #expect(command.directory == "x")
      #expect(command.reason != nil)
    }
    // tofu's new command line takes these.
    let tofu = try read(["tofu", "-chdir", "x", "plan"])
    #expect(tofu.commandClass == .plan)
    #expect(tofu.directory == "x")
    #expect(try read(["terraform", "plan", "-chdir=x"]).directory == nil)
  }

  @Test func `variables that hold arguments`() throws {
    let approved = try read(["terraform", "apply"], ["TF_CLI_ARGS_apply": "-auto-approve"])
    #expect(approved.approvesItself)
    #expect(approved.reason?.contains("TF_CLI_ARGS") == true)
    for name in ["TF_CLI_ARGS", "TF_CLI_ARGS_"] {
      let command = try read(["terraform"], [name: "apply -auto-approve"])
      #expect(command.commandClass == .apply, "\(name)")
      #expect(command.approvesItself)
      #expect(command.reason?.contains("TF_CLI_ARGS") == true)
    }
    // What would disarm a command does not make it ask for less.
    for text in ["-h", "-version"] {
      #expect(try read(["terraform", "apply"], ["TF_CLI_ARGS": text]).commandClass == .apply)
      #expect(try read(["terraform", "plan"], ["TF_CLI_ARGS_plan": text]).commandClass == .apply)
    }
    #expect(
      try read(["terraform", "init"], ["TF_CLI_ARGS_init": "-migrate-state"]).commandClass == .apply
    )
    #expect(try read(["terraform", "plan"], ["TF_CLI_ARGS": "'"]).commandClass == .apply)
    #expect(
      try read(["terraform", "state", "rm", "a"], ["TF_CLI_ARGS_state_rm": "-lock=false"]).words
        == ["state", "rm"])
    // What does not change the class changes nothing.
    let plan = try read(
      ["terraform", "plan", "-out=p"], ["TF_CLI_ARGS_plan": "-destroy", "TF_CLI_ARGS": "-no-color"])
    #expect(plan.commandClass == .plan)
    #expect(plan.reason == nil)
    #expect(try read(["terraform", "state"], ["TF_CLI_ARGS_state": "rm a"]).commandClass == .apply)
    let terragrunt = try read(["terragrunt", "init"], ["TF_CLI_ARGS_init": "-migrate-state"])
    #expect(terragrunt.commandClass == .apply)
    let atmos = try read(
      ["atmos", "terraform", "apply", "x", "-s", "y"], ["TF_CLI_ARGS_apply": "-auto-approve"])
    #expect(atmos.approvesItself)
    // With two dashes terraform gets what is none of atmos' own.
    for line in ["x -s y --auto-approve", "--auto-approve x -s y", "x --auto-approve=true -s y"] {
      let words = ["atmos", "terraform", "apply"] + line.split(separator: " ").map(String.init)
      #expect(try read(words).approvesItself, "\(line)")
    }
    let variable = ["atmos", "terraform", "apply", "x", "-s", "y", "--var", "auto-approve"]
    #expect(try !read(variable).approvesItself)
  }

  @Test func `a saved plan is applied without a question`() throws {
    let command = try read(["terraform", "apply", "p"])
    #expect(command.appliesSavedPlan)
    #expect(command.approvesItself)
    #expect(try !read(["terraform", "apply", "-var", "x=plan"]).appliesSavedPlan)
    #expect(try read(["terraform", "apply", "-lock=false", "p"]).appliesSavedPlan)
    #expect(try read(["terraform", "apply", "-auto-approve", "false"]).appliesSavedPlan)
    #expect(try read(["terraform", "apply", "--", "-h"]).appliesSavedPlan)
    // An option that is in no table may have the word as its value.
    #expect(try !read(["terraform", "apply", "-frob", "p"]).appliesSavedPlan)
    #expect(try !read(["terraform", "destroy"]).appliesSavedPlan)
    #expect(try read(["terragrunt", "apply", "p"]).appliesSavedPlan)
    #expect(
      try read(["atmos", "terraform", "apply", "x", "-s", "y", "--from-plan"]).appliesSavedPlan)
    #expect(try read(["atmos", "terraform", "apply", "x", "--planfile", "p"]).appliesSavedPlan)
    #expect(try read(["pulumi", "up", "--plan", "p"]).appliesSavedPlan)
    #expect(try read(["pulumi", "up", "--plan=p"]).appliesSavedPlan)
    #expect(try read(["pulumi", "update", "--plan", "p"]).appliesSavedPlan)
    // All units have theirs in one directory.
    for words in [
      ["run", "--all", "--out-dir", "d", "apply"], ["run", "--all", "apply", "--out-dir=d"],
      ["run-all", "apply", "--terragrunt-out-dir", "d"], ["apply", "--all", "--out-dir", "d"],
    ] {
      #expect(try read(["terragrunt"] + words).appliesSavedPlan, "\(words)")
    }
    #expect(
      try read(["terragrunt", "run", "--all", "apply"], ["TG_OUT_DIR": "d"]).appliesSavedPlan)
    #expect(try !read(["terragrunt", "run", "--all", "apply"]).appliesSavedPlan)
    #expect(
      try !read(["terragrunt", "run", "--all", "--out-dir", "d", "destroy"]).appliesSavedPlan)
    // Of one unit terragrunt has no such directory.
    #expect(try !read(["terragrunt", "apply", "--out-dir", "d"]).appliesSavedPlan)
    #expect(try !read(["pulumi", "preview", "--save-plan", "p"]).appliesSavedPlan)
  }

  @Test func `whether the tool asks`() throws {
    for (line, approves) in [
      ("terraform apply", false), ("terraform apply -auto-approve", true),
      ("terraform apply --auto-approve", true), ("terraform apply -auto-approve=false", false),
      ("terraform apply -auto-approve=1", true), ("terraform destroy", false),
      ("terraform refresh", true), ("terraform import a b", true), ("terraform state rm a", true),
      ("terraform force-unlock x", false), ("terraform force-unlock -force x", true),
      ("terraform init -migrate-state", false), ("terraform init -force-copy", true),
      ("terraform apply -var auto-approve", false),
      ("terragrunt run --all apply", false), ("terragrunt run --all --non-interactive apply", true),
      ("terragrunt run --all --non-interactive -- destroy", true), ("terragrunt apply", false),
      ("atmos terraform apply x -s y", false), ("atmos terraform deploy x -s y", true),
      ("atmos terraform apply x -s y -auto-approve", true), ("atmos helmfile sync x", true),
      ("pulumi up", false), ("pulumi up -y", true), ("pulumi up --yes", true),
      ("pulumi up -f", true),
      ("pulumi up --skip-preview", true), ("helm upgrade x y", true),
      ("kubectl delete pod x", true),
      ("helmfile apply", true), ("helmfile -i apply", false),
      ("helmfile apply --interactive", false),
      ("terraform plan", false),
    ] {
      let words = line.split(separator: " ").map(String.init)
      #expect(try read(words).approvesItself == approves, "\(line)")
    }
    #expect(try read(["pulumi", "up"], ["PULUMI_OPTION_YES": "true"]).approvesItself)
    #expect(try read(["pulumi", "up"], ["PULUMI_SKIP_CONFIRMATIONS": "true"]).approvesItself)
    #expect(
      try read(
        ["atmos", "terraform", "apply", "x"],
        ["ATMOS_COMPONENTS_TERRAFORM_APPLY_AUTO_APPROVE": "true"]
      ).approvesItself)
    #expect(try read(["terragrunt", "apply"], ["TG_NON_INTERACTIVE": "true"]).approvesItself)
    #expect(
      try !read(["terragrunt", "apply", "--non-interactive=false"], ["TG_NON_INTERACTIVE": "1"])
        .approvesItself)
  }

  @Test(arguments: [
    // A version or help anywhere; after `--` it is a file.
    ("terraform apply -version", CommandClass.none), ("terraform apply -h", .none),
    ("terraform apply -- -h", .apply), ("terraform apply -var -v", .none),
    ("terraform plan -version", .none),
    // Options before the end of the command's words.
    ("terraform state -no-color rm a", .apply), ("terraform --auto-approve apply", .apply),
    ("terraform -no-color plan", .apply),
    ("terraform apply -target=module.plan -var x=plan", .apply),
    ("terraform plan -out=apply", .plan),
    ("terraform init -backend-config x -backend=false", .none),
    ("terraform init -backend-config -backend=false", .plan),
    ("terraform init x -migrate-state", .apply), ("terraform Plan", .apply),
    ("terraform pla", .apply), ("tofu state remove a", .apply), ("tofu state ls", .plan),
    // terragrunt's own ways.
    ("terragrunt --working-dir x -- apply", .apply),
    ("terragrunt run -- -target apply plan", .apply),
    ("terragrunt run -- plan -out plan", .plan),
    ("terragrunt run --all --non-interactive -- destroy", .apply),
    ("terragrunt --config plan apply", .apply), ("terragrunt --frob plan", .apply),
    ("terragrunt plan -target apply", .plan), ("terragrunt state -x rm a", .apply),
    ("terragrunt apply -destroy", .apply), ("terragrunt --log-level debug plan", .plan),
    ("terragrunt --terragrunt-log-level debug plan", .plan),
    ("terragrunt plan --terragrunt-non-interactive", .plan), ("terragrunt run", .none),
    // atmos.
    ("atmos terraform deploy x -s p", .apply), ("atmos terraform apply x -s p --from-plan", .apply),
    ("atmos terraform shell x -s p", .apply), ("atmos workflow x", .apply),
    ("atmos tp vpc -s p", .apply),
    ("atmos --logs-level Debug terraform plan x -s p", .plan),
    ("atmos -s apply terraform plan x", .plan),
    ("atmos --frob terraform plan x", .apply), ("atmos terraform plan x -s p -- -destroy", .plan),
    ("atmos terraform plan x -target apply -s p", .plan),
    ("atmos terraform apply x -s p --help", .none),
    ("atmos terraform apply x -s p --help=false", .apply),
    ("atmos terraform apply x -s p -h=false", .apply),
    // Commands of a checkout below atmos' own, and any program with what atmos has.
    ("atmos describe component x -s p", .plan), ("atmos describe production", .apply),
    ("atmos list stacks", .plan), ("atmos list production", .apply),
    ("atmos toolchain get terraform", .none), ("atmos toolchain deploy", .apply),
    ("atmos toolchain exec terraform@1.9.0 apply", .apply), ("atmos version deploy", .apply),
    ("atmos config deploy", .apply), ("atmos vendor deploy", .apply),
    ("atmos container exec x -- sh", .apply), ("atmos devcontainer shell x", .apply),
    // What may be the value of an option that is not known.
    ("terragrunt run --frob plan apply", .apply), ("terragrunt run --frob=x plan", .plan),
    ("terragrunt run --all --frob plan -- apply", .apply),
    ("terragrunt stack run --frob plan apply", .apply),
    ("terragrunt graph --frob plan apply", .apply),
    ("terragrunt run --all -- -no-color plan", .plan),
    ("aws iam delete-user --user-name help", .apply), ("aws iam delete-user help", .none),
    ("aws s3 rm help", .none), ("aws lambda delete-function --function-name help", .apply),
    // The rest.
    ("kubectl -n delete get pods", .plan), ("kubectl --namespace=x get pods", .plan),
    ("kubectl -ndelete get pods", .plan), ("kubectl exec p -- kubectl get x", .apply),
    ("kubectl --frob get pods", .apply), ("kubectl delete -l --dry-run=client", .apply),
    ("kubectl delete pod x --frob --dry-run=client", .apply),
    ("kubectl delete pod x --dry-run=client --dry-run=none", .apply),
    ("kubectl create --help", .none), ("kubectl delete -l --help", .apply),
    ("kubectl appl -f x", .apply),
    ("helm -n x upgrade y z", .apply), ("helm upgrade --install --dry-run x y", .plan),
    ("helm upgrade --dry-run=false x y", .apply), ("helm --debug list", .plan),
    ("pulumi -C d up", .apply), ("pulumi -Cd preview", .plan), ("pulumi dn", .apply),
    ("pulumi refresh --preview-only", .plan), ("pulumi refresh --preview-only=false", .apply),
    ("packer -machine-readable build x", .apply), ("packer build -machine-readable x", .apply),
    ("packer build -version", .apply), ("packer build -h", .none),
    ("aws --prof prod s3 rm x", .apply), ("aws --reg x s3 ls", .plan),
    ("aws ec2 run-instances --image-id --dry-run", .apply), ("aws --frob s3 ls", .apply),
    // A word of ~/.aws/cli/alias can be any program, and a verb of gcloud's that is in no table anything.
    ("aws whoami", .apply), ("aws frob --profile x", .apply), ("gcloud frob", .apply),
    ("gcloud compute instances frobnicate x", .apply), ("gcloud beta run frob", .apply),
    ("gcloud compute instances frobnicate list", .apply), ("gcloud frob list", .apply),
    ("gcloud compute frobnicate instances list", .apply),
    ("gcloud compute instances frobnicate describe-x", .apply),
    ("gcloud alpha compute instances list", .plan), ("gcloud projects get-iam-policy x", .plan),
    ("gcloud --project list compute instances delete x", .apply),
    ("az vm delete -n list --yes", .apply), ("az vm list delete", .apply),
    // An option that only a tool's first word makes a question about the tool itself.
    ("gcloud app deploy app.yaml --version 1.0.1", .apply),
    ("gcloud app deploy --version=1", .apply),
    ("gcloud app deploy app.yaml -v", .apply),
    ("az vm extension set --version 2.0 --name x", .apply), ("az vm delete -v", .apply),
    ("tofu apply -var -version", .apply), ("tofu apply -- -version", .apply),
    ("tofu apply -var -help", .apply), ("tofu apply -help", .none), ("tofu apply -version", .none),
    // The start of an option, and a value right behind a letter.
    ("az rest --meth delete -u x", .apply), ("az rest -mdelete -u x", .apply),
    ("az rest -m=put -u x", .apply), ("az rest --m=post -u x", .apply),
    ("az rest --method get --method delete -u x", .apply), ("az rest -u x --method", .apply),
    // The last of a pair counts.
    ("aws ec2 terminate-instances --dry-run --no-dry-run --instance-ids i-1", .apply),
    ("aws ec2 terminate-instances --dry-run --no-dry --instance-ids i-1", .apply),
    ("aws ec2 terminate-instances --no-dry-run --dry-run --instance-ids i-1", .plan),
    // What older versions of atmos hand to terraform.
    ("atmos terraform init x -s p --migrate-state", .apply),
    ("atmos terraform init x -s p --migrate-state=false", .plan),
    ("atmos terraform workspace select x y -s p --or-create", .apply),
    ("atmos terraform init x -s p --target --migrate-state", .apply),
    // Options of terragrunt up to 0.84.
    ("terragrunt graph --terragrunt-graph-root plan apply", .apply),
    ("terragrunt graph --terragrunt-graph-root x plan", .plan),
    ("terragrunt graph --terragrunt-frob plan apply", .apply),
    ("terragrunt run-all --terragrunt-frob plan apply", .apply),
    ("terragrunt run-all --terragrunt-ignore-dependency-errors plan", .plan),
    ("terragrunt plan --terragrunt-frob", .plan),
    ("terragrunt stack --frob clean run apply", .apply),
    ("terragrunt hcl --frob fmt", .apply), ("terragrunt hclfmt --terragrunt-check", .none),
    // A tool made with cobra does not know an option of its command in front of that, and takes
    // the next word for its value.
    ("kubectl -A events delete --all", .apply), ("kubectl --all-namespaces events delete", .apply),
    ("kubectl events -A", .plan), ("kubectl rollout -R history undo x", .apply),
    ("helm --install list upgrade x", .apply), ("helm -i list upgrade x", .apply),
    ("helm upgrade -i x y --dry-run", .plan), ("pulumi -y preview up", .apply),
    ("pulumi preview -d", .plan), ("pulumi --non-interactive preview", .plan),
    ("pulumi do x --frob read delete", .apply),
    // What stands behind these belongs to another program.
    ("kubectl exec pod rm --dry-run=client", .apply), ("kubectl exec pod kubectl --help", .apply),
    ("kubectl exec --help", .none), ("pulumi env run x rm --help", .apply),
    ("atmos auth exec rm --help", .apply), ("atmos toolchain exec x --help", .apply),
    ("atmos auth exec --help", .none),
    ("packer validate -timestamp-ui -syntax-only x", .none),
    ("kubectl delete pod x --ignore-not-found --dry-run=client", .plan),
  ])
  func `is read as the tool reads it`(_ line: String, _ expected: CommandClass) throws {
    let words = line.split(separator: " ").map(String.init)
    let command = try read(words)
    #expect(command.commandClass == expected, "\(command)")
  }

  @Test(arguments: [
    ("s3 ls", CommandClass.plan), ("--profile p s3 ls", .plan), ("ec2 describe-instances", .apply),
    ("--region x ec2 help", .apply), ("EC2 help", .apply), ("configure list", .apply),
    ("iam list-users", .apply), ("iam list-roles", .plan), ("sts get-caller-identity", .plan),
    ("dynamodb scan", .plan), ("dynamodb wait table-exists", .apply), ("describe-x", .apply),
  ]) func `an alias of the AWS CLI can be anything`(
    _ line: String, _ expected: CommandClass
  ) throws {
    let home = try Scratch()
    try FileManager.default.createDirectory(
      atPath: "\(home.path)/.aws/cli", withIntermediateDirectories: true)
    _ = try home.write(
      ".aws/cli/alias",
      """
      # sts = no alias
      [toplevel]
      ec2 = !f() {
        dynamodb = !no alias either
      }; f
      Configure: !rm -rf /
      ls = s3 ls
      [command iam]
      list-users = delete-user
      [ command  dynamodb  wait ]
      table-exists = delete-table
      """)
    let words = ["aws"] + line.split(separator: " ").map(String.init)
    let command = try read(words, ["HOME": home.path])
    #expect(command.commandClass == expected)
    let isAlias = expected == .apply && line != "describe-x"
    #expect((command.reason?.contains("~/.aws/cli/alias") ?? false) == isAlias)
    #expect(try read(["aws", "s3", "ls"], ["HOME": "/nowhere"]).commandClass == .plan)
  }

  @Test func `aliases that cannot be read can be anything, too`() throws {
    let home = try Scratch()
    try FileManager.default.createDirectory(
      atPath: "\(home.path)/.aws/cli/alias", withIntermediateDirectories: true)
    #expect(try read(["aws", "s3", "ls"], ["HOME": home.path]).commandClass == .apply)
  }

  @Test func `a line that the AWS CLI lets a person edit can become any command`() throws {
    for value in ["on", "ON", "on-partial"] {
      for words in [["aws"], ["aws", "s3", "ls"], ["aws", "configure", "list"]] {
        let command = try read(words, ["AWS_CLI_AUTO_PROMPT": value])
        #expect(command.commandClass == .apply, "\(value) \(words)")
        #expect(command.reason?.contains("--no-cli-auto-prompt") == true)
      }
      let environment = ["AWS_CLI_AUTO_PROMPT": value]
      #expect(
        try read(["aws", "s3", "ls", "--no-cli-auto-prompt"], environment).commandClass == .plan)
      #expect(try read(["aws", "s3", "help"], environment).commandClass == .none)
      #expect(try read(["aws", "--version"], environment).commandClass == .none)
    }
    #expect(try read(["aws", "s3", "ls"], ["AWS_CLI_AUTO_PROMPT": "off"]).commandClass == .plan)
  }

  @Test func `empty words and words with blanks`() throws {
    #expect(try read(["terraform", "", "apply"]).commandClass == .apply)
    #expect(try read(["terraform", "state list"]).commandClass == .apply)
    #expect(try read(["terraform", "plan", ""]).commandClass == .plan)
    #expect(try read(["atmos", "terraform", "state rm", "vpc", "-s", "p"]).commandClass == .apply)
    #expect(try read(["atmos", "terraform", "state list", "vpc", "-s", "p"]).commandClass == .plan)
  }

  @Test func `a line says where it works, in which stack, and as whom`() throws {
    #expect(try read(["terragrunt", "--working-dir", "x", "--", "apply"]).directory == "x")
    #expect(try read(["terragrunt", "apply", "--terragrunt-working-dir", "x"]).directory == "x")
    #expect(try read(["terragrunt", "apply"], ["TG_WORKING_DIR": "x"]).directory == "x")
    #expect(try read(["terragrunt", "apply"], ["TERRAGRUNT_WORKING_DIR": "x"]).directory == "x")
    #expect(
      try read(["terragrunt", "--working-dir=y", "apply"], ["TG_WORKING_DIR": "x"]).directory == "y"
    )
    #expect(try read(["pulumi", "-C", "x", "up"]).directory == "x")
    #expect(try read(["atmos", "-C", "x", "terraform", "plan", "c"]).directory == "x")
    for words in [["-s", "p"], ["--stack", "p"], ["--stack=p"]] {
      #expect(try read(["atmos", "terraform", "plan", "c"] + words).stack == "p")
    }
    #expect(try read(["atmos", "terraform", "plan", "c"], ["ATMOS_STACK": "p"]).stack == "p")
    // The option takes the next word for its value.
    let command = try read(["atmos", "terraform", "plan", "--identity", "vpc", "-s", "p"])
    #expect(command.identity == "vpc")
    #expect(command.stack == "p")
    #expect(try read(["atmos", "terraform", "plan", "vpc", "--identity", "-s", "p"]).stack == "p")
    for words in [["--profile", "p"], ["--profile=p"], ["--prof", "p"], ["--p=p"]] {
      #expect(try read(["aws"] + words + ["s3", "ls"]).identity == "p")
      #expect(try read(["aws", "s3", "ls"] + words).identity == "p")
    }
    #expect(try read(["aws", "iam", "list-users", "--path-prefix", "/x"]).identity == nil)
    #expect(try read(["gcloud", "--account", "a@b", "projects", "list"]).identity == "a@b")
  }

  @Test func `what is not plain has a reason, and it repeats no argument`() throws {
    for words in [
      ["terraform", "hunter2"], ["terraform", "-hunter2", "plan"], ["atmos", "hunter2"],
      ["terragrunt", "hunter2"], ["terragrunt", "exec", "--", "hunter2"], ["kubectl", "hunter2"],
      ["kubectl", "--hunter2", "get", "pods"], ["helm", "hunter2"], ["pulumi", "hunter2"],
      ["terragrunt", "plan", "--backend-bootstrap"], ["packer", "hunter2"],
    ] {
      let reason = try #require(try read(words).reason, "\(words)")
      #expect(!reason.contains("hunter2"))
    }
    #expect(try read(["terraform", "apply"]).reason == nil)
    #expect(try read(["terraform", "plan"]).reason == nil)
  }

  @Test func `variables of terragrunt`() throws {
    #expect(
      try read(["terragrunt", "plan"], ["TG_BACKEND_BOOTSTRAP": "true"]).commandClass == .apply)
    #expect(
      try read(["terragrunt", "plan"], ["TG_ALL": "true", "TG_FILTER": "x"]).commandClass == .plan)
    #expect(try read(["terragrunt", "apply"], ["TG_ALL": "true"]).commandClass == .apply)
    #expect(try read(["terragrunt", "run", "--", "version"]).commandClass == .none)
  }
}
