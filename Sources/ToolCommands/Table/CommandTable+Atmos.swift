extension CommandTable {
  /// atmos.
  ///
  /// Source: cmd/ of atmos 1.226. What describes stacks may read state, stores and secrets by YAML
  /// functions, so it is in the second class. `plan` creates the workspace of a new stack.
  static let atmos = CommandTable(
    none: """
      about support docs help completion env lsp cast sbom
      version: *
      init: *
      scaffold: *
      theme: *
      profile: *
      config: *
      toolchain: *
      validate: config editorconfig schema
      auth: validate list logout
      terraform: fmt version clean
      terraform workdir: *
      terraform cache: *
      ci: *
      git: clone pull init status diff list clean
      git hooks: *
      secret: keygen
      mcp: *
      ai: *
      """,
    plan: """
      describe: *
      list: *
      stack: *
      vendor: *
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
      azure: *
      gcp: *
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
      container: *
      composition: *
      emulator: *
      devcontainer: *
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
      container: push
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
