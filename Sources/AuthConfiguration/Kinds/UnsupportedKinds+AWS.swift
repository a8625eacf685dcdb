internal import Core
internal import Model

extension UnsupportedKinds {
  static let aws: [Kind] = [
    Kind(
      "aws/saml", .provider, summary: "A SAML identity provider that AWS trusts.",
      fields: [
        Field("url", .url, required: true, "Address of the identity provider's application."),
        Field("region", .region, required: true, "Region whose STS is called."),
        Field("username", .text, "User name, for drivers that fill in forms."),
        Field("password", .text, secret: true, "Password; best with `!env`."),
        Field("driver", .text, "`Browser`, `GoogleApps`, `Okta`, `ADFS` or another of saml2aws'."),
        Field("provider_type", .text, "The older spelling of `driver`."),
        Field("download_browser_driver", .bool, "Whether a browser may be downloaded."),
        Field("browser_type", .text, "The browser to use."),
        Field("browser_executable_path", .text, "Where the browser is."),
      ] + Field.awsEndpoint, via: .forbidden)
  ]
}

extension Definition {
  /// An error unless one of the paths has a value.
  func requireOne(of paths: [String]) -> [Diagnostic] {
    let values = paths.map { node.value(at: $0.split(separator: ".").map(String.init)) }
    if values.contains(where: { $0 != nil }) { return [] }
    let shown = paths.map { "`\($0)`" }.joined(separator: " or ")
    return [
      Diagnostic(
        .error, "\(role.rawValue) `\(name)`: \(shown) is missing", mark: mark,
        suggestion: paths.contains("principal.account.id")
          ? "such as `account: { id: \"123456789012\" }`" : nil, code: "missing-field")
    ]
  }
}
