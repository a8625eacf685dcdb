import AuthConfiguration
import Core
import Terminal
import Terragrunt

extension TrustRequest {
  /// Allows that the role which a unit's files name leads to the identity that has it, after showing
  /// what that does; and the same for a run of all units of the directory.
  ///
  /// - Returns: `nil` where a file says who acts in the directory, or no unit there has such a role.
  func allowUnit(
    _ directory: String, _ context: CommandContext
  ) async throws(AuthError) -> Int32? {
    guard context.identityFile(from: directory) == nil else { return nil }
    var found: [(who: Resolution, run: TerragruntRun)] = []
    for run in [TerragruntRun(unit: directory, context), TerragruntRun(below: directory, context)] {
      guard let who = try run.filesIdentity(isNoted: false),
        !found.contains(where: { $0.who.record.name == who.record.name })
      else { continue }
      found.append((who, run))
    }
    guard !found.isEmpty else { return nil }
    for (who, run) in found {
      guard !who.record.isOwn || who.isChosenByCheckout else {
        context.say("`\(who.record.name)` is in your own configuration, which needs no allowing")
        return 0
      }
      try allow(who, of: run, context)
    }
    context.say("\(context.err.symbol("✓", plain: "ok")) allowed, until `atmos-auth revoke`")
    return 0
  }

  /// The same for every unit of a directory and below it; gives their number.
  func allowUnits(below directory: String, _ context: CommandContext) throws(AuthError) -> Int {
    let environment = context.surroundings.environment
    guard
      let units = TerragruntUnits.below(
        directory, environment: environment, yaml: TerragruntYAML.decode)
    else {
      context.say(
        "note: not all directories were looked through for units of terragrunt's; "
          + "`atmos-auth allow DIRECTORY` allows one")
      return 0
    }
    var count = 0
    for unit in units {
      let run = TerragruntRun(unit: FileSystem.parent(of: unit.file), context)
      guard let who = try run.filesIdentity(isNoted: false), who.isChosenByCheckout else {
        continue
      }
      try allow(who, of: run, context)
      count += 1
    }
    return count
  }

  private func allow(
    _ who: Resolution, of run: TerragruntRun, _ context: CommandContext
  ) throws(AuthError) {
    let record = who.record
    let catalog = try context.configuration.readableCatalog()
    context.say(
      "the role that terragrunt's files name for \(DisplayText.sanitized(run.files.directory)) "
        + "selects \(record.name)")
    for path in run.files.files { context.say("  read \(DisplayText.sanitized(path))") }
    let before = NameGrants(of: catalog.configurationDirectory, context.paths)?.entry(who.asked)
    let trust = catalog.trust(for: record)
    context.show(
      trust, of: record.name, before: before?.traits, replacesOwn: record.replacesOwn,
      loosensOwn: record.loosensOwn, in: context.configuration)
    try context.allow(
      trust, names: [who.asked] + (record.isOwn ? [] : [record.name.lowercased()]),
      in: context.configuration)
    // Terragrunt is given what the role is assumed from.
    guard let name = record.viaIdentity, let base = catalog.find(name), !base.isOwn else { return }
    try context.allow(
      catalog.trust(for: base), names: [base.name.lowercased()], in: context.configuration)
  }

  /// Takes away that a unit's files choose.
  ///
  /// - Returns: `nil` if it was not allowed.
  func forgetUnit(_ directory: String, _ context: CommandContext) throws(AuthError) -> Int32? {
    let catalog = try context.configuration.readableCatalog(mayBeMissing: true)
    let root = catalog.configurationDirectory
    let name = NameGrants.name(ofUnit: directory, in: FileSystem.realPath(root) ?? root)
    guard NameGrants(of: root, context.paths)?.entry(name) != nil else { return nil }
    return try forget(name, context)
  }
}
