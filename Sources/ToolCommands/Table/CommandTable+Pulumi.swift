extension CommandTable {
  /// pulumi, whose `env open` prints secrets and whose `config set` may call a cloud's key service.
  ///
  /// Source: pulumi 3.259.
  static let pulumi = CommandTable(
    none: """
      version about install convert gen-completion completion schema login logout help events \
      view-trace
      about: *
      plugin: *
      package: *
      template: list
      logs: list decrypt remove
      policy: new install
      """,
    plan: """
      preview pre whoami stack config console
      stack: ls output export graph history get select unselect drift
      stack tag: get ls
      config: get refresh
      project: ls
      state: get
      policy: ls analyze
      org: get-default search list get
      insights: list get
      deployment: list get log search
      deployment settings: get
      env: ls get diff open
      env version: *
      esc: ls get diff open
      esc version: *
      cloud: list describe
      """,
    apply: """
      up update destroy down dn refresh import watch cancel new neo logs
      plugin: run
      state: rm delete mv move edit rename repair protect unprotect taint untaint upgrade
      stack: rm remove delete new init create setup import rename migrate change-secrets-provider
      stack tag: set rm
      stack schedule: *
      stack webhook: *
      env: init set edit rm rotate clone run
      esc: init set edit rm rotate clone run
      deployment: run cancel
      deployment settings: *
      config: set set-all rm rm-all copy
      config env: *
      cloud: api
      do: *
      org: *
      policy: enable disable publish rm
      policy group: *
      insights account: *
      template: publish
      package: publish
      logs: share
      """,
    options: [
      OptionRule(["refresh", "destroy", "down", "dn"], ["preview-only"], makes: .plan)
    ],
    switches: """
      h help disable-integrity-checking e emoji Q fully-qualify-stack-names logflow logtostderr \
      non-interactive
      """,
    commandSwitches: "y yes f skip-preview preview-only r refresh d debug diff j json",
    programs: """
      plugin: run
      env: run
      esc: run
      """,
    valued: """
      C cwd v verbose color tracing otel-traces profiling memprofilerate s stack t target plan \
      save-plan m message p parallel c config config-file replace target-replace exclude
      """)
}
