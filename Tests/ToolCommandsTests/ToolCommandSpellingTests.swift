import Testing
import ToolCommands

/// Each command of each tool as people type it.
///
/// A line is a list of commands, with a tool and the words in front of them: `tool: a b | c d`.
@Suite struct ToolCommandSpellingTests {
  static let none = """
    terraform: fmt | validate | version | get | metadata functions | workspace show | env show
    terraform: login | logout | providers lock | providers mirror | modules | push
    terraform: -install-autocomplete
    terraform: init -backend=false | | -help | -version | apply -help | plan -h
    tofu: fmt | validate | version | providers lock | workspace show
    terragrunt: help | version | --version | info strict | info strict list | hcl format | hcl fmt
    terragrunt: stack clean | catalog | scaffold x | hclfmt | run -- version | run
    atmos: version | version --check | version list | about | support | docs x | help | completion bash | init
    atmos: scaffold list
    atmos: theme list | profile list | config get x | toolchain install | lsp start | cast x | sbom
    atmos: validate config | validate editorconfig | validate schema | auth validate | auth list
    atmos: auth logout
    atmos: terraform fmt | terraform version | terraform clean x -s y | terraform workdir list
    atmos: tf cache x | terraform login x | terraform logout | --version
    atmos: env | ci status | git clone x | git pull | git init | git status | git diff | git list
    atmos: git clean
    atmos: git hooks x | secret keygen | mcp list | ai ask | --help | terraform plan x -s y --help
    pulumi: version | about | install | convert --from x | gen-completion bash | completion zsh
    pulumi: schema check
    pulumi: plugin ls | plugin install x | package add x | template list | login | logout
    pulumi: logs list | logs decrypt | logs remove | policy new | policy install | events
    pulumi: view-trace x
    helm: create x | lint x | package x | env | version | verify x | completion bash | docs
    helm: show values x
    helm: inspect chart x | search hub x | template x | dependency build x | dep up x | repo add x y
    helm: registry login x | pull x | fetch x | plugin list | get values x --help
    helmfile: create | version | completion bash | cache info | cache cleanup | doctor
    packer: fmt . | fix x | version | hcl2_upgrade x | init . | inspect x | console
    packer: plugins installed
    packer: plugin x | validate -syntax-only x | execute sbom-generate | verify-attestation
    packer: -version
    kubectl: config use-context x | config | completion bash | kustomize x | options | plugin list
    kubectl: kuberc set
    kubectl: version --client | get pods --help | help | help get
    aws: configure | configure sso | configure set x y | help | ec2 help | ec2 run-instances help
    aws: history list
    aws: login | logout | sso login | --version | ec2 run-instances --generate-cli-skeleton
    gcloud: config set project x | components list | auth login | info | version | topic x | help
    gcloud: init | --version | -v | cheat-sheet | compute ssh --help
    az: --version | -v
    az: login | logout | account set -s x | config set x=y | configure | cloud list | version
    az: upgrade
    az: extension add --name x | vm list --help
    """

