import AuthConfiguration
package import Core
import Model
import ToolCommands

/// What `wrap` does: it keeps `auth.shell.wrap` in the person's own configuration file.
package struct WrapRequest {
  /// What is to be done.
  package enum Action: Sendable {
    case add([String])
    case remove([String])
    case list
  }

  package var action: Action

  /// Creates it from its parts.
  package init(_ action: Action) {
    self.action = action
  }

  /// The programs whose commands are known.
  package static let knownTools = ToolCommand.tools

  private static let path = ["auth", "shell", "wrap"]

  package func run(_ context: CommandContext) throws(AuthError) -> Int32 {
    let present = try context.ownConfiguration().readableCatalog(mayBeMissing: true).shell.wraps
    switch action {
    case .list:
      if present.isEmpty {
        context.say("nothing is wrapped; `atmos-auth wrap add terraform` adds a program")
      }
      try context.emit(present.map { "\($0)\n" }.joined())
    case .add(let names):
      for name in names {
        if let objection = WrappedName.objection(to: name) {
          throw AuthError(
            .usage, "`\(DisplayText.sanitized(name))` cannot be wrapped: \(objection)")
        }
      }
      let added = names.uniqued.filter { !present.contains($0) }
      try write(present + added, before: present, context)
      for name in added where !ToolCommand.tools.contains(name) {
        context.say(
          "note: what the commands of \(name) do is not known, so each counts as one that changes "
            + "something")
      }
    case .remove(let names):
      if let name = names.first(where: { !present.contains($0) }) {
        throw AuthError(
          .usage, "`\(DisplayText.sanitized(name))` is not wrapped",
          hints: ["`atmos-auth wrap list` shows what is"])
      }
      try write(present.filter { !names.contains($0) }, before: present, context)
    }
    return 0
  }

  private func write(
    _ words: [String], before: [String], _ context: CommandContext
  ) throws(AuthError) {
    guard words != before else { return context.say("nothing changes") }
    let (path, edit) = try Self.file(with: before, context)
    let bytes = try Self.orThrow(path) { () throws(YAMLListEdit.Fault) in try edit.setting(words) }
    try FileSystem.createDirectory(FileSystem.parent(of: path))
    try FileSystem.replace(path, bytes)
    context.say(
      "\(words.isEmpty ? "nothing is wrapped now" : "wrapped: \(words.joined(separator: ", "))") "
        + "(\(DisplayText.sanitized(path)))")
    context.say("new shells follow this list; in this one, evaluate the hook's line again")
  }

  /// The person's file that says what is in force, or else the one to say it from now on.
  private static func file(
    with words: [String], _ context: CommandContext
  ) throws(AuthError) -> (path: String, YAMLListEdit) {
    let request = context.configuration.request.ownOnly
    let files = try request.ownFiles()
    for path in files.reversed() {
      let edit = try edit(path)
      if edit.words == words { return (path, edit) }
    }
    if let path = files.last {
      throw AuthError(
        .usage, "`auth.shell.wrap` is not only what \(DisplayText.sanitized(path)) says",
        hints: ["change it where it is written"])
    }
    guard let path = request.newOwnFile else {
      throw AuthError(.system, "there is no home directory to keep the list in")
    }
    return (path, try edit(path))
  }

  private static func edit(_ path: String) throws(AuthError) -> YAMLListEdit {
    let bytes = try FileSystem.readFile(path) ?? []
    return try orThrow(path) { () throws(YAMLListEdit.Fault) in
      try YAMLListEdit(bytes, path: Self.path)
    }
  }

  private static func orThrow<Value>(
    _ path: String, _ body: () throws(YAMLListEdit.Fault) -> Value
  ) throws(AuthError) -> Value {
    do throws(YAMLListEdit.Fault) {
      return try body()
    } catch {
      throw AuthError(
        .badConfiguration, "\(DisplayText.sanitized(path)) \(error.what)",
        hints: ["write it yourself, as in `auth: {shell: {wrap: [terraform]}}`"])
    }
  }
}

extension [String] {
  /// Each element once, in order.
  fileprivate var uniqued: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension CommandContext {
  /// The person's own configuration, without that of the checkout they are in.
  func ownConfiguration() -> Configuration {
    configuration.replacing(configuration.request.ownOnly)
  }
}
