extension CommandTable {
  /// kubectl.
  ///
  /// Source: kubectl 1.37. An alias of kuberc and a plugin are words that are not in the table.
  /// `create token` hands out a credential.
  static let kubectl = CommandTable(
    none: """
      options help
      config: *
      completion: *
      kustomize
      plugin: *
      kuberc: *
      """,
    plan: """
      get describe logs top explain events api-resources api-versions cluster-info version diff wait
      top: node nodes no pod pods po
      cluster-info: dump
      auth: can-i whoami
      rollout: status history
      apply: view-last-applied
      """,
    apply: """
      apply create delete replace patch edit set label annotate scale autoscale expose run drain \
      cordon uncordon taint exec attach cp debug port-forward proxy certificate
      auth: reconcile
      rollout: restart undo pause resume
      apply: set-last-applied edit-last-applied
      set: *
      create: *
      certificate: *
      """,
    options: [
      OptionRule(["version"], ["client"], makes: .none),
      OptionRule([], ["dry-run"], .words(["client", "server"]), makes: .plan),
    ],
    switches: """
      h help insecure-skip-tls-verify match-server-version warnings-as-errors disable-compression \
      alsologtostderr logtostderr one-output skip-headers skip-log-headers add-dir-header
      """,
    commandSwitches: """
      A all-namespaces R recursive w watch force all i t stdin tty server-side overwrite wait now \
      dry-run client cascade ignore-not-found prune record save-config show-labels show-managed-fields \
      validate force-conflicts
      """,
    programs: "exec",
    valued: """
      n namespace s server v context cluster user token as as-group as-uid kubeconfig \
      request-timeout cache-dir certificate-authority client-certificate client-key \
      tls-server-name username password profile profile-output kuberc vmodule f filename k \
      kustomize l selector o output c container image field-selector p patch type \
      log-backtrace-at log-dir log-file log-file-max-size log-flush-frequency stderrthreshold \
      user-extra as-user-extra
      """)

  /// helm 3 and 4, without plugins.
  static let helm = CommandTable(
    none: """
      create lint package version verify help template pull fetch env
      completion: *
      docs: *
      show: *
      inspect: *
      search: *
      dependency: *
      dep: *
      dependencies: *
      repo: *
      registry: *
      plugin: *
      """,
    plan: """
      list ls history hist status
      get: *
      """,
    apply: """
      install upgrade rollback uninstall del delete un test push
      """,
    options: [
      OptionRule(["template"], ["validate"], makes: .plan),
      OptionRule(["template"], ["dry-run"], .words(["server"]), makes: .plan),
      OptionRule([], ["dry-run"], .words(["", "client", "server", "true"]), makes: .plan),
    ],
    switches: """
      h help debug kube-insecure-skip-tls-verify
      """,
    commandSwitches: """
      i install dry-run atomic wait wait-for-jobs force \
      create-namespace reset-values reuse-values dependency-update devel cleanup-on-fail no-hooks \
      skip-crds verify hide-secret replace keep-history ignore-not-found validate g generate-name \
      rollback-on-failure
      """,
    valued: """
      n namespace kubeconfig kube-context kube-token kube-as-user kube-as-group kube-apiserver \
      kube-ca-file kube-tls-server-name registry-config repository-config repository-cache \
      content-cache burst-limit qps color colour f values set set-string set-file set-json \
      set-literal version timeout description post-renderer repo history-max
      """)

  /// helmfile 1, and what older versions had.
  ///
  /// `list` and its like run programs of templates.
  static let helmfile = CommandTable(
    none: """
      create version completion cache doctor help
      cache: *
      completion: *
      """,
    plan: """
      list build diff status template lint unittest write-values show-dag print-env deps repos fetch
      """,
    apply: """
      apply sync destroy test init delete charts
      """,
    switches: """
      h help q quiet i interactive debug no-color allow-no-matching-release enable-live-output \
      skip-deps skip-refresh disable-force-update strip-args-values-on-exit-error \
      enforce-plugin-verification sequential-helmfiles
      """,
    valued: """
      b helm-binary k kustomize-binary f file e environment n namespace c chart l selector \
      state-values-set state-values-set-string state-values-file kubeconfig kube-context log-level \
      repo-retries
      """)
}
