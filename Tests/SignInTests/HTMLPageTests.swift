import HTML
import Testing

@Suite struct HTMLPageTests {
  private func page(_ text: String) throws -> HTMLPage {
    try #require(HTMLPage(Array(text.utf8)))
  }

  @Test func `a form is read as browsers read it`() throws {
    let page = try page(
      """
      <html><body><FORM id=f METHOD=Post action='/a?x=1&amp;y=2'><table><tr>
      <td><input name=SAMLResponse type=hidden value="a&#x2b;b&#43;c=="><br>
      <input name=user><input type=password name=pass value=''>
      <input type=checkbox name=c1><input type=checkbox name=c2 checked>
      <input type=submit name=go value=Go><input disabled name=d value=1>
      <textarea name=t>two
      lines</textarea></table>
      """)
    let form = try #require(page.forms.first)
    #expect(form.id == "f" && form.action == "/a?x=1&y=2" && form.isPosted)
    #expect(form.value("SAMLResponse") == "a+b+c==")
    #expect(
      form.sent.map(\.name) == ["SAMLResponse", "user", "pass", "c2", "t"],
      "what nobody pressed or checked is not sent")
    #expect(form.field("USER")?.type == "text" && form.field("pass")?.type == "password")
  }

  @Test func `fields belong to the form that they stand in`() throws {
    let page = try page(
      "<input name=none><form action=a><input name=x></form><form action=b><input name=y></form>")
    #expect(page.forms.map { $0.fields.map(\.name) } == [["x"], ["y"]])
  }

  @Test func `text, scripts and comments`() throws {
    let page = try page(
      "<base href=/x/><!-- <form> --><p id=e>wrong <b>password</b>\n </p><script>var a='<form>'</script>"
    )
    #expect(page.text(id: "e") == "wrong password")
    #expect(page.text(id: "none") == nil && page.forms.isEmpty && page.base == "/x/")
    #expect(page.elements.first { $0.name == "script" }?.text == "var a='<form>'")
  }

  @Test func `a page that is too deep or too large is none`() {
    #expect(HTMLPage(Array(String(repeating: "<b>", count: 20_001).utf8)) == nil)
    #expect(HTMLPage(Array(repeating: UInt8(ascii: "a"), count: HTMLPage.limit + 1)) == nil)
    #expect(HTMLPage(Array(String(repeating: "<div>", count: 15_000).utf8)) != nil)
    #expect(HTMLPage([]) != nil)
  }
}
