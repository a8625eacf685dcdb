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

  @Test(arguments: [
    // The parser leaves such a form empty and keeps it in mind.
    "<table><form method=post action=a><tr><td><input name=x></table>",
    "<table><form action=a><tr><td><input name=x></form><tr><td><input name=no></table>",
    "<table><tr><form action=a><td><input name=x></td></form></tr></table><input name=no>",
    "<div><form action=a></div><input name=x></form><input name=no>",
    "<div><form action=a></div><p><input name=x></FORM ><input name=no>",
    // Not the end of it: text, a comment, an attribute, a value.
    "<div><form action=a></div><script>'</form>'</script><input name=x>",
    "<div><form action=a></div><!-- </form> --><input name=x>",
    "<div><form action=a></div><p title='</form>'><input name=x>",
    "<div><form action=a></div><textarea></form></textarea><input name=x>",
    "<div><form action=a></div><template></form><input name=no></template><input name=x>",
    // It is around it, and closed too early.
    "<form action=a><div></form><input name=x></div>",
    // Another one inside of it does not count.
    "<form action=a><form action=b><input name=x></form>",
    // The field says which.
    "<input name=x form=f><form action=a id=f></form>",
    "<form action=a id=f></form><form action=b><input form=f name=x></form>",
    "<form action=a><input name=x><input name=no form=g><input name=no form=''></form><p id=g>",
  ])
  func `a field belongs to the form that browsers say`(text: String) throws {
    let form = try #require(page(text).forms.first)
    #expect(form.action == "a" && form.fields.map(\.name) == ["x"])
  }

  @Test func `a list sends what is chosen in it`() throws {
    let page = try page(
      """
      <form><select name=a><option disabled>no<option value=1>one<option> two  words </select>
      <select name=b><optgroup><option>x<option selected> y  z</optgroup></select>
      <select name=c multiple><option selected>1<option>2<option selected>3</select>
      <select name=d multiple><option>1</select><select name=e></select>
      <select name=f disabled><option>1</select><textarea name=g disabled>x</textarea>
      """)
    let form = try #require(page.forms.first)
    #expect(form.sent.map { "\($0.name)=\($0.value)" } == ["a=1", "b=y z", "c=1", "c=3"])
    #expect(form.field("d")?.type == "select")
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
