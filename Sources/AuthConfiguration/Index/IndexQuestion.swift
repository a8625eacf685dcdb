internal import Core

/// What an index is an answer to, apart from the contents of files and variables.
///
/// It is about the files that were found, not about where the search began, so that a whole
/// repository shares one index.
struct IndexQuestion {
  /// The question as text; it is in the index too.
  let text: String
  /// The name of the index' file.
  let key: String

  init(_ request: ConfigurationRequest, _ discovery: Discovery) {
    var lines = discovery.mainFiles.map { "\($0.followsImports ? "file" : "system") \($0.path)" }
    // Whose a file is depends on more than the file: on how it was named, and on directories above it.
    let ownership = Ownership(request, discovery)
    lines += discovery.mainFiles.map { "own \(ownership.isOwn($0.path))" }
    lines.append("named \(request.variable("ATMOS_CLI_CONFIG_PATH") ?? "-")")
    lines.append("realm \(discovery.realmSource)")
    lines.append("directory \(discovery.configDirectory ?? "-")")
    lines.append("git \(discovery.gitRoot ?? "-")")
    lines.append("base \(discovery.basePath ?? "-")")
    lines.append("explicit \(discovery.isExplicit)")
    lines += request.profiles.map { "profile \($0)" }
    lines.append("home \(request.home ?? "-")")
    lines.append("config \(request.paths.config)")
    lines.append("cache \(request.paths.cache)")
    text = lines.text(joinedBy: "\n")
    key = String(Hex.sha256(Array(text.utf8)).prefix(32))
  }

  /// The index at `path` if it is one, answers this question, was made by the same build, and
  /// everything it depends on is as it was.
  func answer(
    at path: String, _ request: ConfigurationRequest, build: String, now: Instant
  ) -> (IndexFile, IndexHead)? {
    guard let bytes = IndexBytes(path: path), let index = IndexFile(bytes),
      let head = IndexHead(index.reader(.general)), head.request == text, head.build == build
    else { return nil }
    var settled: IndexHead?
    guard head.isCurrent(request, now: now, settled: &settled), index.isWhole else { return nil }
    if let settled {
      // If it cannot be written, the next command compares contents again.
      try? index.replacing(general: settled.encoded()).write(to: path)
    }
    return (index, head)
  }
}
