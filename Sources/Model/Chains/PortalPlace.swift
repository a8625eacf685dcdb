public import Core

/// An access portal as what is written down of it is kept by it: not by the name that some
/// configuration gives it.
public struct PortalPlace: Sendable, Hashable {
  /// The start URL for comparing: without a fragment and slashes at its end, its host in lower case.
  public let startURL: String
  /// The region of the identity center, in lower case.
  public let region: String
  /// The address that is asked instead of AWS' own; `nil` if there is none.
  public let endpoint: String?

  /// Creates a place from what a definition says.
  public init(startURL: String, region: String, endpoint: String?) {
    var text = String(startURL.trimmed.prefix { $0 != "#" })
    while text.hasSuffix("/") { text.removeLast() }
    var parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
      .map(String.init)
    for index in parts.indices.prefix(3) { parts[index] = parts[index].lowercased() }
    self.startURL = parts.joined(separator: "/")
    self.region = region.trimmed.lowercased()
    self.endpoint = endpoint.flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed }
  }

  /// The place that a provider of IAM Identity Center names; `nil` where it names none.
  public init?(provider node: ConfigNode) {
    guard let startURL = node["start_url"]?.text, let region = node["region"]?.text else {
      return nil
    }
    self.init(
      startURL: startURL, region: region,
      endpoint: node["spec", "endpoint_url"]?.text
        ?? node["spec", "aws", "resolver", "url"]?.text)
  }

  /// Whether a file of provisioned identities is about this portal.
  ///
  /// `metadata` is what it says of itself, as atmos writes it. What it does not say does not speak
  /// against it: earlier releases did not write the endpoint.
  public func isOf(metadata: ConfigNode?) -> Bool {
    guard let extra = metadata?["extra"] else { return true }
    let other = PortalPlace(
      startURL: extra["start_url"]?.text ?? startURL, region: extra["region"]?.text ?? region,
      endpoint: extra["endpoint_url"]?.text ?? endpoint)
    return self == other
  }

  /// Where the identities of this portal are written down.
  ///
  /// The name proves nothing: whoever reads the file compares what it says of itself.
  public func provisionedPath(_ paths: StatePaths) -> String {
    let text = [startURL, region, endpoint ?? ""].joined(separator: "\n")
    return "\(paths.provisionedDirectory)/\(Hash.hex(Hash.fnv1a(text))).yaml"
  }
}
