import Core
import Testing

@testable import AWS

@Suite struct ServiceEndpointTests {
  /// What botocore 1.43.11 answers for region, FIPS and dual-stack.
  @Test(arguments: [
    ("us-east-1", "amazonaws.com", "api.aws"),
    ("mx-central-1", "amazonaws.com", "api.aws"),
    ("cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    ("us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov"),
    ("us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud"),
    ("eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
    ("us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
    ("eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu"),
    ("xx-new-1", "amazonaws.com", "api.aws"),
  ])
  func `hosts of a region`(region: String, suffix: String, dualStack: String) {
    #expect(AWSService.sts.host(region, fips: false, dualStack: false) == "sts.\(region).\(suffix)")
    #expect(
      AWSService.sts.host(region, fips: true, dualStack: false) == "sts-fips.\(region).\(suffix)")
    #expect(
      AWSService.sts.host(region, fips: false, dualStack: true) == "sts.\(region).\(dualStack)")
    #expect(
      AWSService.sts.host(region, fips: true, dualStack: true) == "sts-fips.\(region).\(dualStack)")
  }

  @Test(arguments: [
    (
      "eu-west-1", false, false, "portal.sso.eu-west-1.amazonaws.com",
      "oidc.eu-west-1.amazonaws.com"
    ),
    (
      "eu-west-1", true, false, "portal.sso-fips.eu-west-1.amazonaws.com",
      "oidc-fips.eu-west-1.amazonaws.com"
    ),
    ("eu-west-1", false, true, "portal.sso.eu-west-1.api.aws", "oidc.eu-west-1.api.aws"),
    ("eu-west-1", true, true, "portal.sso-fips.eu-west-1.api.aws", "oidc-fips.eu-west-1.api.aws"),
    (
      "us-gov-west-1", true, false, "portal.sso.us-gov-west-1.amazonaws.com",
      "oidc.us-gov-west-1.amazonaws.com"
    ),
    (
      "cn-north-1", false, false, "portal.sso.cn-north-1.amazonaws.com.cn",
      "oidc.cn-north-1.amazonaws.com.cn"
    ),
  ])
  func `hosts of the identity center`(
    region: String, fips: Bool, dualStack: Bool, portal: String, signIn: String
  ) {
    #expect(AWSService.sso.host(region, fips: fips, dualStack: dualStack) == portal)
    #expect(AWSService.ssoOIDC.host(region, fips: fips, dualStack: dualStack) == signIn)
  }

  /// `signin/2023-01-01/endpoint-rule-set-1.json`, but for `us-east-1`, whose host has no region.
  @Test(arguments: [
    ("us-east-1", false, false, "signin.aws.amazon.com"),
    ("eu-west-1", false, false, "eu-west-1.signin.aws.amazon.com"),
    ("cn-north-1", false, false, "cn-north-1.signin.amazonaws.cn"),
    ("us-gov-west-1", false, false, "us-gov-west-1.signin.amazonaws-us-gov.com"),
    ("eusc-de-east-1", false, false, "signin.eusc-de-east-1.amazonaws.eu"),
    ("eu-west-1", true, false, "signin-fips.eu-west-1.amazonaws.com"),
    ("us-gov-west-1", true, false, "signin-fips.us-gov-west-1.amazonaws.com"),
    ("eu-west-1", false, true, "signin.eu-west-1.api.aws"),
    ("eu-west-1", true, true, "signin-fips.eu-west-1.api.aws"),
  ])
  func `hosts of the sign-in`(region: String, fips: Bool, dualStack: Bool, host: String) {
    #expect(AWSService.signIn.host(region, fips: fips, dualStack: dualStack) == host)
  }

  @Test func `each service has its own variable`() throws {
    let environment = ["AWS_ENDPOINT_URL_SSO": "http://a", "AWS_ENDPOINT_URL_SSO_OIDC": "http://b"]
    func url(_ service: AWSService) throws -> String {
      try ServiceEndpoint.resolve(
        service, region: "eu-west-1", configured: nil, environment: environment
      ).url
    }
    #expect(try url(.sso) == "http://a/")
    #expect(try url(.ssoOIDC) == "http://b/")
    #expect(try url(.sts) == "https://sts.eu-west-1.amazonaws.com/")
  }