  static let plan = """
    terraform: plan | init | show | show x | output -json | console | graph | providers
    terraform: providers schema
    terraform: state list | state show a | state pull | state identities | workspace list
    terraform: workspace select x
    terraform: query | env list | env select x | state mv -dry-run a b | state rm -dry-run a
    terraform: plan -destroy | plan -out=p | plan -refresh-only | plan -out apply
    tofu: plan | state ls | state list | output
    terragrunt: plan | init | validate | output | show | state list | state show x | state pull
    terragrunt: render
    terragrunt: hcl validate | find | fd | list | ls | browse | dag graph | info print
    terragrunt: stack generate
    terragrunt: stack output | run plan | run --all plan | run -a plan | run --all -- plan
    terragrunt: stack run plan
    terragrunt: plan --all | run --graph plan | plan-all | output-all | validate-all
    terragrunt: graph-dependencies
    terragrunt: hclvalidate | validate-inputs | terragrunt-info | render-json | output-module-groups
    terragrunt: run-all plan | graph plan | workspace list | run fmt
    atmos: describe stacks | describe component x -s y | list stacks | stack list | vendor pull
    atmos: validate stacks | validate component x -s y | atlantis generate repo-config
    atmos: secret get x | secret list | secret pull | secret validate | store get x | store list
    atmos: auth login | auth whoami | auth env | auth console
    atmos: aws ecr login | aws eks update-kubeconfig x | aws security x | aws compliance x
    atmos: azure aks x | gcp gke x
    atmos: terraform plan x -s y | tf plan x -s y | terraform plan-diff x | terraform init x
    atmos: terraform get x
    atmos: terraform show x | terraform output x | terraform console x | terraform graph x
    atmos: terraform providers x | terraform validate x | terraform modules x | terraform metadata x
    atmos: terraform lint x | terraform state list x | terraform state show x
    atmos: terraform state pull x
    atmos: terraform workspace list x | terraform workspace select x | terraform planfile list
    atmos: terraform planfile download | terraform backend list | terraform migrate plan
    atmos: terraform migrate list
    atmos: terraform generate backends | terraform source pull x | terraform workspace show x
    atmos: helmfile diff x -s y | hf diff x | helmfile template x | helmfile version
    atmos: helmfile generate varfile x
    atmos: helm template x | helm diff x | helm plan x | helm repo x | kubernetes render x
    atmos: k8s diff x
    atmos: kubernetes plan x | kubernetes validate x | packer init x | pk inspect x
    atmos: packer validate x
    atmos: packer output x | packer version | ansible version | an version
    atmos: container build x | c run x | composition list | emulator up | emu up | devcontainer start
    pulumi: preview | pre | whoami | stack | stack ls | stack output | stack export | stack graph x
    pulumi: stack history | stack get | stack select x | stack unselect | stack drift
    pulumi: stack tag get x
    pulumi: stack tag ls | config | config get x | config refresh | console | project ls | state get
    pulumi: policy ls | policy analyze | org search | insights list | deployment list
    pulumi: deployment log
    pulumi: env ls | env get x | env diff x | env version x | env open x | esc ls
    pulumi: refresh --preview-only
    pulumi: destroy --preview-only | dn --preview-only | do aws:s3 read | do aws:s3 list
    pulumi: cloud list
    pulumi: cloud describe x
    helm: get values x | list | ls | history x | hist x | status x | template --validate x
    helm: upgrade --install --dry-run x y | install x y --dry-run=server
    helm: uninstall x --dry-run=client
    helmfile: list | build | diff | status | template | lint | unittest | write-values | show-dag
    helmfile: print-env
    helmfile: deps | repos | fetch | -e prod diff
    packer: validate x | validate -evaluate-datasources x
    kubectl: get pods | describe pod x | logs x | top pods | explain pods | events | api-resources
    kubectl: api-versions | cluster-info | cluster-info dump | version | diff -f x | wait x
    kubectl: auth can-i get pods
    kubectl: auth whoami | rollout status x | rollout history x | apply view-last-applied x
    kubectl: delete pod x --dry-run=client | apply -f x --dry-run=server
    aws: ec2 describe-instances | s3api list-buckets | iam get-user | ecr batch-get-image
    aws: s3api head-object
    aws: cloudtrail lookup-events | resourcegroupstaggingapi search | dynamodb scan | dynamodb query
    aws: logs filter-log-events | iam simulate-principal-policy | x estimate-costs
    aws: ec2 wait instance-running
    aws: s3 ls | s3 presign x | sts get-caller-identity | sts assume-role
    aws: ec2 run-instances --dry-run
    aws: s3 cp a b --dryrun | --region x ec2 describe-instances | configure export-credentials
    aws: ec2 run-instances --no-dry-run --dry-run
    gcloud: projects list | compute instances describe x | container clusters get-credentials x
    gcloud: asset search-all-resources y
    gcloud: logging read x | storage ls | storage cat x | auth print-access-token
    gcloud: auth print-identity-token
    gcloud: iam policies get x | compute operations wait x | config config-helper | auth docker-helper get
    gcloud: auth application-default print-access-token | compute instances describe delete
    gcloud: beta run services list
    az: vm list | vm show -n x | aks get-credentials -n x | acr check-health | group exists -n x
    az: graph query -q x | account get-access-token | rest --uri x | rest --method GET --uri x
    az: account list | rest -mGET -u x | rest -m=head -u x | rest --meth=get -u x
    """

