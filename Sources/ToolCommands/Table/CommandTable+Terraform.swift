extension CommandTable {
  /// terraform and tofu: what one of them has and the other has not is in it as well.
  ///
  /// Source: commands.go of terraform 1.10 to 1.17 and tofu 1.12 and 1.13.
  ///
  /// `plan` locks the state and runs data sources. `refresh` and `apply -refresh-only` write the
  /// state. `init` opens the backend. `test` applies, and destroys, unless its files say otherwise.
  static let terraform = CommandTable(
    none: """
      fmt validate version get metadata login logout modules push
      metadata: functions
      workspace: show
      env: show
      providers: lock mirror
      """,
    plan: """
      plan init show output console graph providers query
      providers: schema
      state: list ls show pull identities
      workspace: list select
      env: list select
      """,
    apply: """
      apply destroy refresh import taint untaint test force-unlock rpcapi
      test: cleanup
      state: mv move rm remove push replace-provider migrate
      workspace: new delete
      env: new delete
      stacks: *
      cloud: *
      """,
    options: [
      OptionRule(["init"], ["backend"], .off, makes: .none),
      OptionRule(["init"], ["migrate-state", "force-copy"], makes: .apply),
      OptionRule(["workspace select", "env select"], ["or-create"], makes: .apply),
      OptionRule(
        ["state mv", "state move", "state rm", "state remove"], ["dry-run"], makes: .plan),
    ],
    switches: """
      auto-approve compact-warnings destroy detailed-exitcode force force-copy input json lock \
      no-color reconfigure refresh refresh-only show-sensitive upgrade
      """,
    valued: """
      var var-file target exclude replace invoke parallelism lock-timeout state state-out backup \
      out generate-config-out policies backend-config from-module plugin-dir lockfile \
      test-directory filter target-file exclude-file json-into junit-xml backup-out platform \
      fs-mirror net-mirror plan type id
      """)
}
