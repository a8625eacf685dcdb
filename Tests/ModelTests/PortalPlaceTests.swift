import Core
import Testing

@testable import Model

@Suite struct PortalPlaceTests {
  private static let corp = PortalPlace(
    startURL: "https://corp.awsapps.com/start", region: "eu-west-1", endpoint: nil)

  @Test(
    arguments: [
      ("https://corp.awsapps.com/start/", "eu-west-1", nil, true),
      (" https://Corp.AWSapps.com/start/#/", "EU-West-1", "", true),
      ("https://corp.awsapps.com/Start", "eu-west-1", nil, false),
      ("https://corp.awsapps.com.example/start", "eu-west-1", nil, false),
      ("https://corp.awsapps.com/start", "eu-west-2", nil, false),
      ("https://corp.awsapps.com/start", "eu-west-1", "https://example.com", false),
    ] as [(String, String, String?, Bool)]) func `a portal is its address, region and endpoint`(
      startURL: String, region: String, endpoint: String?, isSame: Bool
    )
  {
    let other = PortalPlace(startURL: startURL, region: region, endpoint: endpoint)
    #expect((other == Self.corp) == isSame)
    let paths = StatePaths { $0 == "HOME" ? "/h" : nil }
    #expect((other.provisionedPath(paths) == Self.corp.provisionedPath(paths)) == isSame)
  }
}
