internal import Core

/// What the files of a unit of terragrunt's say about the role that it is to assume.
///
/// The length and the name of the session are not read: terragrunt assumes this role itself.
///
/// Nothing is run and nothing is called: what has no value without that is
/// ``Attribute/unknown(_:)``.
public struct TerragruntUnit: Equatable, Sendable {
  /// What is said of one attribute.
  public enum Attribute: Equatable, Sendable {
    /// Nothing.
    case unstated
    /// This, at that place.
    case value(String, HCLPlace)
    /// Something that only terragrunt can tell.
    case unknown(HCLFault)

    /// The value, if it is known.
    public var text: String? { if case .value(let text, _) = self { text } else { nil } }
  }

  /// The unit's file.
  public let file: String
  /// `iam_role`.
  public private(set) var role = Attribute.unstated
  /// `iam_web_identity_token`.
  public private(set) var webIdentityToken = Attribute.unstated
  /// Every file that was read, the unit's own first.
  public private(set) var files: [String] = []
  /// The files that it includes.
  public private(set) var includes: [String] = []

  /// The name of a unit's file.
  public static let fileName = "terragrunt.hcl"

  /// Reads a unit; `nil` if there is no such file.
  ///
  /// - Parameters:
  ///   - path: Its file, absolute.
  ///   - environment: The variables that terragrunt will see.
  ///   - yaml: What reads YAML.
  public init?(_ path: String, environment: [String: String], yaml: @escaping YAMLDecoder) {
    let path = Paths.clean(path)
    file = path
    let evaluation = HCLEvaluation(environment: environment, yaml: yaml)
    do throws(HCLFault) {
      let place = HCLPlace(file: path, line: 1)
      guard let scope = try evaluation.scope(path, unit: path, for: place) else { return nil }
      try read(scope, evaluation)
    } catch {
      (role, webIdentityToken) = (.unknown(error), .unknown(error))
    }
    files = evaluation.files
  }

  private mutating func read(
    _ scope: HCLScope, _ evaluation: HCLEvaluation
  ) throws(HCLFault) {
    let automatic = "\(scope.directory)/terragrunt.autoinclude.hcl"
    let extra = try evaluation.scope(
      automatic, unit: scope.unit, for: HCLPlace(file: automatic, line: 1))
    var others: [HCLScope] = []
    var fault: HCLFault?
    do throws(HCLFault) {
      others = try TerragruntFile(scope, evaluation).mergedFiles()
    } catch {
      fault = error
    }
    includes = scope.includes.map(\.path)
    func attribute(_ name: String) -> Attribute {
      if let text = extra?.body.attributes[name] {
        return .unknown(
          HCLFault(kind: .unread, place: text.place, what: "`\(name)` in another file of the unit"))
      }
      let own = Self.attribute(name, in: scope, evaluation)
      guard own == .unstated else { return own }
      if let fault { return .unknown(fault) }
      for other in others {
        let found = Self.attribute(name, in: other, evaluation)
        if found != .unstated { return found }
      }
      return .unstated
    }
    role = attribute("iam_role")
    webIdentityToken = attribute("iam_web_identity_token")
  }

  // An empty value says nothing.
  private static func attribute(
    _ name: String, in scope: HCLScope, _ evaluation: HCLEvaluation
  ) -> Attribute {
    guard let text = scope.body.attributes[name] else { return .unstated }
    do throws(HCLFault) {
      let value = try evaluation.simple(try evaluation.value(of: text, in: scope))
      if case .null = value { return .unstated }
      let found = try evaluation.text(value, HCLEvaluation.Place(text, scope))
      return found.isEmpty ? .unstated : .value(found, text.place)
    } catch {
      return .unknown(error)
    }
  }
}
