/// A group of regions with one account system, one ARN prefix and one set of host names.
///
/// Source: `partitions.json` of botocore 1.43.
struct Partition: Equatable, Sendable {
  /// What ARNs call it, such as `aws-cn`.
  var name: String
  /// The end of host names.
  var suffix: String
  /// The end of host names that answer on IPv4 and IPv6.
  var dualStackSuffix: String
  /// The region to call when none is known.
  var defaultRegion: String

  /// Amazon's commercial regions.
  static let commercial = Partition(
    name: "aws", suffix: "amazonaws.com", dualStackSuffix: "api.aws", defaultRegion: "us-east-1")

  /// The partitions there are, with how their regions begin.
  private static let all: [(prefix: String, partition: Partition)] = [
    (
      "us-gov-",
      Partition(
        name: "aws-us-gov", suffix: "amazonaws.com", dualStackSuffix: "api.aws",
        defaultRegion: "us-gov-west-1")
    ),
    (
      "cn-",
      Partition(
        name: "aws-cn", suffix: "amazonaws.com.cn",
        dualStackSuffix: "api.amazonwebservices.com.cn", defaultRegion: "cn-northwest-1")
    ),
    (
      "eusc-",
      Partition(
        name: "aws-eusc", suffix: "amazonaws.eu", dualStackSuffix: "api.amazonwebservices.eu",
        defaultRegion: "eusc-de-east-1")
    ),
    (
      "us-iso-",
      Partition(
        name: "aws-iso", suffix: "c2s.ic.gov", dualStackSuffix: "api.aws.ic.gov",
        defaultRegion: "us-iso-east-1")
    ),
    (
      "us-isob-",
      Partition(
        name: "aws-iso-b", suffix: "sc2s.sgov.gov", dualStackSuffix: "api.aws.scloud",
        defaultRegion: "us-isob-east-1")
    ),
    (
      "eu-isoe-",
      Partition(
        name: "aws-iso-e", suffix: "cloud.adc-e.uk", dualStackSuffix: "api.cloud-aws.adc-e.uk",
        defaultRegion: "eu-isoe-west-1")
    ),
    (
      "us-isof-",
      Partition(
        name: "aws-iso-f", suffix: "csp.hci.ic.gov", dualStackSuffix: "api.aws.hci.ic.gov",
        defaultRegion: "us-isof-south-1")
    ),
  ]

  /// The end of the names of ECR's registries that answer on IPv4 and IPv6: as for the other services,
  /// with `on` in the place of `api`.
  var registrySuffix: String { "on" + dualStackSuffix.dropFirst("api".count) }

  /// The partition of a region; regions that nobody knows yet are taken for commercial ones.
  static func ofRegion(_ region: String) -> Partition {
    let region = region.lowercased()
    return all.first { region.hasPrefix($0.prefix) }?.partition ?? commercial
  }

  /// The partition an ARN names; `nil` for text that is not an ARN or names an unknown one.
  static func ofARN(_ arn: String) -> Partition? {
    let parts = arn.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "arn" else { return nil }
    if parts[1] == commercial.name { return commercial }
    return all.first { $0.partition.name == parts[1] }?.partition
  }
}
