import Core

/// Where the AWS SDKs' shared files are.
///
/// Source: "Finding and changing the location of the shared config and credentials files", AWS SDKs
/// and Tools Reference Guide; botocore's `configloader.py` for `~` and variables.
public struct SharedConfigPaths: Sendable, Equatable {
  /// `~/.aws/config`, or what `AWS_CONFIG_FILE` says.
  public var config: String
  /// `~/.aws/credentials`, or what `AWS_SHARED_CREDENTIALS_FILE` says.
  public var credentials: String

  /// Finds them in an environment; paths that are relative are taken from `directory`, or stay so.
  public init(environment: [String: String], directory: String? = nil) {
    func path(_ variable: String, _ name: String) -> String {
      let given = environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.aws/\(name)"
      let expanded = Self.expanded(given, environment)
      guard !expanded.hasPrefix("/"), let directory else { return expanded }
      return "\(directory)/\(expanded)"
    }
    config = path("AWS_CONFIG_FILE", "config")
    credentials = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
  }

  /// A path as people write it, with `~` for the home directory.
  public static func shown(_ path: String, _ environment: [String: String]) -> String {
    let home = environment["HOME"] ?? ""
    return !home.isEmpty && path.hasPrefix("\(home)/") ? "~" + path.dropFirst(home.count) : path
  }

  /// A path with `~` and variables, as botocore expands them: a variable that is not set stays.
  public static func expanded(_ path: String, _ environment: [String: String]) -> String {
    var result = ""
    var rest = path[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      let after = rest[rest.index(after: dollar)...]
      let isBraced = after.first == "{"
      let body = isBraced ? after.dropFirst() : after
      let name = body.prefix {
        isBraced ? $0 != "}" : $0 == "_" || ($0.isASCII && ($0.isLetter || $0.isNumber))
      }
      guard !name.isEmpty, !isBraced || name.endIndex < body.endIndex,
        let value = environment[String(name)]
      else {
        result += "$"
        rest = after
        continue
      }
      result += value
      rest = isBraced ? body[body.index(after: name.endIndex)...] : body[name.endIndex...]
    }
    result += rest
    guard result == "~" || result.hasPrefix("~/"), let home = environment["HOME"], !home.isEmpty
    else { return result }
    return home + result.dropFirst()
  }
}
