import SignIn
import Testing

@Suite struct AccountNamesTests {
  @Test func `names stand before the numbers`() {
    let page = """
      <form><fieldset><div class="saml-account"><div class="expandable-container">
      <img alt=""><div class="saml-account-name">Account: acme-prod (123456789012)</div></div>
      <hr><div class="saml-account"><label class="saml-role-description">Admin</label></div></div>
      <div class="saml-account"><div class="saml-account-name">Account: 210987654321</div></div>
      </fieldset></form>
      """
    #expect(AccountNames.onRolePage(Array(page.utf8)) == ["123456789012": "acme-prod"])
  }

  @Test(arguments: [
    "", "Account: acme (123456789012)", "<p class=saml-account>Account: acme (123456789012)",
    "<div class=saml-account-name>Account: ACME (123456789012)",
    "<div class=saml-account-name>Account: a\u{1B}[31m (123456789012)",
    "<div class=saml-account-name>Account: acme (12345678901x)",
    "<div class=saml-account-name>Account: acme 123456789012",
    "<div class=saml-account-name>acme (123456789012)",
  ])
  func `anything else is no name`(page: String) {
    #expect(AccountNames.onRolePage(Array(page.utf8)).isEmpty)
  }
}
