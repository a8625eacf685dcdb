import Core
import Model
import Testing

@testable import AWS

@Suite struct SharedLoginTests {
  @Test func `spellings of one portal are one login`() throws {
    let one = try IdentityCenterTests.source(["start_url": "https://corp.awsapps.com/start"])
    let other = try IdentityCenterTests.source([
      "start_url": "https://CORP.awsapps.com/start/#/", "spec": ["flow": "device"],
      "auto_provision_identities": true,
    ])
    #expect(one.sharedLogin == other.sharedLogin)
    #expect(one.traits == other.traits)
    let elsewhere = try IdentityCenterTests.source(["region": "us-east-1"])
    #expect(one.sharedLogin != elsewhere.sharedLogin)
    let faked = try IdentityCenterTests.source(["spec": ["endpoint_url": "http://127.0.0.1:1"]])
    #expect(one.sharedLogin != faked.sharedLogin)
    #expect(one.sharedLogin?.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } == true)
  }
}
