import Core

/// Whether a process is part of a job of continuous integration.
enum CIJob {
  // https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables
  // https://www.runatlantis.io/docs/custom-workflows#reference
  // https://learn.microsoft.com/azure/devops/pipelines/build/variables
  // https://www.jetbrains.com/help/teamcity/predefined-build-parameters.html
  private static let variables = [
    "JENKINS_URL", "ATLANTIS_TERRAFORM_VERSION", "TF_BUILD", "TEAMCITY_VERSION",
  ]

  /// Whether the environment is that of a job.
  ///
  /// `CI` says so, or the variables of a runner that does not set it. With `ATMOS_AUTH_TRUST=strict`
  /// there is no job.
  static func isOne(_ environment: [String: String]) -> Bool {
    if environment["ATMOS_AUTH_TRUST"]?.lowercased() == "strict" { return false }
    if let said = environment["CI"] { return !["", "false", "0"].contains(said.lowercased()) }
    return variables.contains { !(environment[$0] ?? "").isEmpty }
  }
}

extension CommandContext {
  /// Whether ATMOS_INTERACTIVE says that nobody is to be asked.
  var isSaidToBeAlone: Bool {
    guard let said = surroundings.environment["ATMOS_INTERACTIVE"] else { return false }
    return ["false", "0", "no", "off"].contains(said.lowercased())
  }

  /// Refuses what only a person decides, where somebody said that there is none; a CI job may.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired`.
  func requirePerson(for command: String) throws(AuthError) {
    guard isSaidToBeAlone, !configuration.isJob else { return }
    throw AuthError(
      .loginRequired,
      "`\(command)` needs a person, and ATMOS_INTERACTIVE says that nobody is there",
      hints: ["unset ATMOS_INTERACTIVE, or run it in a terminal of your own"])
  }
}
