import Core
import Model

extension Kind {
  /// `aws/saml`: a login at a SAML identity provider.
  static let saml =
    Kind(
      "aws/saml", .provider, summary: "A login at a SAML identity provider that AWS trusts.",
      fields: [
        Field(
          "url", .url, required: true, "Address of the AWS application at the identity provider."),
        Field("region", .region, required: true, "Region whose STS is called and that tools use."),
        Field("username", .text, "User name, for pages that ask for it."),
        Field("password", .text, secret: true, "Password; best with `!env`, or none."),
        Field("driver", .text, "How one signs in: `Paste`."),
        Field("provider_type", .text, "The older spelling of `driver`."),
        Field("download_browser_driver", .bool, "Read by atmos; here nothing is downloaded."),
        Field("browser_type", .text, "The browser to use."),
        Field("browser_executable_path", .text, "Where the browser is."),
        Field(
          "session.duration", .duration,
          "Length of the roles' sessions, where an identity does not say; default: AWS', 1 hour."),
      ] + Field.awsEndpoint, via: .forbidden, gives: .assertion,
      makeSource: { definition throws(AuthError) in try SAMLSource(definition) })
}

extension Field {
  /// `spec.endpoint_url` and its older spelling.
  static let awsEndpoint: [Field] = [
    Field("spec.endpoint_url", .url, "Address of the service, instead of AWS' own."),
    Field("spec.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
  ]
}
