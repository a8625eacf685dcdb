extension CommandTable {
  /// atmos.
  ///
  /// Source: cmd/ of atmos 1.226. What describes stacks may read state, stores and secrets by YAML
  /// functions, so it is in the second class. `plan` creates the workspace of a new stack.
  ///
  /// A checkout can put commands of its own below each command of the first level, so all of atmos'
  /// own are named there.
  static let atmos = CommandTable(
    none: """
      about support docs help completion env lsp cast sbom version
      version: list show install uninstall track tracks
      init: *
      scaffold: list generate validate
      theme: list show
      profile: list show
      config: convert delete edit format get list schema set unset validate
      toolchain: add aliases clean du env get info install list lock path registry remove search set \
      uninstall update which
      validate: config editorconfig schema
      auth: validate list logout
      terraform: fmt version clean login logout
      terraform workdir: *
      terraform cache: *
      ci: cache status validate
      git: clone pull init status diff list clean
      git hooks: *
      secret: keygen
      mcp: add export generate-config install list remove restart status test tools uninstall
      ai: agent ask chat help memory providers sessions skill
      """,
    plan: """
      describe: affected component config dependants dependents locals manifest stacks workflows
      list: affected aliases components dependencies deployments editions instances labels metadata \
      settings sources stacks tags themes values vars vendor workflows
      stack: config convert delete format get list schema set unset validate
      vendor: add clean config delete diff edit get list pull remove set unset update verify
      validate: stacks component
      atlantis: generate
      atlantis generate: *
      secret: get list pull validate
      store: get list
      auth: login whoami env console
      aws: ecr eks security compliance
      aws ecr: *
      aws eks: *
      aws security: *
      aws compliance: *
      azure: acr aks security compliance
      azure acr: *
      azure aks: *
      gcp: artifact-registry gar gke security compliance
      gcp gar: *
      gcp gke: *
      terraform: plan plan-diff init get show output console graph providers validate modules \
      metadata lint
      terraform providers: *
      terraform metadata: *
      terraform state: list show pull
      terraform workspace: list show select
      terraform planfile: list show download
      terraform backend: list describe
      terraform migrate: plan list
      terraform generate: *
      terraform source: *
      helmfile: diff template version generate
      helmfile generate: *
      helm: template diff plan repo
      helm repo: *
      kubernetes: render diff plan validate
      packer: init inspect validate output version
      ansible: version
      container: attach build down list logs ls ps pull restart rm run start stop up
      composition: list ls validate
      emulator: attach down list logs ls ps pull reset restart rm run start status stop up
      devcontainer: attach config list logs rebuild remove start stop
      """,
    apply: """
      terraform: apply deploy destroy import refresh taint untaint force-unlock test shell
      terraform state: mv rm push replace-provider
      terraform workspace: new delete
      terraform backend: create update delete
      terraform migrate: apply
      terraform planfile: upload delete
      helmfile: apply sync destroy
      helm: apply deploy delete
      kubernetes: apply deploy delete
      packer: build
      ansible: playbook
      ansible playbook: *
      container: push exec shell
      emulator: exec shell
      devcontainer: exec shell
      toolchain: exec
      workflow: *
      auth: exec shell
      secret: exec shell set delete push import init
      store: set delete
      pro: *
      git: push commit
      ai: exec
      mcp: start
      """,
    switches: "help h version v all affected from-plan dry-run skip-init no-color force-color",
    programs: """
      auth: exec shell
      secret: exec shell
      toolchain: exec
      ai: exec
      container: exec shell
      emulator: exec shell
      devcontainer: exec shell
      """,
    valued: """
      C chdir base-path config config-path logs-level logs-file redirect-stderr use-version \
      edition identity i profile pager s stack q query components tags labels skip ref sha \
      repo-path ssh-key append-user-agent planfile
      """)

  /// Options whose value may be left out; a word without a dash after them is their value.
  static let atmosOptionalValues: Set<String> = ["identity", "i", "profile", "pager"]

  /// Short names of commands.
  static let atmosShortNames = [
    "tf": "terraform", "hf": "helmfile", "k8s": "kubernetes", "pk": "packer", "an": "ansible",
    "c": "container", "emu": "emulator",
  ]
}
