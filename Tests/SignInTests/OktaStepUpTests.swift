import Testing

@testable import SignIn

@Suite struct OktaStepUpTests {
  @Test(arguments: [
    (#"var stateToken='00abc\x2Ddefg\x2D-hij';"#, "00abc-defg--hij"),
    (#"var stateTokenAllFlows = ''; var stateToken = "00abcdefghij";"#, "00abcdefghij"),
    (#"{"stateToken":"00\u002Dabcdefghij","x":1}"#, "00-abcdefghij"),
    (#"stateToken: '00abc\/defghij'"#, "00abc/defghij"),
    ("location.href='/login?stateToken=x'; stateToken='00abcdefghij'", "00abcdefghij"),
  ])
  func `trap 56: the token of a script comes without its escapes`(script: String, token: String) {
    #expect(OktaStepUp.stateToken(in: script) == token)
  }

  @Test(arguments: [
    "", "stateToken", "stateToken = null", "stateToken=''", "stateToken='short'",
    "stateToken == 'x' && '00abcdefghij'", "var stateTokenAllFlows = '00abcdefghij'",
  ])
  func `other scripts have none`(script: String) {
    #expect(OktaStepUp.stateToken(in: script) == nil)
  }
}
