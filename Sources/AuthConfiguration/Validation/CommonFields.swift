internal import Model

/// The fields that every definition of a section has, whatever its kind.
enum CommonFields {
  static func of(_ section: Kind.Section) -> [Field] {
    switch section {
    case .provider: provider
    case .identity: identity
    case .integration: integration
    }
  }

  private static let provider: [Field] = [
    Field("kind", .text, "Kind of the provider."),
    Field("default", .bool, "Marks the provider in lists."),
    Field("tags", .texts, "Words to find it by."),
    Field("session.duration", .duration, "Length of sessions."),
    Field("console.session_duration", .duration, "Length of sessions in the web console."),
    Field("spec.files.base_path", .text, "Accepted but ignored; our files are elsewhere."),
  ]

  private static let identity: [Field] = [
    Field("kind", .text, "Kind of the identity."),
    Field("default", .bool, "Whether it is used when none is named."),
    Field("required", .bool, "Read by atmos for its components."),
    Field("protected", .bool, "Whether `cd` alone never activates it; atmos ignores this."),
    Field("provider", .text, "Written by atmos with provisioned identities; not used."),
    Field("via.provider", .text, "The provider it comes from."),
    Field("via.identity", .text, "The identity it comes from."),
    Field("alias", .text, "Another name for it."),
    Field("env", .any, "Variables set for programs that run as it."),
    Field(
      "mfa.policy", .oneOf(MFALevel.allCases.map(\.rawValue)), "Which commands ask for a code."),
    Field("mfa.max_age", .duration, "For how long one code does."),
    Field("mfa.unattended", .bool, "Whether codes that take no person will do."),
    Field("idle", .duration, "Time without use after which a protected identity's session ends."),
    Field("tags", .texts, "Words to find it by."),
    Field("spec.files.base_path", .text, "Accepted but ignored; our files are elsewhere."),
  ]

  private static let integration: [Field] = [
    Field("kind", .text, "Kind of the integration."),
    Field("via.provider", .text, "The provider it is for."),
    Field("via.identity", .text, "The identity it is for."),
    Field("spec.auto_provision", .bool, "Whether it runs after a login; default true."),
  ]
}
