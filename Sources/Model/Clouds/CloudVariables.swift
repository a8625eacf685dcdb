/// The variables that one cloud's tools read.
public struct CloudVariables: Sendable {
  /// What would make a tool use other credentials than those delivered; taken away on delivery.
  public var conflicting: [String]
  /// What leads to the files of ``Cloud/renewing``, the one with their path first.
  ///
  /// While they are in force, a value that a person gives one of these is about our files, too.
  public var files: [String]
  /// Those that say the region, all of them alike.
  public var regions: [String]
  /// Where tools read when the credential ends, as RFC 3339 text; `nil` where none does.
  public var expiry: String?
  /// What leads a login elsewhere: addresses of services.
  ///
  /// What a checkout says is allowed together with their values. Variables that choose among the
  /// cloud's own addresses are not meant.
  public var redirecting: [String]
  /// Those of the above, and others that a delivery touches, whose values are never secret: an
  /// earlier value of them may be kept where child processes can read it.
  public var plain: [String]

  /// What other tools' shells say of whose keys they have; taken from programs that get others.
  public var labels: [String] = []

  /// Creates the variables.
  public init(
    conflicting: [String] = [], files: [String] = [], regions: [String] = [],
    expiry: String? = nil, redirecting: [String] = [], plain: [String] = []
  ) {
    self.conflicting = conflicting
    self.files = files
    self.regions = regions
    self.expiry = expiry
    self.redirecting = redirecting
    self.plain = plain
  }
}
