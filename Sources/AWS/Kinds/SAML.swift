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
        Field(
          "driver", .text,
          "How one signs in: \(SAMLDriver.allCases.map(\.rawValue).joined(separator: ", "))."
        ),
        Field("provider_type", .text, "The older spelling of `driver`."),
        Field("download_browser_driver", .bool, "Read by atmos; here nothing is downloaded."),
        Field(
          "browser_type", .text,
          "The browser to use: `chrome`, `chromium`, `msedge` or `brave`; default: any."),
        Field("browser_executable_path", .text, "The browser's program."),
        Field("browser_arguments", .texts, "Further arguments for it; atmos ignores this."),
        Field(
          "session.duration", .duration,
          "Length of the roles' sessions, where an identity does not say; default: AWS', 1 hour."),
        .codeSources,
      ] + Field.awsEndpoint, via: .forbidden, gives: .assertion,
      codeDevice: SAMLSource.codeDevice, check: SAMLSource.check,
      makeSource: { definition throws(AuthError) in try SAMLSource(definition) })
}

extension SAMLSource {
  /// The device of the codes that pages ask for where they are read without a browser.
  static func codeDevice(_ definition: Definition) -> String? {
    let named = named(definition)
    guard named != .browser, named != .paste,
      (named ?? SAMLDriver.ofPage(definition.text("url") ?? "")).pages != nil
    else { return nil }
    return CodeRequest.device(ofProvider: definition.name)
  }

  /// How one signs in, where a definition says.
  static func named(_ definition: Definition) -> SAMLDriver? {
    (definition.text("driver") ?? definition.text("provider_type"))
      .flatMap(SAMLDriver.init(named:))
  }

  /// What the fields' types do not say.
  static func check(_ definition: Definition) -> [Diagnostic] {
    var faults: [Diagnostic] = []
    for key in ["driver", "provider_type"] {
      guard let name = definition.text(key), SAMLDriver(named: name) == nil else { continue }
      faults.append(
        definition.fault(
          .warning, [key],
          "`\(DisplayText.sanitized(name, limit: 60))` is not a driver here; "
            + "a browser is used",
          suggestion: "drivers are "
            + SAMLDriver.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")))
    }
    if let seconds = definition.seconds("session", "duration"), !(900...43200).contains(seconds) {
      faults.append(
        definition.fault(
          .warning, ["session", "duration"],
          "`session.duration` is \(DurationText.text(seconds)), and AWS allows 15m to 12h",
          suggestion: seconds < 900 ? "write `15m`" : "write `12h`"))
    }
    return faults + (definition.codeSources?.faults ?? [])
  }
}

extension Field {
  /// `spec.endpoint_url` and its older spelling.
  static let awsEndpoint: [Field] = [
    Field("spec.endpoint_url", .url, "Address of the service, instead of AWS' own."),
    Field("spec.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
  ]
}
