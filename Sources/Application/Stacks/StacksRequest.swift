import AuthConfiguration
package import Core
import Terminal

/// What `stacks` does, apart from the command line.
package struct StacksRequest {
  /// Whether the answer is JSON.
  package var isJSON: Bool
  /// Whether directories get an `.atmos-identity`.
  package var writes: Bool

  /// Creates it from its parts.
  package init(isJSON: Bool = false, writes: Bool = false) {
    self.isJSON = isJSON
    self.writes = writes
  }

  /// Shows which identity each stack selects, or writes that down for directories.
  package func run(_ context: CommandContext) throws(AuthError) -> Int32 {
    let stacks = try context.definedStacks()
    guard !stacks.isEmpty else {
      throw AuthError(
        .badConfiguration, "the configuration has no stacks",
        hints: ["`stacks.base_path` in atmos.yaml says where their manifests are"])
    }
    if writes { return try write(stacks, context) }
    if isJSON {
      try context.emit(JSONText.indented("[\(stacks.map(Self.json).joined(separator: ","))]"))
      return 0
    }
    let base = context.configuration.request.workingDirectory
    var table = Table([["STACK", "IDENTITY", "MANIFEST"]])
    for stack in stacks {
      table.append([stack.name, Self.text(stack.choice), Self.relative(stack.file, to: base)])
    }
    let width = context.out.isTerminal ? context.out.columns : nil
    try context.emit(table.lines(width: width).joined(separator: "\n") + "\n")
    return 0
  }

  private static func text(_ choice: StackChoice) -> String {
    switch choice {
    case .identity(let name): name
    case .several(let names): "several: \(names.joined(separator: ", "))"
    case .nothing: "-"
    case .unknown(let reason): "unknown: \(reason)"
    }
  }

  private static func json(_ stack: Stack) -> String {
    var members = [
      ("stack", JSONText.string(stack.name)), ("manifest", JSONText.string(stack.file)),
    ]
    switch stack.choice {
    case .identity(let name): members.append(("identity", JSONText.string(name)))
    case .several(let names): members.append(("defaults", JSONText.words(names)))
    case .nothing: break
    case .unknown(let reason): members.append(("unknown", JSONText.string(reason)))
    }
    return JSONText.object(members)
  }

  private static func relative(_ path: String, to base: String) -> String {
    path.hasPrefix(base + "/") ? String(path.dropFirst(base.utf8.count + 1)) : path
  }

  // MARK: Directories

  private func write(_ stacks: [Stack], _ context: CommandContext) throws(AuthError) -> Int32 {
    var status: Int32 = 0
    for (directory, identity) in Self.agreeing(stacks) {
      let path = "\(directory)/\(IdentityFile.name)"
      let text = Array("\(identity)\n".utf8)
      let known = try FileSystem.readFile(path, limit: IdentityFile.limit)
      if known == text { continue }
      guard known == nil, !FileSystem.isNamed(path) else {
        context.say(
          "\(path) names another identity and is not changed; `\(identity)` would be "
            + "right")
        status = AuthError.Code.refused.exitStatus
        continue
      }
      guard case .success = IdentityFile.parse(text) else {
        context.say("\(directory): `\(identity)` cannot be named in \(IdentityFile.name)")
        status = AuthError.Code.refused.exitStatus
        continue
      }
      try FileSystem.writeAtomically(path, text, mode: 0o644)
      context.say("\(context.err.symbol("✓", plain: "ok")) \(path): \(identity)")
    }
    context.say(
      "`atmos-auth allow` lets a directory choose its identity; `allow --all` lets all of them")
    return status
  }

  /// The directories in and below which all stacks select one identity, the uppermost of each tree.
  static func agreeing(_ stacks: [Stack]) -> [(directory: String, identity: String)] {
    // What each directory's stacks select; `nil` where that is not one identity.
    var selected: [String: String?] = [:]
    for stack in stacks {
      let identity: String? = if case .identity(let name) = stack.choice { name } else { nil }
      var directory = stack.file
      while let slash = directory.utf8.lastIndex(of: UInt8(ascii: "/")),
        slash > directory.startIndex
      {
        directory = String(directory[..<slash])
        if let known = selected[directory] {
          if known != identity { selected[directory] = .some(nil) }
        } else {
          selected[directory] = .some(identity)
        }
      }
    }
    let agreeing = selected.compactMapValues { $0 }
    let manifests = Set(stacks.map { parent(of: $0.file) })
    // The directory of all is not entered from above: no higher than where the manifests part.
    let root = common(manifests.sorted())
    return agreeing.filter { directory, _ in
      (directory == root || directory.hasPrefix(root + "/"))
        && (directory == root || agreeing[parent(of: directory)] == nil)
    }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func parent(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ""
  }

  private static func common(_ directories: [String]) -> String {
    guard var root = directories.first else { return "" }
    for directory in directories {
      while directory != root, !directory.hasPrefix(root + "/") { root = parent(of: root) }
    }
    return root
  }
}
