import AuthConfiguration
package import Core
import Programs
import ToolCommands

/// What `shims` does: it keeps links of tools' names, each of which runs the tool by its wrapper.
package struct ShimsRequest {
  /// What is to be done.
  package enum Action: Sendable {
    case install([String])
    case remove([String])
    case list
  }

  package var action: Action
  /// Where they are; `nil` for our own directory.
  package var directory: String?

  /// Creates it from its parts.
  package init(_ action: Action, directory: String? = nil) {
    self.action = action
    self.directory = directory
  }

  package func run(_ context: CommandContext) throws(AuthError) -> Int32 {
    let directory = place(context)
    switch action {
    case .install(let names): try install(names, in: directory, context)
    case .remove(let names): try remove(names, from: directory, context)
    case .list: try list(directory, context)
    }
    return 0
  }

  private func place(_ context: CommandContext) -> String {
    guard let directory else { return context.paths.shimsDirectory }
    return context.absolute(directory)
  }

  private func install(
    _ names: [String], in directory: String, _ context: CommandContext
  ) throws(AuthError) {
    guard !names.isEmpty else {
      throw AuthError(
        .usage, "no program is named", hints: ["name some: `atmos-auth shims install terraform`"])
    }
    for name in names {
      let path = "\(directory)/\(name)"
      if let objection = WrappedName.objection(to: name) {
        throw AuthError(
          .usage, "`\(DisplayText.sanitized(name))` cannot have a shim: \(objection)")
      }
      guard !FileSystem.isNamed(path) || Shim(at: path) != nil else {
        throw AuthError(
          .usage, "\(DisplayText.sanitized(path)) already exists and is not a shim",
          hints: ["name another directory with `--dir`"])
      }
    }
    try FileSystem.createDirectory(directory)
    let marker = "\(directory)/\(Shim.marker)"
    if !FileSystem.exists(marker) {
      try FileSystem.create(
        marker, Array("Links in this directory lead to atmos-auth; see `atmos-auth shims`.\n".utf8),
        mode: 0o644)
    }
    for name in names {
      try FileSystem.link("\(directory)/\(name)", to: context.surroundings.executable)
    }
    let shown = DisplayText.sanitized(directory)
    context.say("\(names.joined(separator: ", ")): in \(shown)")
    if let name = names.first(where: { !isFound($0, in: directory, context) }) {
      context.say(
        "PATH does not lead to the shim `\(name)` yet; put the directory in front: "
          + "`export PATH=\(ShellQuoting.typed(directory)):$PATH`")
    }
  }

  // Whether PATH leads to the shim.
  private func isFound(_ name: String, in directory: String, _ context: CommandContext) -> Bool {
    guard
      let path = try? ProgramPath.find(name, path: context.surroundings.environment["PATH"]),
      let found = FileSystem.realPath(FileSystem.parent(of: path))
    else { return false }
    return found == FileSystem.realPath(directory)
  }

  private func names(in directory: String) throws(AuthError) -> [String] {
    let names = try FileSystem.list(directory) ?? []
    return names.filter { Shim(at: "\(directory)/\($0)") != nil }
  }

  private func remove(
    _ names: [String], from directory: String, _ context: CommandContext
  ) throws(AuthError) {
    let present = try self.names(in: directory)
    if let name = names.first(where: { !present.contains($0) }) {
      throw AuthError(
        .usage,
        "there is no shim `\(DisplayText.sanitized(name))` in "
          + DisplayText.sanitized(directory),
        hints: ["`atmos-auth shims list` shows those that there are"])
    }
    let removed = names.isEmpty ? present : names
    for name in removed { try FileSystem.remove("\(directory)/\(name)") }
    if present.allSatisfy(removed.contains) {
      try FileSystem.remove("\(directory)/\(Shim.marker)")
    }
    let shown = removed.joined(separator: ", ")
    context.say(removed.isEmpty ? "there is no shim" : "removed: \(shown)")
  }

  private func list(_ directory: String, _ context: CommandContext) throws(AuthError) {
    let names = try names(in: directory)
    if names.isEmpty { context.say("there is no shim in \(DisplayText.sanitized(directory))") }
    for name in names where !isFound(name, in: directory, context) {
      context.say("note: PATH does not lead to the shim `\(name)`")
    }
    try context.emit(names.map { "\(directory)/\($0)\n" }.joined())
  }
}
