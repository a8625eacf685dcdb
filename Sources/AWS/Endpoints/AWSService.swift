/// A service of AWS, as far as finding it goes.
struct AWSService: Equatable, Sendable {
  /// What people call it.
  var name: String
  /// The end of `AWS_ENDPOINT_URL_…`: the service's id in capitals.
  var variableSuffix: String
  /// The first part of its host names.
  var label: String

  /// The Security Token Service.
  static let sts = AWSService(name: "STS", variableSuffix: "STS", label: "sts")
  /// The access portal of IAM Identity Center.
  static let sso = AWSService(
    name: "the access portal", variableSuffix: "SSO", label: "portal.sso")
  /// The sign-in of IAM Identity Center.
  static let ssoOIDC = AWSService(
    name: "IAM Identity Center", variableSuffix: "SSO_OIDC", label: "oidc")

  /// The variable that gives its address.
  var endpointVariable: String { "AWS_ENDPOINT_URL_\(variableSuffix)" }

  /// The host of a region.
  ///
  /// The plain hosts of GovCloud are FIPS ones already. Source: `endpoint-rule-set-1.json` of
  /// each service in botocore 1.43.
  func host(_ region: String, fips: Bool, dualStack: Bool) -> String {
    let partition = Partition.ofRegion(region)
    let isPlainFIPS = fips && !dualStack && partition.name == "aws-us-gov"
    let label = fips && !isPlainFIPS ? "\(label)-fips" : label
    return "\(label).\(region).\(dualStack ? partition.dualStackSuffix : partition.suffix)"
  }
}
