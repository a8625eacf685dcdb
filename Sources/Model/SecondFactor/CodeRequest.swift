/// A device whose code is wanted.
public struct CodeRequest: Sendable, Hashable {
  /// Its ARN or serial number.
  public var device: String
  /// The identity or provider that the code is for.
  public var identity: String
  /// Where codes come from, in order; `nil` for the usual places.
  public var sources: [CodeSource]?
  /// Whether a code works more than once, as those of the mock cloud do.
  public var isReusable: Bool

  /// Creates a request.
  public init(
    device: String, identity: String, sources: [CodeSource]?, isReusable: Bool = false
  ) {
    self.device = device
    self.identity = identity
    self.sources = sources
    self.isReusable = isReusable
  }
}
