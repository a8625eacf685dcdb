import Core
import Model
import Testing

/// A source that only says what it would do.
private struct StatedSource: CredentialSource {
  var traits: [Model.Trait]

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    throw AuthError(.refused, "nobody asks for it here")
  }
}

@Suite struct ChainTests {
  private static func link(_ name: String, kind: String, _ traits: [Model.Trait]) -> Link {
    Link(name: name, kind: Kind(kind, .identity, summary: ""), source: StatedSource(traits: traits))
  }

  private static let chain = Chain(
    realm: "r",
    links: [
      link("Portal", kind: "made-up/login", [Model.Trait("url", "https://x")]),
      link("Dev", kind: "made-up/role", [Model.Trait("role", "a"), Model.Trait("region", "b")]),
    ])

  @Test func `the link that was asked for is the last one`() {
    #expect(Self.chain.target.name == "Dev")
  }

  @Test func `a chain says what it would do, up to a link, each line with its length before it`() {
    let login = "atmos-auth session 1\n1:r\n25:link\tmade-up/login\tportal\n13:url\thttps://x\n"
    #expect(String(decoding: Self.chain.digestInput(through: 0), as: UTF8.self) == login)
    #expect(
      String(decoding: Self.chain.digestInput(through: 1), as: UTF8.self)
        == login + "21:link\tmade-up/role\tdev\n6:role\ta\n8:region\tb\n")
  }

  @Test func `the same chain by its links' parts`() {
    let parts = Self.chain.links.map(\.digestInput)
    #expect(
      Chain.digestInput(realm: "r", links: parts) == Self.chain.digestInput(through: 1))
  }

  @Test(
    arguments: [
      { $0.realm = "s" }, { $0.links[0].name = "Other" }, { $0.links.removeFirst() },
      { $0.links.swapAt(0, 1) }, { $0.links[1].kind.name = "made-up/user" },
      {
        $0.links[1].source = StatedSource(traits: [
          Model.Trait("role", "a"), Model.Trait("region", "c"),
        ])
      },
      { $0.links[1].source = StatedSource(traits: [Model.Trait("role", "a\nregion\tb")]) },
      { $0.links[1].source = StatedSource(traits: [Model.Trait("role\ta\nregion", "b")]) },
    ] as [@Sendable (inout Chain) -> Void])
  func `a chain that would do something else has other bytes`(
    change: @Sendable (inout Chain) -> Void
  ) {
    var other = Self.chain
    change(&other)
    #expect(
      other.digestInput(through: other.links.count - 1) != Self.chain.digestInput(through: 1))
  }

  @Test func `names are the same in any case`() {
    var other = Self.chain
    other.links[0].name = "PORTAL"
    #expect(other.digestInput(through: 1) == Self.chain.digestInput(through: 1))
  }

  @Test func `a shared login does not depend on a name or a realm, and is no chain`() {
    let link = Self.chain.links[0]
    var renamed = link
    renamed.name = "another"
    let shared = Chain.digestInput(ofShared: link, login: "x")
    #expect(shared == Chain.digestInput(ofShared: renamed, login: "x"))
    #expect(shared != Chain.digestInput(ofShared: link, login: "y"))
    #expect(shared != Chain.digestInput(ofShared: Self.chain.links[1], login: "x"))
    #expect(shared != Self.chain.digestInput(through: 0))
  }
}
