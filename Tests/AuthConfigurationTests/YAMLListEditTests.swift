import Testing

@testable import AuthConfiguration

@Suite struct YAMLListEditTests {
  private static let path = ["auth", "shell", "wrap"]

  private func set(_ text: String, _ words: [String]) throws -> String {
    let edit = try YAMLListEdit(Array(text.utf8), path: Self.path)
    return String(decoding: try edit.setting(words), as: UTF8.self)
  }

  @Test(arguments: [
    // No file, no section, no list.
    ("", "auth:\n  shell:\n    wrap: [a, b]\n"),
    ("# mine\n", "# mine\nauth:\n  shell:\n    wrap: [a, b]\n"),
    ("x: 1", "x: 1\nauth:\n  shell:\n    wrap: [a, b]\n"),
    (
      "auth:\n    # comment\n    realm: x\n\nx: 1\n",
      "auth:\n    shell:\n      wrap: [a, b]\n    # comment\n    realm: x\n\nx: 1\n"
    ),
    ("auth:\n  shell: # none\n", "auth:\n  shell: # none\n    wrap: [a, b]\n"),
    ("auth:\n  shell:\n    wrap:  # all\n", "auth:\n  shell:\n    wrap: [a, b]  # all\n"),
    // A list on one line.
    ("auth:\n  shell:\n    wrap: [] # all\n", "auth:\n  shell:\n    wrap: [a, b] # all\n"),
    ("auth:\n  shell:\n    wrap: [ c,a ]\n", "auth:\n  shell:\n    wrap: [a, b]\n"),
    ("auth: {shell: {wrap: [c]}, realm: x}\n", "auth: {shell: {wrap: [a, b]}, realm: x}\n"),
    // One word a line.
    (
      "auth:\n  shell:\n    wrap:\n      - c # gone\n      # stays\n      - a # kept\n    ascii: true\n",
      "auth:\n  shell:\n    wrap:\n      # stays\n      - a # kept\n      - b\n    ascii: true\n"
    ),
    (
      "auth:\r\n  shell:\r\n    ascii: true\r\n",
      "auth:\r\n  shell:\r\n    wrap: [a, b]\r\n    ascii: true\r\n"
    ),
  ])
  func `the list is another one, and nothing else`(_ before: String, _ after: String) throws {
    #expect(try set(before, ["a", "b"]) == after)
    #expect(try YAMLListEdit(Array(after.utf8), path: Self.path).words == ["a", "b"])
    // Once more it changes nothing.
    #expect(try set(after, ["a", "b"]) == after)
  }

  @Test func `a list can become empty`() throws {
    #expect(try set("auth:\n  shell:\n    wrap: [a]\n", []) == "auth:\n  shell:\n    wrap: []\n")
    #expect(
      try set("auth:\n  shell:\n    wrap:\n    - a\n    ascii: true\n", [])
        == "auth:\n  shell:\n    wrap:\n    ascii: true\n")
  }

  @Test(arguments: [
    "auth: {realm: x}\n", "auth: [1]\n", "auth:\n  shell: {ascii: true}\n",
    "auth:\n  shell:\n    wrap: terraform\n", "auth:\n  shell:\n    wrap: [{a: b}]\n",
    "auth:\n  shell:\n    wrap: [a,\n      c]\n", "auth:\n  shell: ~\n", "a: 1\n---\nb: 2\n",
    "auth: [", "- a\n", "auth:\n  shell:\n    wrap: ['a]']\n", "auth: *x\n",
    "auth:\n  shell: &s\n    wrap: &w [a]\nother: *w\n",
  ])
  func `what cannot be changed without harm is left alone`(_ text: String) {
    #expect(throws: YAMLListEdit.Fault.self) { try set(text, ["a", "b"]) }
  }
}