  @Test(arguments: ["us-gov-west-1", "us-gov-east-1"])
  func `trap 12: GovCloud's plain hosts are its FIPS hosts`(region: String) {
    #expect(
      AWSService.sts.host(region, fips: true, dualStack: false) == "sts.\(region).amazonaws.com")
    #expect(
      AWSService.sts.host(region, fips: true, dualStack: true) == "sts-fips.\(region).api.aws")
  }

  /// Region, FIPS, dual stack, host, signing region: `iam/2010-05-08/endpoint-rule-set-1.json`.
  @Test(arguments: [
    ("eu-west-1", false, false, "iam.amazonaws.com", "us-east-1"),
    ("eu-west-1", true, false, "iam-fips.amazonaws.com", "us-east-1"),
    ("eu-west-1", false, true, "iam.global.api.aws", "us-east-1"),
    ("eu-west-1", true, true, "iam-fips.global.api.aws", "us-east-1"),
    ("cn-northwest-1", false, false, "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
    ("cn-north-1", false, true, "iam.global.api.amazonwebservices.com.cn", "cn-north-1"),
    ("us-gov-east-1", false, false, "iam.us-gov.amazonaws.com", "us-gov-west-1"),
    ("us-gov-east-1", true, false, "iam.us-gov.amazonaws.com", "us-gov-west-1"),
    ("us-gov-west-1", true, true, "iam.us-gov.api.aws", "us-gov-west-1"),
    ("us-iso-west-1", false, false, "iam.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
    ("us-isob-east-1", true, false, "iam-fips.us-isob-east-1.sc2s.sgov.gov", "us-isob-east-1"),
    ("eusc-de-east-1", false, false, "iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
  ])
  func `IAM has one host in a partition`(
    region: String, fips: Bool, dualStack: Bool, host: String, signed: String
  ) throws {
    var environment: [String: String] = [:]
    if fips { environment["AWS_USE_FIPS_ENDPOINT"] = "true" }
    if dualStack { environment["AWS_USE_DUALSTACK_ENDPOINT"] = "true" }
    let endpoint = try ServiceEndpoint.resolve(
      .iam, region: region, configured: nil, environment: environment)
    #expect(endpoint == ServiceEndpoint(url: "https://\(host)/", signingRegion: signed))
    let custom = try ServiceEndpoint.resolve(
      .iam, region: region, configured: nil,
      environment: ["AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_IAM": "http://iam:2"])
    #expect(custom == ServiceEndpoint(url: "http://iam:2/", signingRegion: signed))
  }

  @Test(arguments: [
    ("arn:aws:iam::123456789012:role/x", "us-east-1"),
    ("arn:aws-cn:iam::123456789012:role/x", "cn-northwest-1"),
    ("arn:aws-us-gov:iam::123456789012:role/x", "us-gov-west-1"),
    ("arn:aws-iso-b:iam::123456789012:role/x", "us-isob-east-1"),
    ("arn:aws-eusc:iam::123456789012:role/x", "eusc-de-east-1"),
  ])
  func `trap 11: the default region follows the ARN's partition`(arn: String, region: String) {
    #expect(Partition.ofARN(arn)?.defaultRegion == region)
  }

  @Test func `overrides in their order`() throws {
    var environment = [
      "AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_STS": "http://sts:2",
    ]
    let profile = EndpointSettings(serviceURL: "http://services:3", url: "http://profile:4")
    func url(_ configured: String?) throws -> String {
      try ServiceEndpoint.resolve(
        .sts, region: "eu-west-1", configured: configured, environment: environment,
        profile: profile
      ).url
    }
    #expect(try url("https://own:5/sts") == "https://own:5/sts/")
    #expect(try url(nil) == "http://sts:2/")
    environment["AWS_ENDPOINT_URL_STS"] = ""
    #expect(try url(nil) == "http://all:1/")
    environment["AWS_ENDPOINT_URL"] = nil
    #expect(try url(nil) == "http://services:3/")
    environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "TRUE"
    #expect(try url(nil) == "https://sts.eu-west-1.amazonaws.com/")
    #expect(try url("https://own:5") == "https://own:5/")
  }

  @Test func `a custom endpoint does not change the signing region`() throws {
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: "ap-south-2", configured: "http://localhost:4566", environment: [:])
    #expect(endpoint.signingRegion == "ap-south-2")
  }

  @Test(arguments: ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
  func `a wish that a custom endpoint cannot keep is an error`(variable: String) throws {
    let error = try #require(throws: AuthError.self) {
      _ = try ServiceEndpoint.resolve(
        .sts, region: "eu-west-1", configured: nil,
        environment: ["AWS_ENDPOINT_URL": "http://localhost:1", variable: "true"])
    }
    #expect(error.code == .badConfiguration)
    #expect(error.message.contains(variable))
  }

  @Test func `only the word true switches on`() throws {
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: "eu-west-1", configured: nil, environment: ["AWS_USE_FIPS_ENDPOINT": "1"])
    #expect(endpoint.url == "https://sts.eu-west-1.amazonaws.com/")
  }

  @Test func `trap 15: the global endpoint is used only when asked for, where it was ever used`()
    throws
  {
    func url(_ region: String, _ mode: String?) throws -> ServiceEndpoint {
      try ServiceEndpoint.resolve(
        .sts, region: region, configured: nil,
        environment: mode.map { ["AWS_STS_REGIONAL_ENDPOINTS": $0] } ?? [:])
    }
    #expect(
      try url("eu-west-1", "legacy")
        == ServiceEndpoint(url: "https://sts.amazonaws.com/", signingRegion: "us-east-1"))
    #expect(try url("eu-south-1", "legacy").url == "https://sts.eu-south-1.amazonaws.com/")
    #expect(try url("eu-west-1", nil).url == "https://sts.eu-west-1.amazonaws.com/")
  }

  @Test(arguments: ["", "eu west", "evil.example.com/", "-x", "a@b"])
  func `a region that is no host label is an error`(region: String) {
    #expect(throws: AuthError.self) {
      _ = try ServiceEndpoint.resolve(.sts, region: region, configured: nil, environment: [:])
    }
  }

  @Test(arguments: [
    "localhost:4566", "ftp://x", "http://", "http://u:p@x", "http://x?y=1", "http://x:0",
  ])
  func `an address that is none is an error that says where it comes from`(url: String) throws {
    let error = try #require(throws: AuthError.self) {
      _ = try ServiceEndpoint.resolve(
        .sts, region: "eu-west-1", configured: nil, environment: ["AWS_ENDPOINT_URL_STS": url])
    }
    #expect(error.hints.first?.contains("AWS_ENDPOINT_URL_STS") == true)
  }
}
