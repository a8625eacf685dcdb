/// Where the AWS SDKs' shared files are.
///
/// Source: "Finding and changing the location of the shared config and credentials files", AWS SDKs
/// and Tools Reference Guide.
public struct SharedConfigPaths: Sendable, Equatable {
  /// `~/.aws/config`, or what `AWS_CONFIG_FILE` says.
  public var config: String
  /// `~/.aws/credentials`, or what `AWS_SHARED_CREDENTIALS_FILE` says.
  public var credentials: String

  /// Finds them in an environment; paths that are relative are taken from `directory`, or stay so.
  public init(environment: [String: String], directory: String? = nil) {
    func path(_ variable: String, _ name: String) -> String {
      let given = environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.aws/\(name)"
      if given.hasPrefix("~/") { return (environment["HOME"] ?? "") + given.dropFirst() }
      guard !given.hasPrefix("/"), let directory else { return given }
      return "\(directory)/\(given)"
    }
    config = path("AWS_CONFIG_FILE", "config")
    credentials = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
  }
}
