import Core
import Model
import Testing

@testable import AWS

@Suite struct CodePromptTests {
  @Test func `a code is asked for and sent`() {
    var prompt = CodePrompt()
    #expect(prompt.next(.begin) == .ask(remark: nil))
    #expect(prompt.next(.typed(Secret(" 123 456\n"))) == .send("123456"))
  }

  @Test func `three questions at most`() {
    var prompt = CodePrompt()
    #expect(prompt.next(.begin) == .ask(remark: nil))
    #expect(prompt.next(.typed(Secret("111111"))) == .send("111111"))
    #expect(prompt.next(.refused("no")) == .ask(remark: "no"))
    #expect(prompt.next(.typed(Secret("12345"))) == .ask(remark: "a code has six digits"))
    #expect(prompt.next(.typed(Secret("222222"))) == .send("222222"))
    #expect(prompt.next(.refused("no")) == .giveUp)
  }

  @Test func `trap 30: the same code is never sent twice`() {
    var prompt = CodePrompt()
    _ = prompt.next(.begin)
    #expect(prompt.next(.typed(Secret("111111"))) == .send("111111"))
    _ = prompt.next(.refused("no"))
    #expect(
      prompt.next(.typed(Secret("111111")))
        == .ask(remark: "that code has been used; wait for the next one"))
  }

  @Test(arguments: ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "-12345"])
  func `what is no code is not sent`(text: String) {
    var prompt = CodePrompt()
    _ = prompt.next(.begin)
    #expect(prompt.next(.typed(Secret(text))) == .ask(remark: "a code has six digits"))
  }
}
