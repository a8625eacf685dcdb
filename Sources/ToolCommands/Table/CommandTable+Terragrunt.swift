extension CommandTable {
  /// What terragrunt adds to terraform's commands.
  ///
  /// Source: internal/cli/commands of terragrunt 1.1, and what 0.84 to 0.90 removed. What only
  /// reads its files is in the second class, since reading them may run programs and call clouds.
  static let terragrunt = CommandTable(
    none: """
      help version catalog scaffold hclfmt
      info: strict
      info strict: list
      hcl: format fmt
      stack: clean
      """,
    plan: """
      render find fd list ls browse graph-dependencies hclvalidate validate-inputs terragrunt-info \
      render-json output-module-groups
      hcl: validate
      dag: graph
      info: print
      stack: generate output
      """,
    apply: """
      exec aws-provider-patch
      backend: bootstrap migrate delete
      """,
    switches: """
      log-disable log-show-abs-paths no-color non-interactive experiment-mode strict-mode no-tips \
      help h version v all a graph no-auto-init no-auto-retry no-auto-approve \
      no-auto-provider-cache-dir no-hooks no-dependency-outputs no-stack-generate no-cas no-engine \
      no-filters-file no-discovery-auth-provider-cmd source-update inputs-debug tf-forward-stdout \
      provider-cache backend-bootstrap backend-require-bootstrap queue-ignore-errors \
      queue-ignore-dag-order queue-exclude-external queue-include-external queue-strict-include \
      filter-affected filter-allow-destroy fail-fast disable-bucket-update \
      destroy-dependencies-check summary-disable summary-per-unit use-partial-parse-config-cache \
      in-download-dir \
      terragrunt-no-auto-init terragrunt-no-auto-retry terragrunt-no-auto-approve \
      terragrunt-non-interactive terragrunt-source-update terragrunt-ignore-dependency-errors \
      terragrunt-ignore-dependency-order terragrunt-ignore-external-dependencies \
      terragrunt-include-external-dependencies terragrunt-strict-include terragrunt-strict-validate \
      terragrunt-debug terragrunt-no-color terragrunt-log-disable terragrunt-log-show-abs-paths \
      terragrunt-disable-log-formatting terragrunt-json-log terragrunt-tf-logs-to-json \
      terragrunt-forward-tf-stdout terragrunt-include-module-prefix \
      terragrunt-fetch-dependency-output-from-state terragrunt-use-partial-parse-config-cache \
      terragrunt-fail-on-state-bucket-creation terragrunt-disable-bucket-update \
      terragrunt-disable-command-validation terragrunt-no-destroy-dependencies-check \
      terragrunt-provider-cache terragrunt-check terragrunt-diff terragrunt-hclfmt-stdin \
      terragrunt-hclvalidate-json terragrunt-hclvalidate-show-config-path \
      terragrunt-json-disable-dependent-modules
      """,
    valued: """
      working-dir log-level log-format log-custom-format experiment strict-control no-tip \
      profile-cpu profile-mem profile-goroutine profile-dir config tf-path download-dir source \
      source-map out-dir json-out-dir graph-root parallelism feature iam-assume-role \
      iam-assume-role-duration iam-assume-role-session-name iam-assume-role-web-identity-token \
      auth-provider-cmd provider-cache-dir provider-cache-token provider-cache-hostname \
      provider-cache-port provider-cache-registry-names filter filters-file discovery-boundary \
      queue-excludes-file queue-exclude-dir queue-include-dir queue-include-units-reading \
      units-that-include version-manager-file-name report-file report-format report-schema-file \
      engine-cache-path engine-log-level cas-clone-depth terragrunt-config terragrunt-tfpath \
      terragrunt-working-dir terragrunt-download-dir terragrunt-source terragrunt-source-map \
      terragrunt-iam-role terragrunt-iam-assume-role-duration \
      terragrunt-iam-assume-role-session-name terragrunt-iam-web-identity-token \
      terragrunt-parallelism terragrunt-excludes-file terragrunt-exclude-dir \
      terragrunt-include-dir terragrunt-log-level terragrunt-log-format \
      terragrunt-log-custom-format terragrunt-modules-that-include \
      terragrunt-queue-include-units-reading terragrunt-auth-provider-cmd terragrunt-out-dir \
      terragrunt-json-out-dir terragrunt-provider-cache-dir terragrunt-provider-cache-token \
      terragrunt-provider-cache-hostname terragrunt-provider-cache-port \
      terragrunt-provider-cache-registry-names terragrunt-graph-root terragrunt-json-out \
      terragrunt-override-attr terragrunt-hclfmt-file terragrunt-hclfmt-exclude-dir
      """)

  /// What older words for a command in all units stand for.
  static let terragruntOldWords = [
    "plan-all": "plan", "apply-all": "apply", "destroy-all": "destroy", "output-all": "output",
    "validate-all": "validate", "spin-up": "apply", "tear-down": "destroy",
  ]
}
