import Core
import Model

extension Kind {
  /// `aws/saml`, which this release checks and lists, but cannot log in with yet.
  static let saml =
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
}

extension Field {
  /// `spec.endpoint_url` and its older spelling.
  static let awsEndpoint: [Field] = [
    Field("spec.endpoint_url", .url, "Address of the service, instead of AWS' own."),
    Field("spec.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
  ]
}
