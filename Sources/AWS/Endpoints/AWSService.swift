/// A service of AWS, as far as finding it goes.
struct AWSService: Equatable, Sendable {
  /// What people call it.
  var name: String
  /// The end of `AWS_ENDPOINT_URL_…`: the service's id in capitals.
  var variableSuffix: String
  /// The first part of its host names.
  var label: String
  /// Whether a partition has one of it, instead of one in each region.
  var isGlobal = false
  /// The first part of its host names on IPv4 and IPv6, where that is another one.
  var dualStackLabel: String?
  /// The first part of its FIPS host names in the commercial partition, where it is not
  /// ``label`` with `-fips`.
  var commercialFIPSLabel: String?
  /// Whether the plain hosts of GovCloud are the FIPS ones.
  var isFIPSInGovCloud = true

  /// The Security Token Service.
  static let sts = AWSService(name: "STS", variableSuffix: "STS", label: "sts")
  /// Identity and Access Management.
  static let iam = AWSService(name: "IAM", variableSuffix: "IAM", label: "iam", isGlobal: true)
  /// The access portal of IAM Identity Center.
  static let sso = AWSService(
    name: "the access portal", variableSuffix: "SSO", label: "portal.sso")
  /// The sign-in of IAM Identity Center.
  static let ssoOIDC = AWSService(
    name: "IAM Identity Center", variableSuffix: "SSO_OIDC", label: "oidc")

  /// The sign-in to the console, which programs get credentials from.
  static let signIn = AWSService(
    name: "AWS Sign-In", variableSuffix: "SIGNIN", label: "signin", isFIPSInGovCloud: false)

  /// The Elastic Container Registry.
  static let ecr = AWSService(
    name: "ECR", variableSuffix: "ECR", label: "api.ecr", dualStackLabel: "ecr",
    isFIPSInGovCloud: false)
  /// The public registry.
  static let ecrPublic = AWSService(
    name: "ECR Public", variableSuffix: "ECR_PUBLIC", label: "api.ecr-public",
    dualStackLabel: "ecr-public", isFIPSInGovCloud: false)
  /// The Elastic Kubernetes Service.
  static let eks = AWSService(
    name: "EKS", variableSuffix: "EKS", label: "eks", commercialFIPSLabel: "fips.eks")

  /// All that are called.
  static let all = [sts, iam, sso, ssoOIDC, signIn, ecr, ecrPublic, eks]

  /// The variable that gives its address.
  var endpointVariable: String { "AWS_ENDPOINT_URL_\(variableSuffix)" }

  /// The host for calls from a region.
  ///
  /// The plain hosts of GovCloud are FIPS ones already. Source: `endpoint-rule-set-1.json` of
  /// each service in botocore 1.43.
  func host(_ region: String, fips: Bool, dualStack: Bool) -> String {
    let partition = Partition.ofRegion(region)
    if self == .signIn, !fips, !dualStack, let host = Self.signInHosts[partition.name] {
      return region == "us-east-1" ? host : "\(region).\(host)"
    }
    let isPlainFIPS =
      fips && partition.name == "aws-us-gov" && isFIPSInGovCloud && (isGlobal || !dualStack)
    var label = dualStack ? dualStackLabel ?? label : label
    if fips, !isPlainFIPS {
      let special = partition == .commercial && !dualStack ? commercialFIPSLabel : nil
      label = special ?? "\(label)-fips"
    }
    let suffix = dualStack ? partition.dualStackSuffix : partition.suffix
    let place = isGlobal ? globalPlace(partition, dualStack: dualStack) : region
    return [label, place, suffix].filter { !$0.isEmpty }.joined(separator: ".")
  }

  /// The region that calls from `region` are signed for.
  func signingRegion(_ region: String) -> String {
    guard isGlobal else { return region }
    let partition = Partition.ofRegion(region)
    return partition.name == "aws-cn" ? "cn-north-1" : partition.defaultRegion
  }

  /// The hosts of the sign-in, which are not named as other services' are.
  private static let signInHosts = [
    "aws": "signin.aws.amazon.com", "aws-cn": "signin.amazonaws.cn",
    "aws-us-gov": "signin.amazonaws-us-gov.com",
  ]

  /// What stands for the region in the host of a global service.
  private func globalPlace(_ partition: Partition, dualStack: Bool) -> String {
    switch partition.name {
    case "aws": dualStack ? "global" : ""
    case "aws-cn": dualStack ? "global" : "cn-north-1"
    case "aws-us-gov": "us-gov"
    default: partition.defaultRegion
    }
  }
}
