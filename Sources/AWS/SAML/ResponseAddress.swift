import Model

/// The pages of AWS that take SAML responses.
enum ResponseAddress {
  /// The ends of their hosts, a region before them or not.
  ///
  /// Source: https://docs.aws.amazon.com/general/latest/gr/signin-service.html
  private static let hosts = [
    "signin.aws.amazon.com", "signin.amazonaws.cn", "signin.amazonaws-us-gov.com",
    "signin.amazonaws-eusc.eu",
  ]

  /// What DevTools compares addresses with; a `*` stands for anything, so ``isOne(_:)`` decides.
  static let patterns = hosts.map { "https://*\($0)/saml*" }

  /// Whether an address is one of them, by its parts (trap 50 of docs/traps.md).
  static func isOne(_ url: String) -> Bool {
    let url = String(url.prefix { $0 != "#" })
    guard let address = Address(url), address.scheme == "https", address.port == nil,
      address.path == "/saml" || address.path.hasPrefix("/saml/")
    else { return false }
    return hosts.contains { address.host == $0 || address.host.hasSuffix(".\($0)") }
  }
}

extension Partition {
  /// What identity providers call AWS, as the metadata of its sign-in page say.
  ///
  /// Source: https://signin.aws.amazon.com/static/saml-metadata.xml and those of the other partitions.
  var relyingParty: String {
    switch name {
    case "aws-cn": "urn:amazon:webservices:cn-north-1"
    case "aws-us-gov": "urn:amazon:webservices:govcloud"
    default: "urn:amazon:webservices"
    }
  }
}
