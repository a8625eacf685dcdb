import AWS
import AuthConfiguration
package import Core
import Model
import Terminal

/// What `aws-config` does, apart from the command line.
package struct AWSConfigRequest {
  package enum Action { case show, write, remove }

  package var action: Action
  package var file: String?
  package var prefix = ""
  /// Whether the change was agreed to in advance.
  package var isAgreed = false

  /// Creates it from its parts.
  package init(action: Action, file: String? = nil, prefix: String = "", isAgreed: Bool = false) {
    self.action = action
    self.file = file
    self.prefix = prefix
    self.isAgreed = isAgreed
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    guard prefix.isEmpty || AWSProfile.isName("\(prefix)x") else {
      throw AuthError(
        .usage, "no profile's name can begin with `\(DisplayText.sanitized(prefix))`",
        hints: ["use letters, digits and . _ - only"])
    }
    if action == .show {
      try context.emit(AWSConfigBlock.text(try profiles(context)))
      return 0
    }
    let path = path(context)
    let old = try FileSystem.readFile(path) ?? []
    let block = try AWSConfigBlock(old, file: path)
    let new: [UInt8]
    if action == .remove {
      new = block.removed
    } else {
      let profiles = try profiles(context)
      try refuseTaken(profiles, block, path, context)
      new = block.replaced(by: AWSConfigBlock.text(profiles))
    }
    guard new != old else {
      context.say(
        action == .remove
          ? "\(path) has no profiles of atmos-auth" : "\(path) is up to date")
      return 0
    }
    show(UnifiedDiff(old, new, file: path, hide: Self.withoutSecrets), context)
    try await confirm(path, context)
    guard try FileSystem.readFile(path) ?? [] == old else {
      throw AuthError(
        .system, "\(path) was changed by another program in the meantime",
        hints: ["nothing was written; run the command again"])
    }
    try FileSystem.replace(path, new)
    context.say(
      "\(context.err.symbol("✓", plain: "ok")) "
        + (action == .remove ? "Removed the profiles from" : "Wrote the profiles to") + " \(path)")
    return 0
  }

  private func profiles(_ context: CommandContext) throws(AuthError) -> [AWSProfile] {
    let catalog = try context.configuration.readableCatalog()
    var command = AWSProfile.command(
      program: context.surroundings.executable, arguments: catalog.reproducingArguments)
    // What the arguments cannot say, and the program would not have elsewhere.
    let variables = catalog.reproducingVariables
    if !variables.isEmpty {
      command = ["/usr/bin/env"] + variables.map { "\($0.name)=\($0.value)" } + command
    }
    // Our own profile is itself part of the environment, so such identities need none.
    let profiles = try AWSProfile.profiles(
      of: catalog.identities(of: .aws).filter { !$0.isAmbient }, command: command, prefix: prefix)
    guard !profiles.isEmpty else {
      throw AuthError(
        .badConfiguration, "no AWS identity is configured for \(context.directory)",
        hints: ["see `atmos-auth list`"])
    }
    return profiles
  }

  // The files as they are outside of a hooked shell, where the variables are ours.
  private func paths(_ context: CommandContext) -> SharedConfigPaths {
    SharedConfigPaths(
      environment: context.ownEnvironment, directory: context.directory)
  }

  private func path(_ context: CommandContext) -> String {
    guard var file else { return paths(context).config }
    // No shell expands it after `--file=`.
    if file.hasPrefix("~/") { file = SharedConfigPaths.expanded(file, context.ownEnvironment) }
    return context.absolute(file)
  }

  // A profile that the person wrote must not be changed, nor ours be hidden by keys of theirs.
  private func refuseTaken(
    _ profiles: [AWSProfile], _ block: AWSConfigBlock, _ path: String, _ context: CommandContext
  ) throws(AuthError) {
    let wanted = Set(profiles.map(\.name))
    var taken: [String] = []
    // Our lines are emptied, not cut out, so that the lines after them keep their numbers.
    let gap = block.content.filter { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    let theirs = SharedConfigFile(block.before + gap + block.after)
    try refuseDefaults(theirs, path)
    for section in theirs.sections {
      // Whatever any tool takes the title for.
      if let name = SharedConfigTitle.profiles(config: section.title).intersection(wanted).first {
        taken.append("\(path):\(section.line): profile `\(name)`")
      }
    }
    let credentials = paths(context).credentials
    if file == nil, let keys = try SharedConfigFile.read(credentials) {
      for section in keys.sections where wanted.contains(section.title) {
        taken.append("\(credentials):\(section.line): keys of profile `\(section.title)`")
      }
    }
    guard !taken.isEmpty else { return }
    let more = taken.count > 8 ? " and \(taken.count - 8) more" : ""
    throw AuthError(
      .badConfiguration,
      "profiles of the same name already exist: "
        + taken.prefix(8).map { DisplayText.sanitized($0) }.joined(separator: ", ") + more,
      hints: [
        "give ours another name: `atmos-auth aws-config --write --prefix atmos-`",
        "or delete the others, if atmos-auth is to take their place",
      ])
  }

  // To botocore each of these comes before a `credential_process`, and counts for our profiles too.
  private func refuseDefaults(_ file: SharedConfigFile, _ path: String) throws(AuthError) {
    let first = [
      "role_arn", "web_identity_token_file", "sso_account_id", "sso_role_name", "login_session",
    ]
    guard let setting = file.defaults.first(where: { first.contains($0.key) }) else { return }
    throw AuthError(
      .badConfiguration,
      "\(DisplayText.sanitized(path)):\(setting.line): `\(setting.key)` in [DEFAULT] applies to "
        + "every profile, so the AWS CLI would use it instead of atmos-auth",
      hints: ["move it to the profiles that it is meant for"])
  }

  private func show(_ diff: UnifiedDiff, _ context: CommandContext) {
    var text = ""
    for line in diff.lines {
      let style: Style? =
        switch line.first {
        case "+": .good
        case "-": .bad
        case "@": .faint
        default: nil
        }
      text += (style.map { context.err.styled(line, $0) } ?? line) + "\n"
    }
    context.err.write(text)
  }

  /// A line of the person's that stands near ours may hold a key.
  private static func withoutSecrets(_ line: String) -> String {
    guard let separator = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return line }
    let key = line[..<separator].lowercased()
    let isSecret = ["secret", "token", "password"].contains { key.contains($0) }
    return isSecret ? "\(line[...separator]) <secret>" : line
  }

  private func confirm(_ path: String, _ context: CommandContext) async throws(AuthError) {
    if isAgreed { return }
    guard let terminal = context.personAtInput else {
      throw AuthError(
        .loginRequired, "cannot confirm the change to \(path): there is no terminal",
        hints: ["add `--yes`"])
    }
    let answer = try await terminal.ask("Write this to \(path)? [y/N] ", hidden: false)
      .revealed().trimmed.lowercased()
    guard answer == "y" || answer == "yes" else {
      throw AuthError(.declined, "nothing was written")
    }
  }
}
