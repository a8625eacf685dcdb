import Core
import Terragrunt

/// What the files of the units that terragrunt works in say about the role to assume.
struct TerragruntFiles {
  /// What they say.
  enum Said {
    /// Nothing, so terragrunt assumes what it is told and nothing else.
    case nothing
    /// This role, at that place.
    case role(String, at: String)
    /// A role with a token of its own, or one that cannot be told, for a reason.
    case leftToTerragrunt(reason: String?)
  }

  /// What they say.
  private(set) var said = Said.nothing
  /// All roles that are known of, which terragrunt assumes from what it is given.
  private(set) var roles: Set<String> = []
  /// The files that were read.
  private(set) var files: [String] = []
  /// The directory of the unit, or that of all of them.
  let directory: String

  /// Reads those of one unit; they say nothing where it has none.
  init(unit file: String, environment: [String: String]) {
    directory = FileSystem.parent(of: file)
    guard let unit = TerragruntUnit(file, environment: environment, yaml: TerragruntYAML.decode)
    else {
      if FileSystem.exists("\(file).json") {
        said = .leftToTerragrunt(reason: "\(DisplayText.sanitized(file)).json is not read here")
      }
      return
    }
    (said, files) = (Self.said(by: unit), unit.files)
    roles = Self.roles(of: [unit])
  }

  /// Reads those of all units of a directory and below it.
  init(below directory: String, environment: [String: String]) {
    self.directory = directory
    guard
      let units = TerragruntUnits.below(
        directory, environment: environment, yaml: TerragruntYAML.decode)
    else {
      said = .leftToTerragrunt(
        reason: "the units below \(DisplayText.sanitized(directory)) cannot all be read here")
      return
    }
    files = Array(Set(units.flatMap(\.files))).sorted()
    roles = Self.roles(of: units)
    guard let first = units.first else { return }
    said =
      units.dropFirst().allSatisfy { Self.agree($0, first) }
      ? Self.said(by: first)
      : .leftToTerragrunt(
        reason: "units below \(DisplayText.sanitized(directory)) have different roles")
  }

  private static func agree(_ one: TerragruntUnit, _ other: TerragruntUnit) -> Bool {
    switch (one.role, other.role) {
    case (.unstated, .unstated): true
    default:
      one.role.text != nil && one.role.text == other.role.text
        && one.webIdentityToken == .unstated && other.webIdentityToken == .unstated
    }
  }

  // With a token of its own a unit needs none of our credentials.
  private static func roles(of units: [TerragruntUnit]) -> Set<String> {
    Set(units.filter { $0.webIdentityToken.text == nil }.compactMap(\.role.text))
  }

  private static func said(by unit: TerragruntUnit) -> Said {
    switch (unit.role, unit.webIdentityToken) {
    case (.unstated, _): .nothing
    case (.unknown(let fault), _):
      .leftToTerragrunt(reason: "`iam_role` is not known here (\(fault.text))")
    case (.value(let role, let place), .unstated): .role(role, at: place.text)
    // With a token of its own it needs no credentials of ours.
    case (.value, .value): .leftToTerragrunt(reason: nil)
    case (.value, .unknown(let fault)):
      .leftToTerragrunt(reason: "`iam_web_identity_token` is not known here (\(fault.text))")
    }
  }
}
