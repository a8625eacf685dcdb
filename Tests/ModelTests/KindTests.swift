import Core
import Model
import Testing

@Suite struct KindTests {
  private static let registry = KindRegistry([
    Kind("made-up/user", .identity, summary: "first"), Kind("made-up/b", .identity, summary: ""),
    Kind("made-up/user", .provider, summary: "of another section"),
    Kind("made-up/user", .identity, summary: "second"),
  ])

  @Test func `a kind is known by its name and section, and the later one counts`() {
    #expect(Self.registry.kind("made-up/user", .identity)?.summary == "second")
    #expect(Self.registry.kind("made-up/user", .provider)?.summary == "of another section")
    #expect(Self.registry.kind("made-up/user", .integration) == nil)
    #expect(Self.registry.kind("Made-up/user", .identity) == nil)
  }

  @Test func `the names of a section are sorted`() {
    #expect(Self.registry.names(.identity) == ["made-up/b", "made-up/user"])
    #expect(Self.registry.names(.integration).isEmpty)
  }

  @Test func `a field has the keys of its dotted path`() {
    let field = Field("principal.account.id", .accountID, required: true, "")
    #expect(field.path == ["principal", "account", "id"])
    #expect(field.isRequired && !field.isSecret)
  }
}
