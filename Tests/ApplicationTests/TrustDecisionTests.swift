import Testing

@testable import Application

/// The table of docs/trust.md, row by row.
@Suite struct TrustDecisionTests {
  private static let objection = "others can write to it"

  @Test(arguments: [
    // The person's own configuration is used, wherever.
    (TrustQuestion(isOwn: true), TrustDecision.use),
    (TrustQuestion(isOwn: true, isCI: true), .use),
    (TrustQuestion(isOwn: true, objection: objection), .use),
    // What was allowed is used, as long as only this person can have written it.
    (TrustQuestion(isAllowed: true), .use),
    (TrustQuestion(isAllowed: true, canAsk: true), .use),
    (TrustQuestion(isAllowed: true, objection: objection), .refuseFile(objection)),
    (TrustQuestion(isAllowed: true, objection: objection, canAsk: true), .refuseFile(objection)),
    // What was not is asked about where somebody typed it.
    (TrustQuestion(canAsk: true), .ask),
    (TrustQuestion(), .refuseUnknown),
    (TrustQuestion(objection: objection, canAsk: true), .refuseFile(objection)),
    // What is looser than the person's own has to be allowed beforehand, also in a job.
    (TrustQuestion(isLooser: true, canAsk: true), .refuseUnknown),
    (TrustQuestion(isLooser: true, isCI: true), .refuseUnknown),
    (TrustQuestion(isAllowed: true, isLooser: true, isCI: true), .use),
    // A job may use a checkout, with what belongs to the job.
    (TrustQuestion(isCI: true), .useInJob),
    (TrustQuestion(objection: objection, isCI: true), .useInJob),
    (TrustQuestion(isAllowed: true, isCI: true), .use),
    (TrustQuestion(isAllowed: true, objection: objection, isCI: true), .useInJob),
  ])
  func `what decides`(question: TrustQuestion, expected: TrustDecision) {
    #expect(TrustDecision(question) == expected)
  }

  @Test(arguments: [
    (["CI": "true"], true), (["CI": "1"], true), (["CI": "false"], false), (["CI": "0"], false),
    (["CI": ""], false), (["JENKINS_URL": "http://ci"], true), (["TF_BUILD": "True"], true),
    (["CI": "false", "TF_BUILD": "True"], false), ([:], false),
    (["CI": "true", "ATMOS_AUTH_TRUST": "strict"], false),
  ])
  func `what is a job`(environment: [String: String], expected: Bool) {
    #expect(CIJob.isOne(environment) == expected)
  }
}
