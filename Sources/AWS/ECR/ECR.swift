import Core
import Model

extension Kind {
  /// `aws/ecr`: logins to a registry of ECR.
  static let ecr = Kind(
    "aws/ecr", .integration, summary: "A Docker login to a registry of ECR.",
    fields: [
      Field("spec.registry.account_id", .accountID, required: true, "The registry's account."),
      Field("spec.registry.region", .region, required: true, "The registry's region."),
    ] + Field.registry, via: .required,
    makeIntegration: { definition throws(AuthError) in
      guard let account = definition.text("spec", "registry", "account_id"),
        let region = definition.text("spec", "registry", "region")
      else {
        throw definition.broken(
          "`spec.registry.account_id` and `spec.registry.region` are both needed")
      }
      let suffix = Partition.ofRegion(region).suffix
      return ECRLogin(
        name: definition.name, host: "\(account).dkr.ecr.\(region).\(suffix)",
        isStored: definition.text("spec", "store") != nil, registry: .regional(region))
    })

  /// `aws/ecr-public`: logins to the public registry.
  static let ecrPublic = Kind(
    "aws/ecr-public", .integration, summary: "A Docker login to ECR Public.",
    fields: [
      Field("spec.registry.region", .oneOf(["us-east-1", "us-west-2"]), "One of its two regions.")
    ] + Field.registry, via: .required,
    makeIntegration: { definition in
      ECRLogin(
        name: definition.name, host: "public.ecr.aws",
        isStored: definition.text("spec", "store") != nil, registry: .everyone)
    })
}

extension ECRLogin {
  /// The login to the registry of a host; `nil` if it is not one of ECR.
  ///
  /// Source: "Amazon ECR endpoints", docs.aws.amazon.com/general/latest/gr/ecr.html.
  init?(host: String) {
    if host == "public.ecr.aws" {
      self.init(name: host, host: host, isStored: false, registry: .everyone)
      return
    }
    let account = host.prefix { $0 != "." }
    guard account.utf8.count == 12, account.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    let parts = host.dropFirst(13).split(
      separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    var (label, place) = (parts[0], parts[1])
    let isDualStack = label.hasPrefix("dkr-")
    if !isDualStack {
      // The service is a name of its own there: `dkr.ecr`.
      guard label == "dkr", let dot = place.firstIndex(of: ".") else { return nil }
      label = "dkr-" + place[..<dot]
      place = place[place.index(after: dot)...]
    }
    let region = String(place.prefix { $0 != "." })
    let partition = Partition.ofRegion(region)
    let suffix = isDualStack ? partition.registrySuffix : partition.suffix
    guard ["dkr-ecr", "dkr-ecr-fips"].contains(label), !region.isEmpty,
      place == "\(region).\(suffix)"
    else { return nil }
    self.init(name: host, host: host, isStored: false, registry: .regional(region))
  }
}

/// Gets passwords for ECR.
struct ECRLogin: RegistryLogin {
  /// Which registry it is.
  enum Registry {
    /// The private ones of a region.
    case regional(String)
    /// The public one, whose tokens are had in one region only.
    case everyone
  }

  var name: String
  var host: String
  var isStored: Bool
  var registry: Registry

  var user: String { "AWS" }

  var repeatCommand: [String]? {
    name == host ? ["ecr-login", "--registry", host] : ["ecr-login", name]
  }

  func password(_ request: IntegrationRequest) async throws(AuthError) -> RegistryPassword {
    guard let keys = request.credential.aws else {
      throw AuthError(
        .badConfiguration, "integration `\(name)`: `\(request.identity)` gives no AWS credential",
        hints: ["point `via.identity` of `\(name)` at an AWS identity"])
    }
    let effects = request.effects
    let (service, region, signingName) =
      switch registry {
      case .regional(let region): (AWSService.ecr, region, "ecr")
      case .everyone: (.ecrPublic, "us-east-1", "ecr-public")
      }
    let endpoint = try ServiceEndpoint.resolve(
      service, region: region, configured: nil, effects: effects)
    let client = JSONClient(endpoint, signingName: signingName, keys: keys, effects: effects)
    do {
      return try await token(client).password
    } catch {
      throw CallReport(
        action: "GetAuthorizationToken", identity: request.identity, service: service,
        endpoint: endpoint, caller: request.credential.caller,
        deniedHints: { caller in
          switch registry {
          case .regional: ["\(caller) needs `ecr:GetAuthorizationToken` on `*`"]
          case .everyone:
            [
              "\(caller) needs `ecr-public:GetAuthorizationToken` and "
                + "`sts:GetServiceBearerToken` on `*`"
            ]
          }
        }
      ).error(for: error, effects)
    }
  }

  private func token(_ client: JSONClient) async throws(CallFailure) -> ECRToken {
    switch registry {
    case .regional:
      let answer: ECRToken.Private = try await client.call(
        "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken")
      guard let token = answer.authorizationData.first else { throw .unreadable(status: 200) }
      return token
    case .everyone:
      let answer: ECRToken.Public = try await client.call(
        "SpencerFrontendService.GetAuthorizationToken")
      return answer.authorizationData
    }
  }
}
