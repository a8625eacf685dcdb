import AuthConfiguration
import Core
import Terragrunt
import ToolCommands

/// The role that a terragrunt is to assume: who has it here, and whose session terragrunt is given.
///
/// What options and variables name can be taken from terragrunt, and then it is given the role. What
/// its files name it assumes itself, whatever it is given, and a role may not assume itself; so then it
/// is given what the role's identity stands on, and what restrains that identity holds as well.
/// docs/terragrunt.md tells it to people.
struct TerragruntRun {
  private let context: CommandContext
  /// What options and variables say.
  private let told: TerragruntRole
  /// What files say.
  let files: TerragruntFiles

  /// For a program and its arguments; `nil` for other programs, and commands that need no credentials.
  init?(_ command: [String], _ context: CommandContext, without removed: [String] = []) {
    guard command.first?.hasSuffix("terragrunt") == true else { return nil }
    let environment = context.surroundings.environment.filter { !removed.contains($0.key) }
    guard let told = TerragruntRole.read(command, environment: environment),
      let place = TerragruntPlace.read(command, environment: environment)
    else { return nil }
    self.context = context
    self.told = told
    func absolute(_ path: String, from directory: String) -> String {
      path.hasPrefix("/") ? path : "\(directory)/\(path)"
    }
    let directory =
      place.directory.map { absolute($0, from: context.directory) }
      ?? context.directory
    if place.isForAllUnits {
      files = TerragruntFiles(below: directory, environment: environment)
    } else {
      files = TerragruntFiles(
        unit: absolute(place.file ?? TerragruntUnit.fileName, from: directory),
        environment: environment)
    }
  }

  /// For the unit in a directory, in which terragrunt asks for credentials.
  init(unit directory: String, _ context: CommandContext) {
    self.init(
      TerragruntFiles(
        unit: "\(directory)/\(TerragruntUnit.fileName)",
        environment: context.surroundings.environment), context)
  }

  /// For all units of a directory and below it.
  init(below directory: String, _ context: CommandContext) {
    self.init(
      TerragruntFiles(below: directory, environment: context.surroundings.environment), context)
  }

  private init(_ files: TerragruntFiles, _ context: CommandContext) {
    self.context = context
    self.files = files
    told =
      TerragruntRole.read(["terragrunt"], environment: context.surroundings.environment)
      ?? TerragruntRole(role: nil, duration: nil, sessionName: nil, webIdentityToken: nil)
  }

  // MARK: Who has the role

  /// The identity that has the role which options and variables name; `nil` if they name none, or it is
  /// left to terragrunt.
  func toldIdentity() throws(AuthError) -> Resolution? {
    // With a token of its own it needs none of our credentials.
    guard let role = told.role, told.webIdentityToken == nil else { return nil }
    if case .leftToTerragrunt(reason: nil) = files.said { return nil }
    guard let record = try holder(of: role, named: "terragrunt is told to assume") else {
      return nil
    }
    if isTakenOver, told.duration != nil || told.sessionName != nil {
      context.say(
        "note: the session has the length and the name that the identity `\(record.name)` gives it")
    }
    return Resolution(record, by: .argument, in: context.configuration)
  }

  /// Whether the role can be taken from terragrunt, since no file names one that would then count.
  var isTakenOver: Bool { if case .nothing = files.said { true } else { false } }

  /// The identity that has the role which files name; `nil` if they name none, options and variables
  /// name another one, or it is left to terragrunt.
  func filesIdentity(isNoted: Bool = true) throws(AuthError) -> Resolution? {
    guard told.role == nil, told.webIdentityToken == nil,
      case .role(let role, let place) = files.said,
      let record = try holder(of: role, named: isNoted ? "\(place) names" : nil)
    else { return nil }
    let catalog = try context.configuration.readableCatalog()
    var who = Resolution(record, by: .role, in: context.configuration)
    who.asked = NameGrants.name(
      ofUnit: FileSystem.realPath(files.directory) ?? files.directory,
      in: FileSystem.realPath(catalog.configurationDirectory) ?? catalog.configurationDirectory)
    let request = context.configuration.request
    who.isChosenByCheckout = !files.files.allSatisfy { request.isOwn($0) }
    return who
  }

  private func holder(of role: String, named: String?) throws(AuthError) -> IdentityRecord? {
    let found = try context.configuration.readableCatalog(mayBeMissing: true).identities
      .filter { $0.principal == role }
    if found.count == 1 { return found[0] }
    if let named {
      let count = found.isEmpty ? "no identity has" : "several identities have"
      context.say(
        "note: \(count) the role that \(named), so terragrunt assumes it itself, without MFA and "
          + "renewal")
    }
    return nil
  }

  // MARK: What terragrunt is given

  /// The same start, with a session from which terragrunt can assume the role itself, where it does so.
  static func adjusting(
    _ start: WrappedTool.Start, _ context: CommandContext, isNarrowed: Bool = false
  ) async throws(AuthError) -> WrappedTool.Start {
    guard let run = TerragruntRun(start.command, context, without: start.removed) else {
      return start
    }
    if case .leftToTerragrunt(let reason?) = run.files.said {
      context.say("note: \(reason), so terragrunt assumes its roles itself")
    }
    var start = start
    if let choice = start.choice {
      start.choice = try await run.given(choice, isNarrowed: isNarrowed)
    }
    return start
  }

  /// Whose session terragrunt is given so that it acts as `choice`.
  ///
  /// With `isNarrowed` that one's own session is to be given with less, and nobody else's.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if `choice` may not be used.
  func given(
    _ choice: ChosenIdentity, isNarrowed: Bool = false
  ) async throws(AuthError) -> ChosenIdentity {
    guard case .identity(var who) = choice, told.webIdentityToken == nil else { return choice }
    guard let role = assumed, who.record.principal == role, !isNarrowed, who.narrowed == nil else {
      who.leadsTo = try holders(on: who)
      return .identity(who)
    }
    guard let name = who.record.viaIdentity,
      let base = try who.configuration.readableCatalog().find(name),
      base.cloud == who.record.cloud, !base.isAmbient
    else {
      context.say(
        "note: terragrunt assumes the role of `\(who.record.name)` once more, from a session of that "
          + "role, which AWS refuses unless the role trusts itself; leave `iam_role` out")
      return choice
    }
    try await context.approve(who)
    var given = Resolution(base, by: who.reason, in: who.configuration)
    given.leadsTo = [who.record]
    if let region = who.region { given.file = IdentityFile(region: region) }
    return .identity(given)
  }

  // From whom the identities of its roles stand on, terragrunt becomes those.
  private func holders(on who: Resolution) throws(AuthError) -> [IdentityRecord] {
    let roles = told.role.map { [$0] } ?? files.roles
    guard !roles.isEmpty else { return [] }
    return try context.configuration.readableCatalog(mayBeMissing: true).identities.filter {
      roles.contains($0.principal ?? "")
        && $0.viaIdentity?.lowercased() == who.record.name.lowercased()
    }
  }

  // The role that terragrunt itself assumes.
  private var assumed: String? {
    switch files.said {
    case .leftToTerragrunt(reason: nil): nil
    case .role(let role, _): told.role ?? role
    case .nothing, .leftToTerragrunt: told.role
    }
  }
}