  static let apply = """
    terraform: apply | destroy | refresh | import a b | taint a | untaint a | test | force-unlock x
    terraform: state mv a b | state rm a | state push x | state replace-provider a b
    terraform: workspace new x
    terraform: workspace delete x | init -migrate-state | init -force-copy
    terraform: workspace select -or-create x
    terraform: stacks init | stacks | rpcapi | cloud x | test cleanup | state migrate | env new x
    terraform: env delete x
    terraform: apply p | apply -refresh-only | frob | state frob | apply --auto-approve
    tofu: apply | state move a b | state remove a | destroy
    terragrunt: apply | destroy | import a b | refresh | test | force-unlock x | state mv a b
    terragrunt: state rm a
    terragrunt: state push x | state replace-provider a b | backend bootstrap | backend migrate a b
    terragrunt: backend delete | exec -- aws s3 ls | aws-provider-patch | run apply
    terragrunt: run --all apply
    terragrunt: run --all -- destroy | run -a apply | run --graph apply | stack run apply
    terragrunt: apply --all
    terragrunt: apply --graph | run -- stacks list | plan --backend-bootstrap | apply-all
    terragrunt: destroy-all
    terragrunt: spin-up | tear-down | run-all apply | graph destroy | frob | stack run destroy
    atmos: terraform apply x -s y | terraform deploy x | terraform destroy x | terraform import x
    atmos: tf refresh x
    atmos: terraform taint x | terraform untaint x | terraform force-unlock x | terraform test x
    atmos: tf shell x
    atmos: terraform state mv x | terraform state rm x | terraform state push x
    atmos: terraform state replace-provider x | terraform workspace new x
    atmos: terraform workspace delete x
    atmos: terraform backend create x | terraform backend update x | terraform backend delete x
    atmos: terraform migrate apply | terraform planfile upload | terraform planfile delete
    atmos: helmfile apply x | helmfile sync x | hf destroy x | helm apply x | helm deploy x
    atmos: helm delete x
    atmos: kubernetes apply x | k8s deploy x | kubernetes delete x | packer build x
    atmos: ansible playbook x | an pb x
    atmos: container push x | workflow x -f y | workflow | tp vpc -s p | auth exec -- x | auth shell
    atmos: secret exec -- x | secret shell | secret set x | secret delete x | secret push
    atmos: secret import x
    atmos: secret init | store set x y | store delete x | pro lock | pro unlock | pro commit
    atmos: git push |
    atmos: git commit | ai exec x | mcp start | terraform init x -- -migrate-state
    atmos: terraform frob x | stack x | azure x | gcp x | composition x
    pulumi: up | update | destroy | down | dn | refresh | import x | watch | cancel | new x
    pulumi: plugin run x
    pulumi: state rm x | state mv x | state edit | state rename x | state repair | state protect x
    pulumi: state unprotect x | state taint x | state untaint x | state upgrade | do aws:s3 create
    pulumi: do aws:s3 patch | do aws:s3 upsert | do aws:s3 delete | do x | cloud api x
    pulumi: stack rm x | stack remove x | stack delete x | stack new x | stack init x
    pulumi: stack create x
    pulumi: stack setup | stack import | stack rename x | stack migrate
    pulumi: stack change-secrets-provider x
    pulumi: stack tag set x y | stack tag rm x | stack schedule x | stack webhook x | env init x
    pulumi: env set x
    pulumi: env edit x | env rm x | env rotate x | env clone x | env run x | deployment run x
    pulumi: deployment cancel | deployment settings set | config set x y | config set-all
    pulumi: config rm x
    pulumi: config rm-all | config copy | config env add x | org x | policy enable x
    pulumi: policy publish
    pulumi: policy group ls | insights account new | template publish | package publish x
    pulumi: logs share | neo
    pulumi: apply | deploy | plan | delete
    helm: install x y | upgrade x y | rollback x 1 | uninstall x | del x | delete x | un x
    helm: test x | push x y
    helm: diff upgrade x y | upgrade x y --dry-run=false | install x y --dry-run=none
    helmfile: apply | sync | destroy | test | init | charts | delete | frob
    packer: build x | build -force x | frob | -machine-readable build x
    kubectl: apply -f x | create -f x | delete pod x | replace -f x | patch pod x | edit pod x
    kubectl: set image x
    kubectl: label pod x a=b | annotate pod x a=b | scale x | autoscale x | expose x | run x
    kubectl: drain x
    kubectl: cordon x | uncordon x | taint x y | certificate approve x | auth reconcile -f x
    kubectl: rollout restart x | rollout undo x | rollout pause x | rollout resume x
    kubectl: apply set-last-applied -f x | apply edit-last-applied x | exec x -- ls | attach x
    kubectl: cp a b
    kubectl: debug x | port-forward x 1:2 | proxy | create token x | create frob | frob
    kubectl: apply -f x --dry-run=none | delete pod x --dry-run
    aws: lambda invoke x | ssm start-session x | rds-data execute-statement | s3 cp a b
    aws: s3 sync a b | s3 mv a b
    aws: --cli-auto-prompt | s3 ls --cli-auto-prompt
    aws: s3 rm x | ec2 run-instances | iam create-user | ec2 run-instances --no-dry-run
    gcloud: compute ssh x | builds submit | compute instances create x
    gcloud: compute instances delete list
    gcloud: alpha interactive | beta interactive
    gcloud: run deploy x | projects add-iam-policy-binding list
    az: vm create -n list | group delete -n x | rest --method delete --uri x | rest -m PUT --uri x
    az: vm start | interactive
    """

