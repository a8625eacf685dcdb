public import Model

/// The kinds of atmos that this release knows, checks and lists, but cannot log in with yet.
public enum UnsupportedKinds {
  /// All of them, for the registry.
  public static let all: [Kind] = aws + azure + gcp + github + emulators + integrations
}

extension Field {
  /// `spec.endpoint_url` and its older spelling.
  static let awsEndpoint: [Field] = [
    Field("spec.endpoint_url", .url, "Address of the service, in place of AWS' own."),
    Field("spec.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
  ]
}
