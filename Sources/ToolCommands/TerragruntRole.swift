/// The role that terragrunt is told to assume, by its options and variables.
///
/// Each field by itself: an option beats a variable, and today's spelling the older one. An empty
/// value says nothing, as in terragrunt.
public struct TerragruntRole: Equatable, Sendable {
  /// The role's ARN; `nil` if none is named, and the rest is for one that files name.
  public let role: String?
  /// How long its session lasts, in seconds, as it was written.
  public let duration: String?
  /// What its session is called.
  public let sessionName: String?
  /// A token, or a file with one, that the role is assumed with; there are no other credentials then.
  public let webIdentityToken: String?

  /// Creates it from its parts.
  public init(role: String?, duration: String?, sessionName: String?, webIdentityToken: String?) {
    self.role = role
    self.duration = duration
    self.sessionName = sessionName
    self.webIdentityToken = webIdentityToken
  }

  /// Reads a command line of terragrunt's.
  ///
  /// - Parameters:
  ///   - arguments: The program and its arguments.
  ///   - environment: The variables that terragrunt will see.
  /// - Returns: `nil` when the program is another one.
  public static func read(
    _ arguments: [String], environment: [String: String]
  ) -> TerragruntRole? {
    guard ToolCommand.isOf("terragrunt", arguments) else { return nil }
    let options = TerragruntLine(Array(arguments.dropFirst())).options
    func value(_ field: Field) -> String? {
      field.options.lazy.compactMap { options.value($0) }.first
        ?? field.variables.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    return TerragruntRole(
      role: value(.role), duration: value(.duration), sessionName: value(.sessionName),
      webIdentityToken: value(.webIdentityToken))
  }

  /// The command line without these options, for a terragrunt that has the role already.
  public static func removing(from arguments: [String]) -> [String] {
    let names = Set(Field.allCases.flatMap(\.options))
    var result: [String] = []
    var index = 0
    while index < arguments.count, arguments[index] != "--" {
      let word = arguments[index]
      index += 1
      let option = Option(word: word)
      guard Option.isOption(word), names.contains(option.name) else {
        result.append(word)
        continue
      }
      if option.value == nil { index += 1 }
    }
    return result + arguments[min(index, arguments.count)...]
  }

  /// The variables that hold the same.
  public static var variables: [String] { Field.allCases.flatMap(\.variables) }

  private enum Field: CaseIterable {
    case role
    case duration
    case sessionName
    case webIdentityToken

    var options: [String] {
      switch self {
      case .role: ["iam-assume-role", "terragrunt-iam-role"]
      case .duration: ["iam-assume-role-duration", "terragrunt-iam-assume-role-duration"]
      case .sessionName:
        ["iam-assume-role-session-name", "terragrunt-iam-assume-role-session-name"]
      case .webIdentityToken:
        ["iam-assume-role-web-identity-token", "terragrunt-iam-web-identity-token"]
      }
    }

    var variables: [String] {
      switch self {
      case .role: ["TG_IAM_ASSUME_ROLE", "TERRAGRUNT_IAM_ROLE"]
      case .duration:
        ["TG_IAM_ASSUME_ROLE_DURATION", "TERRAGRUNT_IAM_ASSUME_ROLE_DURATION"]
      case .sessionName:
        ["TG_IAM_ASSUME_ROLE_SESSION_NAME", "TERRAGRUNT_IAM_ASSUME_ROLE_SESSION_NAME"]
      case .webIdentityToken:
        ["TG_IAM_ASSUME_ROLE_WEB_IDENTITY_TOKEN", "TERRAGRUNT_IAM_WEB_IDENTITY_TOKEN"]
      }
    }
  }
}
