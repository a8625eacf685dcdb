import Core
import Model

/// The hosts of the web console in one partition.
///
/// Source: "Enabling custom identity broker access to the AWS console", AWS IAM User Guide; the
/// hosts of China, GovCloud and the European Sovereign Cloud are as reported.
struct ConsoleSite: Equatable {
  /// What ARNs call the partition.
  var partition: String
  /// The host of the console; regions have their own below it.
  var host: String
  /// The host that signs in; other regions than ``signInRegion`` have their own below it.
  var signInHost: String
  /// The region that ``signInHost`` is in.
  var signInRegion: String
  /// The end of the names of all hosts that may be a destination.
  var domain: String

  static let all = [
    ConsoleSite(
      partition: "aws", host: "console.aws.amazon.com", signInHost: "signin.aws.amazon.com",
      signInRegion: "us-east-1", domain: "aws.amazon.com"),
    ConsoleSite(
      partition: "aws-cn", host: "console.amazonaws.cn", signInHost: "signin.amazonaws.cn",
      signInRegion: "cn-north-1", domain: "amazonaws.cn"),
    ConsoleSite(
      partition: "aws-us-gov", host: "console.amazonaws-us-gov.com",
      signInHost: "signin.amazonaws-us-gov.com", signInRegion: "us-gov-west-1",
      domain: "amazonaws-us-gov.com"),
    ConsoleSite(
      partition: "aws-eusc", host: "console.amazonaws-eusc.eu",
      signInHost: "signin.amazonaws-eusc.eu", signInRegion: "eusc-de-east-1",
      domain: "amazonaws-eusc.eu"),
  ]

  /// The site of a partition; `nil` for those whose hosts are not public.
  static func of(_ partition: Partition) -> ConsoleSite? {
    all.first { $0.partition == partition.name }
  }

  /// Whether a host belongs to the site.
  func has(_ host: String) -> Bool { host == domain || host.hasSuffix(".\(domain)") }

  /// Where a session is exchanged for an address.
  ///
  /// `AWS_ENDPOINT_URL_SIGNIN`, or else `AWS_ENDPOINT_URL`, takes the place of AWS' own address.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` for an override that is not an address.
  func federation(
    region: String?, environment: [String: String]
  ) throws(AuthError) -> String {
    let isIgnored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true"
    for variable in isIgnored ? [] : ["AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL"] {
      guard let url = environment[variable], !url.isEmpty else { continue }
      guard let address = Address(url), address.query == nil else {
        throw AuthError(
          .badConfiguration, "the endpoint address `\(DisplayText.sanitized(url))` cannot be used",
          hints: ["it comes from \(variable) and should look like `https://host:port`"])
      }
      let path = address.path.hasSuffix("/") ? address.path : address.path + "/"
      return address.origin + path + "federation"
    }
    let prefix = region.map { $0 == signInRegion ? "" : "\($0)." } ?? ""
    return "https://\(prefix)\(signInHost)/federation"
  }
}
