import Testing

@testable import AuthConfiguration

@Suite struct HandoverTests {
  @Test(arguments: [
    (
      "r: { kind: aws/assume-role, via: { provider: p }, principal: { assume_role: ROLE } }",
      "kind `aws/assume-role` needs keys, an identity token or a SAML assertion, and provider `p` of kind "
        + "`aws/iam-identity-center` gives "
        + "a login to a portal (an identity of kind `aws/permission-set` stands between them; keys "
        + "are given by kind `aws/ambient`, `aws/user`)"
    ),
    (
      "r: { kind: aws/assume-root, via: { provider: p }, "
        + "principal: { target_principal: 123456789012, task_policy_arn: x } }",
      "kind `aws/assume-root` needs keys"
    ),
    (
      "s: { kind: ambient }\n    "
        + "r: { kind: aws/assume-role, via: { identity: s }, principal: { assume_role: ROLE } }",
      "identity `s` of kind `ambient` gives nothing (keys are given by kind"
    ),
  ])
  func `a link that gives something else than the next one needs`(
    identities: String, message: String
  ) throws {
    let found = try faults(
      """
      auth:
        providers:
          p:
            kind: aws/iam-identity-center
            start_url: https://x.awsapps.com/start
            region: us-east-1
        identities:
          \(identities.replacing("ROLE", with: "arn:aws:iam::123456789012:role/x"))
      """)
    #expect(
      found.contains { $0.contains("error: identity `r`: ") && $0.contains(message) }, "\(found)")
  }
}
