extension CommandTable {
  /// packer, whose `validate` opens data sources only when told to.
  ///
  /// Source: packer 1.16.
  static let packer = CommandTable(
    none: """
      fmt fix version hcl2_upgrade init inspect console verify-attestation
      plugins: *
      plugin: *
      execute: sbom-generate
      """,
    plan: "validate",
    apply: "build",
    options: [OptionRule(["validate"], ["syntax-only"], makes: .none)],
    switches: "syntax-only evaluate-datasources force debug color timestamp-ui",
    valued: "var var-file only except on-error parallel-builds")

  /// The AWS CLI: what the verb alone does not tell.
  ///
  /// `configure export-credentials` prints what it acts with.
  static let aws = CommandTable(
    none: """
      help history login logout
      configure: *
      sso: *
      """,
    plan: """
      configure: export-credentials
      sts: *
      s3: ls presign
      """,
    apply: """
      s3: cp sync mv rm mb rb website
      lambda: invoke
      ssm: start-session
      """,
    options: [
      OptionRule(["s3"], ["dryrun"], makes: .plan),
      OptionRule([], ["dry-run"], makes: .plan),
    ],
    switches: """
      debug no-verify-ssl no-paginate no-sign-request no-cli-pager cli-auto-prompt \
      no-cli-auto-prompt version v2-debug dry-run no-dry-run dryrun recursive quiet delete exact-timestamps \
      follow-symlinks no-follow-symlinks size-only only-show-errors no-progress
      """,
    valued: """
      profile region output endpoint-url query color ca-bundle cli-read-timeout \
      cli-connect-timeout cli-binary-format cli-error-format
      """,
    readingVerbs: """
      describe- list- get- batch-get- head- lookup- search search- scan query filter- simulate- \
      estimate- wait
      """)

  /// gcloud: what the verb alone does not tell.
  static let gcloud = CommandTable(
    none: """
      info version help init cheat-sheet feedback survey
      config: *
      components: *
      topic: *
      auth: *
      """,
    plan: """
      auth: print-access-token print-identity-token docker-helper git-helper
      config: config-helper
      auth application-default: print-access-token
      storage: ls cat
      """,
    apply: """
      compute: ssh scp start-iap-tunnel
      builds: submit
      """,
    switches: """
      q quiet h help v version log-http user-output-enabled no-user-output-enabled \
      no-log-http
      """,
    valued: """
      project account configuration format filter verbosity impersonate-service-account flags-file \
      billing-project access-token-file trace-token flatten limit page-size sort-by zone region \
      location
      """,
    readingVerbs: "list list- describe describe- get get- search search- read wait",
    changingVerbs: """
      abandon access add add- apply attach attach- call cancel clone connect copy cp create \
      create- delete delete- deploy destroy detach detach- disable disable- drain edit enable \
      enable- exec execute export export- failover import import- insert invoke kill migrate \
      move mv patch pause promote publish pull purge push put reject remove remove- replace \
      reset reset- resize restart restore resume rm rollback rotate rsync run run- scp set set- \
      sign ssh start start- stop stop- submit suspend switch sync test undelete unset update \
      update- upgrade upload validate write
      """)

  /// az: what the verb alone does not tell.
  static let az = CommandTable(
    none: """
      login logout version upgrade configure find
      account: set clear
      config: *
      cloud: *
      extension: *
      """,
    plan: """
      graph: query
      account: get-access-token
      """,
    apply: "interactive",
    switches: "h help version debug verbose only-show-errors y yes no-wait",
    valued: "subscription o output query",
    readingVerbs: "list list- show get- check- exists")

  /// Global options of the AWS CLI without a value.
  ///
  /// The CLI takes the start of a global option for the whole.
  static let awsGlobalSwitches: Set<String> = [
    "debug", "no-verify-ssl", "no-paginate", "no-sign-request", "no-cli-pager", "cli-auto-prompt",
    "no-cli-auto-prompt", "version", "v2-debug",
  ]
}
