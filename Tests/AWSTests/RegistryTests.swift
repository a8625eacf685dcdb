import Core
import Model
import Testing

@testable import AWS

@Suite struct RegistryTests {
  @Test(
    arguments: [
      ("ecr", "eu-west-1", false, false, "api.ecr.eu-west-1.amazonaws.com"),
      ("ecr", "us-gov-west-1", true, false, "api.ecr-fips.us-gov-west-1.amazonaws.com"),
      ("ecr", "eu-west-1", false, true, "ecr.eu-west-1.api.aws"),
      ("ecr", "eu-west-1", true, true, "ecr-fips.eu-west-1.api.aws"),
      ("ecr-public", "us-east-1", false, false, "api.ecr-public.us-east-1.amazonaws.com"),
      ("ecr-public", "us-east-1", false, true, "ecr-public.us-east-1.api.aws"),
      ("eks", "eu-west-1", true, false, "fips.eks.eu-west-1.amazonaws.com"),
      ("eks", "us-gov-west-1", true, false, "eks.us-gov-west-1.amazonaws.com"),
      ("eks", "cn-north-1", true, false, "eks-fips.cn-north-1.amazonaws.com.cn"),
      ("eks", "eu-west-1", true, true, "eks-fips.eu-west-1.api.aws"),
    ])
  func `trap 13: each service has its own order of labels`(
    name: String, region: String, fips: Bool, dualStack: Bool, host: String
  ) throws {
    let services = ["ecr": AWSService.ecr, "ecr-public": .ecrPublic, "eks": .eks]
    let service = try #require(services[name])
    #expect(service.host(region, fips: fips, dualStack: dualStack) == host)
  }

  @Test(
    arguments: [
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
      "123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
      "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn",
      "123456789012.dkr-ecr.eu-west-1.on.aws",
      "123456789012.dkr-ecr-fips.us-gov-west-1.on.aws",
      "123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn",
      "123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu",
      "123456789012.dkr.ecr.us-isof-south-1.csp.hci.ic.gov", "public.ecr.aws",
    ])
  func `a registry is known by its host`(host: String) {
    #expect(ECRLogin(host: host)?.host == host)
  }

  @Test(
    arguments: [
      "", "ghcr.io", "123.dkr.ecr.eu-west-1.amazonaws.com",
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.net",
      "123456789012.dkr.ecr.cn-north-1.amazonaws.com", "123456789012.dkr.ecr..amazonaws.com",
      "123456789012.dkr-ecr.eu-west-1.amazonaws.com", "x.public.ecr.aws",
      "123456789012.dkr-ecr.cn-north-1.on.aws", "123456789012.dkr.ecr.eu-west-1.on.aws",
      "123456789012.dkr", "123456789012.dkr.ecr", "123456789012-dkr-ecr.eu-west-1.on.aws",
    ])
  func `another host is not one`(host: String) {
    #expect(ECRLogin(host: host) == nil)
  }

  @Test func `vector 18.5: the token of a cluster is what botocore makes`() throws {
    let world = FakeWorld()
    let credential = Credential(
      .aws(
        AWSKeys(
          accessKeyID: "AKIDEXAMPLE",
          secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), sessionToken: nil,
          origin: .longLived)),
      issuedAt: world.effects.now(), expiresAt: nil)
    let made = try EKSToken.make(
      cluster: "my-cluster", region: "eu-west-1", credential: credential, effects: world.effects)
    let text = made.token.revealed()
    #expect(text.hasPrefix("k8s-aws-v1.aHR0cHM6Ly9zdHMuZXUtd2VzdC0xLmFtYXpvbmF3cy5jb20v"))
    #expect(!text.contains("="))
    let url = try #require(Base64.decode(text.dropFirst("k8s-aws-v1.".count).utf8, .url))
    #expect(
      String(decoding: url, as: UTF8.self).hasSuffix(
        "&X-Amz-Signature=d6166797141d5d05b1b1d89467413dbd8df473d515c74c2202503ddd359e9824"))
    #expect(made.expiresAt == world.effects.now().advanced(bySeconds: 840))
  }

  @Test func `a token ends with its keys`() throws {
    let world = FakeWorld()
    var credential = Credential.upstream()
    credential.expiresAt = world.effects.now().advanced(bySeconds: 60)
    let made = try EKSToken.make(
      cluster: "c", region: "eu-west-1", credential: credential, effects: world.effects)
    #expect(made.expiresAt == credential.expiresAt)
  }
}
