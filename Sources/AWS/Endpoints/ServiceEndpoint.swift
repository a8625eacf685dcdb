import Core
import Model

/// Where a service is called, and the region its calls are signed for.
struct ServiceEndpoint: Equatable, Sendable {
  /// The address to post to, path prefix of a custom address included.
  var url: String
  /// The region of the signature.
  var signingRegion: String

  /// Finds the endpoint for a region, in the order of the AWS SDKs:
  /// the definition's own address, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's
  /// `services` section, the profile's `endpoint_url`, and else the host of the region.
  ///
  /// - Parameters:
  ///   - service: The service.
  ///   - region: The region to call.
  ///   - configured: The address that a definition gives, if it does.
  ///   - environment: Where the `AWS_…` variables are looked up.
  ///   - profile: The settings of a shared configuration profile, for the kinds that read one.
  /// - Returns: The endpoint.
  /// - Throws: ``AuthError`` with code `badConfiguration` for an address that is none, a region
  ///   that cannot be part of a host name, or FIPS or dual-stack asked for with a custom address,
  ///   which could not be kept.
  static func resolve(
    _ service: AWSService, region: String, configured: String?, environment: [String: String],
    profile: EndpointSettings = EndpointSettings()
  ) throws(AuthError) -> ServiceEndpoint {
    guard isHostLabel(region) else {
      throw AuthError(
        .badConfiguration, "`\(region)` cannot be an AWS region",
        hints: ["regions look like `eu-west-1`"])
    }
    let wantsFIPS = isTrue(environment["AWS_USE_FIPS_ENDPOINT"]) ?? profile.usesFIPS
    let wantsDualStack =
      isTrue(environment["AWS_USE_DUALSTACK_ENDPOINT"]) ?? profile.usesDualStack

    if let custom = custom(service, configured, environment, profile) {
      guard let address = Address(custom.url), address.query == nil else {
        throw AuthError(
          .badConfiguration, "the endpoint address `\(custom.url)` cannot be used",
          hints: ["it comes from \(custom.origin) and should look like `https://host:port`"])
      }
      for (isWanted, variable) in [
        (wantsFIPS, "AWS_USE_FIPS_ENDPOINT"), (wantsDualStack, "AWS_USE_DUALSTACK_ENDPOINT"),
      ] where isWanted {
        throw AuthError(
          .badConfiguration, "\(variable) cannot be kept with the endpoint `\(custom.url)`",
          hints: ["take away the variable, or the endpoint that comes from \(custom.origin)"])
      }
      let path = address.path.hasSuffix("/") ? address.path : address.path + "/"
      return ServiceEndpoint(
        url: address.origin + path, signingRegion: service.signingRegion(region))
    }

    let legacy =
      environment["AWS_STS_REGIONAL_ENDPOINTS"]?.lowercased() ?? profile.regionalEndpoints
    if service == .sts, legacy == "legacy", !wantsFIPS, !wantsDualStack,
      legacyRegions.contains(region)
    {
      return ServiceEndpoint(url: "https://sts.amazonaws.com/", signingRegion: "us-east-1")
    }
    return ServiceEndpoint(
      url: "https://\(service.host(region, fips: wantsFIPS, dualStack: wantsDualStack))/",
      signingRegion: service.signingRegion(region))
  }

  /// The same in a world: the settings are those of the profile that `AWS_PROFILE` names in the
  /// surroundings, else of `default`, as for any tool that the person starts there.
  ///
  /// Shared files that cannot be read say nothing here.
  static func resolve(
    _ service: AWSService, region: String, configured: String?, effects: Effects
  ) throws(AuthError) -> ServiceEndpoint {
    let surroundings = AmbientEnvironment.environment(effects.ambient.values)
    let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].compactMap { surroundings[$0] }
    let profile = named.first { !$0.isEmpty } ?? "default"
    let shared = try? SharedConfig(environment: surroundings)
    return try resolve(
      service, region: region, configured: configured, environment: effects.environment,
      profile: shared?.endpoints(of: profile, for: service) ?? EndpointSettings())
  }

  private static func custom(
    _ service: AWSService, _ configured: String?, _ environment: [String: String],
    _ profile: EndpointSettings
  ) -> (url: String, origin: String)? {
    if let configured, !configured.isEmpty { return (configured, "the configuration") }
    let ignored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
    if isTrue(ignored) ?? profile.ignoresConfiguredURLs { return nil }
    for variable in [service.endpointVariable, "AWS_ENDPOINT_URL"] {
      if let url = environment[variable], !url.isEmpty { return (url, variable) }
    }
    if let url = profile.serviceURL { return (url, "the profile's `services` section") }
    if let url = profile.url { return (url, "the profile's `endpoint_url`") }
    return nil
  }

  /// Only the word `true` switches on; any other text that is set switches off.
  private static func isTrue(_ text: String?) -> Bool? {
    guard let text, !text.isEmpty else { return nil }
    return text.lowercased() == "true"
  }

  private static func isHostLabel(_ region: String) -> Bool {
    !region.isEmpty && region.utf8.count <= 63 && !region.hasPrefix("-") && !region.hasSuffix("-")
      && region.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// The regions that used the one global host before there were regional ones.
  private static let legacyRegions: Set<String> = [
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global",
    "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
  ]
}

/// What a profile of the shared AWS configuration says about endpoints.
struct EndpointSettings: Equatable, Sendable {
  /// `endpoint_url` of the service in the profile's `services` section.
  var serviceURL: String?
  /// The profile's own `endpoint_url`.
  var url: String?
  /// `ignore_configured_endpoint_urls`.
  var ignoresConfiguredURLs = false
  /// `use_fips_endpoint`.
  var usesFIPS = false
  /// `use_dualstack_endpoint`.
  var usesDualStack = false
  /// `sts_regional_endpoints`: `regional` or `legacy`.
  var regionalEndpoints: String?
}
