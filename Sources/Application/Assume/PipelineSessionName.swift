import AWS

/// The name of a role's session, as the pipeline that runs would be looked for in CloudTrail.
///
/// It stays the same for all runs of a pull request, so that they share one session.
enum PipelineSessionName {
  /// The parts of the first pipeline that the environment shows.
  static func of(_ environment: [String: String]) -> String {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    // Atlantis. Source: https://www.runatlantis.io/docs/custom-workflows (run command).
    if let pull = value("PULL_NUM") {
      return joined(
        [
          "atlantis", value("USER_NAME") ?? value("PULL_AUTHOR"), value("BASE_REPO_OWNER"),
          value("BASE_REPO_NAME"),
        ], pull)
    }
    // Jenkins: `jenkins-JOB-BUILD`.
    if let tag = value("BUILD_TAG") { return joined([], tag) }
    if let job = value("JOB_NAME"), let build = value("BUILD_NUMBER") {
      return joined(["jenkins", job], build)
    }
    if value("GITHUB_ACTIONS") == "true" {
      let repository = value("GITHUB_REPOSITORY")
      // refs/pull/7/merge
      let ref = value("GITHUB_REF")?.split(separator: "/") ?? []
      let last = ref.count > 2 && ref[1] == "pull" ? "pull-\(ref[2])" : value("GITHUB_RUN_ID")
      return joined(["github", value("GITHUB_ACTOR"), repository], last ?? "run")
    }
    if value("GITLAB_CI") != nil {
      let last = value("CI_MERGE_REQUEST_IID").map { "mr-\($0)" } ?? value("CI_PIPELINE_ID")
      return joined(
        ["gitlab", value("GITLAB_USER_LOGIN"), value("CI_PROJECT_PATH")], last ?? "pipeline")
    }
    if let build = value("CIRCLE_BUILD_NUM") {
      return joined(["circleci", value("CIRCLE_PROJECT_REPONAME")], build)
    }
    if let build = value("BITBUCKET_BUILD_NUMBER") {
      return joined(["bitbucket", value("BITBUCKET_REPO_SLUG")], build)
    }
    if let build = value("BUILD_BUILDID") {
      return joined(["azure", value("BUILD_REPOSITORY_NAME")], build)
    }
    return joined(["atmos-auth"], value("USER") ?? value("LOGNAME") ?? "pipeline")
  }

  /// Parts with hyphens between them, in 64 characters: the last part is kept whole, since it says
  /// which run it was.
  private static func joined(_ parts: [String?], _ last: String) -> String {
    // A single digit is too short for a name of its own.
    let tail = SessionName.cleaned("n-\(last)").dropFirst(2)
    let head = SessionName.cleaned(parts.compactMap { $0 }.joined(separator: "-"))
    guard !parts.isEmpty else { return SessionName.cleaned(last) }
    let room = 64 - tail.count - 1
    return room > 0 ? SessionName.cleaned("\(head.prefix(room))-\(tail)") : String(tail)
  }
}
