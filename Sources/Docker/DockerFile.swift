public import Core

/// A file in which Docker, Podman and tools like them look up logins to registries.
public struct DockerFile: Sendable {
  /// The largest file that is changed; Docker's own are a few hundred bytes.
  private static let limit = 4 << 20

  /// Where it is.
  public let path: String

  /// Names a file; nothing is read yet.
  public init(_ path: String) {
    self.path = path
  }

  /// The files that tools of this environment read: Docker's, and the one that `REGISTRY_AUTH_FILE`
  /// names for Podman, Buildah and Skopeo, which then read no other.
  ///
  /// - Parameters:
  ///   - environment: The variables.
  ///   - working: The working directory, which relative paths are below, as for these tools.
  /// - Returns: The files, each once.
  public static func all(
    in environment: [String: String], directory working: String
  ) -> [DockerFile] {
    let directory =
      environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
      ?? "\(environment["HOME"] ?? "")/.docker"
    let named = environment["REGISTRY_AUTH_FILE"].flatMap { $0.isEmpty ? nil : $0 }
    let paths = ["\(directory)/config.json"] + (named.map { [$0] } ?? [])
    var seen: Set<String> = []
    return paths.map { path in
      guard !path.hasPrefix("/") else { return path }
      return "\(working)/\(path.hasPrefix("./") ? path.dropFirst(2) : path[...])"
    }.filter { seen.insert($0).inserted }.map(DockerFile.init)
  }

  /// Makes tools ask a helper for a host's login.
  ///
  /// - Parameters:
  ///   - helper: The end of the helper's name, behind `docker-credential-`.
  ///   - host: The registry's host.
  /// - Returns: What was written; `nil` if it was there already.
  /// - Throws: ``AuthError`` with code `system` if it cannot be written, and the file is as it was.
  public func use(helper: String, for host: String) throws(AuthError) -> DockerEntry? {
    try change { (editor) throws(JSONEditor.Fault) in
      let present = editor.string("credHelpers", host)
      if present == helper { return nil }
      guard present == nil else {
        throw JSONEditor.Fault(
          what: "names the helper `\(DisplayText.sanitized(present ?? "", limit: 60))` for this "
            + "registry; take that entry of `credHelpers` away to use this one", offset: -1)
      }
      let isNew = !editor.has("credHelpers")
      try editor.set("credHelpers", host, to: JSONText.string(helper))
      return DockerEntry(
        path: path, host: host, content: .helper(helper), madeSection: isNew, madeFile: false)
    }
  }

  /// Writes a user and password for a host, as `docker login` does without a store.
  ///
  /// - Returns: What was written.
  /// - Throws: ``AuthError`` with code `system` if it cannot be written, or if Docker would not look at
  ///   it; the file is as it was.
  public func store(
    user: String, password: Secret, for host: String
  ) throws(AuthError) -> DockerEntry? {
    var pair = Array("\(user):".utf8)
    password.withBytes { pair += $0 }
    defer { pair.wipe() }
    let text = String(decoding: Base64.encode(pair, .standard), as: UTF8.self)
    return try change { (editor) throws(JSONEditor.Fault) in
      for (key, value) in [
        ("credsStore", editor.string("credsStore")),
        ("credHelpers", editor.string("credHelpers", host)),
      ] {
        guard let value, !value.isEmpty else { continue }
        throw JSONEditor.Fault(
          what:
            "names `\(DisplayText.sanitized(value, limit: 60))` in `\(key)`, so Docker would not "
            + "look at a stored password; leave out `spec.store`", offset: -1)
      }
      let isNew = !editor.has("auths")
      try editor.set("auths", host, to: "{\"auth\": \(JSONText.string(text))}")
      return DockerEntry(
        path: path, host: host, content: .password(hash: DockerEntry.hash(text)),
        madeSection: isNew, madeFile: false)
    }
  }

  /// Takes back what one of the above wrote, unless somebody has changed it since.
  ///
  /// - Returns: Whether there was something to take back.
  /// - Throws: ``AuthError`` with code `system` if it cannot be written, and the file is as it was.
  public static func takeBack(_ entry: DockerEntry) throws(AuthError) -> Bool {
    let file = DockerFile(entry.path)
    guard FileSystem.exists(entry.path) else { return false }
    var isEmpty = false
    let done = try file.change { (editor) throws(JSONEditor.Fault) in
      guard editor.holds(entry) else { return nil }
      _ = try editor.remove(entry.section, entry.host)
      if entry.madeSection, editor.keys(of: entry.section).isEmpty {
        _ = try editor.remove(entry.section)
      }
      isEmpty = editor.isEmpty
      return entry
    }
    // A link leads to a file that somebody else made.
    if done != nil, entry.madeFile, isEmpty, !FileSystem.isLink(entry.path) {
      try FileSystem.remove(entry.path)
    }
    return done != nil
  }

  private func change(
    _ body: (inout JSONEditor) throws(JSONEditor.Fault) -> DockerEntry?
  ) throws(AuthError) -> DockerEntry? {
    let shown = DisplayText.sanitized(path)
    let present: [UInt8]?
    do throws(AuthError) {
      present = try FileSystem.readFile(path, limit: Self.limit)
    } catch {
      throw error.hint("Docker's file is as it was")
    }
    // Docker takes an empty file for one without settings.
    let isBlank = present?.allSatisfy { [0x09, 0x0A, 0x0D, 0x20].contains($0) } ?? true
    var editor: JSONEditor
    var entry: DockerEntry?
    do throws(JSONEditor.Fault) {
      editor = try JSONEditor(isBlank ? Array("{}\n".utf8) : present ?? [])
      entry = try body(&editor)
    } catch {
      let place = error.offset < 0 ? "" : " (byte \(error.offset + 1))"
      throw AuthError(.system, "\(shown) was left as it is: it \(error.what)\(place)")
    }
    guard entry != nil else { return nil }
    // It could be replaced all the same, but whoever made it read-only meant something by that.
    if let mode = FileSystem.mode(path), mode & 0o200 == 0 {
      throw AuthError(
        .system, "\(shown) was left as it is: it is read-only",
        hints: ["`\(ShellQuoting.typed(command: ["chmod", "u+w", path]))` makes it writable"])
    }
    if present == nil { entry?.madeFile = true }
    try FileSystem.replace(path, editor.bytes)
    return entry
  }
}

extension JSONEditor {
  /// Whether an entry is still what was written.
  fileprivate func holds(_ entry: DockerEntry) -> Bool {
    switch entry.content {
    case .helper(let name): string("credHelpers", entry.host) == name
    case .password(let hash): string("auths", entry.host, "auth").map(DockerEntry.hash) == hash
    }
  }
}