  static func lines(_ text: String) -> [[String]] {
    text.split(separator: "\n").flatMap { line -> [[String]] in
      let parts = line.split(separator: ":", maxSplits: 1)
      return parts[1].split(separator: "|", omittingEmptySubsequences: false).map {
        [String(parts[0])] + $0.split(separator: " ").map(String.init)
      }
    }
  }

  private func check(_ text: String, _ expected: CommandClass) throws {
    for words in Self.lines(text) {
      let command = try #require(ToolCommand.read(words, environment: [:]))
      #expect(command.commandClass == expected, "\(words) \(command)")
      #expect(command.tool == words[0])
    }
  }

  @Test func `what needs no credentials`() throws { try check(Self.none, .none) }
  @Test func `what changes nothing far away`() throws { try check(Self.plan, .plan) }
  @Test func `what may change something, and what is not known`() throws {
    try check(Self.apply, .apply)
  }

  @Test func `the words of a command are known words, never an argument`() throws {
    for (line, words) in [
      (["terraform", "state", "rm", "secret"], ["state", "rm"]),
      (["terraform", "frob", "secret"], []),
      (["terraform", "state", "secret"], ["state"]),
      (["terragrunt", "run", "--all", "--", "apply", "secret"], ["run", "apply"]),
      (["terragrunt", "apply-all"], ["apply-all"]),
      (["atmos", "terraform", "state rm", "vpc", "-s", "x"], ["terraform", "state", "rm"]),
      (["atmos", "tf", "plan", "vpc"], ["terraform", "plan"]),
      (["atmos", "tp", "vpc"], []),
      (["kubectl", "-n", "x", "rollout", "status", "deployment/y"], ["rollout", "status"]),
      (["aws", "s3", "rm", "s3://secret"], ["s3", "rm"]),
      (["aws", "sts", "get-caller-identity"], ["sts", "get-caller-identity"]),
      (["gcloud", "compute", "instances", "describe", "x"], ["compute", "instances", "describe"]),
      (["az", "vm", "show", "-n", "x"], ["vm", "show"]),
      (["helm", "get", "values", "x"], ["get"]),
    ] as [([String], [String])] {
      let command = try #require(ToolCommand.read(line, environment: [:]))
      #expect(command.words == words, "\(line)")
    }
  }

  @Test func `a program is known by the last part of its path`() {
    #expect(ToolCommand.read(["/opt/x/tofu", "plan"], environment: [:])?.tool == "tofu")
    #expect(ToolCommand.read(["./terraform-old", "plan"], environment: [:]) == nil)
    #expect(ToolCommand.read(["true"], environment: [:]) == nil)
    #expect(ToolCommand.read([], environment: [:]) == nil)
    #expect(ToolCommand.read([""], environment: [:]) == nil)
  }

  @Test(arguments: ToolCommand.tools) func `each tool is read`(_ tool: String) {
    // atmos alone opens a menu, which can start any of its commands.
    let alone = tool == "atmos" ? CommandClass.apply : .none
    #expect(ToolCommand.read([tool], environment: [:])?.commandClass == alone)
    #expect(ToolCommand.read([tool, "frob"], environment: [:])?.commandClass == .apply)
  }
}
