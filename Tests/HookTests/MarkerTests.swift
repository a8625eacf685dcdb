import Core
import Testing

@testable import Hook

@Suite struct MarkerTests {
  private static let full = Marker(
    source: .pin, digest: 0x0123_4567_89ab_cdef, pane: "%1",
    activation: Activation(
      identity: "prod admin", realm: "", expiryVariable: "ENDS", region: "eu west",
      isProtected: true, factsPath: "/f 1",
      style: PromptStyle(
        warnBefore: 60, symbol: "-", showsRegion: true, usesColor: false, isASCII: true)),
    entries: [
      Marker.Entry(name: "A", ours: 1, earlier: .exported("")),
      Marker.Entry(name: "B", ours: nil, earlier: .exported("x y\n")),
      Marker.Entry(name: "C", ours: .max, earlier: .absent),
      Marker.Entry(name: "D", ours: 0, earlier: .withheld),
    ])

  private static let least = Marker(
    source: .environment, digest: 0, pane: "",
    activation: Activation(identity: "", realm: "", isProtected: false, factsPath: ""), entries: [])

  @Test(arguments: [full, least]) func `what is written is read back`(marker: Marker) {
    #expect(Marker(text: marker.text) == marker)
  }

  @Test func `the format is that of the protocol's page`() {
    #expect(
      Self.full.text
        == "2 pin 0123456789abcdef +%251 +prod%20admin 1 +/f%201 60 +- 1 0 1 +ENDS +eu%20west"
        + " A 0000000000000001 + B - +x%20y%0a C ffffffffffffffff - D 0000000000000000 ?")
    #expect(Self.least.text == "2 environment 0000000000000000 + + 0 + 900 - 0 1 0 - -")
  }

  @Test func `a marker of an earlier release is read, and names the expiry's variable`() {
    let text =
      "1 directory 0123456789abcdef + +dev 0 +/f 900 - 0 1 0"
      + " A 0000000000000001 +x SOME_CREDENTIAL_EXPIRATION 0000000000000002 -"
    let marker = Marker(text: text)
    #expect(
      marker
        == Marker(
          source: .directory, digest: 0x0123_4567_89ab_cdef, pane: "",
          activation: Activation(
            identity: "dev", realm: "", expiryVariable: "SOME_CREDENTIAL_EXPIRATION",
            isProtected: false, factsPath: "/f"),
          entries: [
            Marker.Entry(name: "A", ours: 1, earlier: .exported("x")),
            Marker.Entry(name: "SOME_CREDENTIAL_EXPIRATION", ours: 2, earlier: .absent),
          ]))
    #expect(marker?.text.hasPrefix("2 ") == true)
  }

  @Test(arguments: [
    ("2 environment", "3 environment"), ("2 environment", "1 environment"), ("2 ", ""),
    ("environment", "cd"), ("0000000000000000", "000000000000000"), ("+ +", "+ +$(id)"),
    ("+ +", "x +"), (" - -", " -"), (" - -", " - - A"), (" - -", " - - A -"),
    (" - -", " - - A - -x"), (" - -", " - - A;id - -"), (" - -", " - - A 0 -"),
    (" - -", " - - A - +%2"), (" - -", " - - A - - "), (" - -", " +A;id -"), ("900", "a[$(id)]"),
  ])
  func `anything else is not a marker`(old: String, new: String) {
    let text = Self.least.text.replacing(old, with: new, maxReplacements: 1)
    #expect(text != Self.least.text)
    #expect(Marker(text: text) == nil)
  }

  @Test func `what a variable was before counts while it is as we left it`() {
    var marker = Self.least
    marker.entries = [
      Marker.Entry(name: "A", ours: Hash.fnv1a("ours"), earlier: .exported("was")),
      Marker.Entry(name: "B", ours: nil, earlier: .withheld),
    ]
    #expect(marker.earlier("A", now: "ours") == .exported("was"))
    #expect(marker.earlier("A", now: "theirs") == .exported("theirs"))
    #expect(marker.earlier("A", now: nil) == .absent)
    #expect(marker.earlier("B", now: nil) == .withheld)
    #expect(marker.earlier("B", now: "theirs") == .exported("theirs"))
    #expect(marker.earlier("C", now: "x") == .exported("x"))
  }

  @Test(arguments: [
    ("PLAIN", Marker.Earlier.exported("v")), ("ENDS", .exported("v")), ("OTHER", .withheld),
  ])
  func `only plain values may stand where children read`(name: String, earlier: Marker.Earlier) {
    let activation = Activation(
      identity: "x", realm: "", plain: ["PLAIN"], expiryVariable: "ENDS", isProtected: false,
      factsPath: "")
    #expect(Marker.shareable(name, .exported("v"), activation) == earlier)
    #expect(Marker.shareable(name, .absent, activation) == .absent)
  }

  /// An activation, and others that differ in one thing each.
  private static let activation = Activation(
    identity: "a", realm: "r", set: [.init("A", "1")], unset: ["B"], isProtected: false,
    factsPath: "/f")

  @Test(
    arguments: [
      { $0.identity = "b" }, { $0.realm = "" }, { $0.factsPath = "/g" }, { $0.set[0].name = "C" },
      { $0.set[0].value = "2" }, { $0.set = [] }, { $0.unset = [] }, { $0.unset.append("C") },
      { $0.isProtected = true }, { $0.style.symbol = "x" }, { $0.style.warnBefore = 1 },
      { $0.style.showsRegion = true }, { $0.style.usesColor = false }, { $0.style.isASCII = true },
      {
        $0.identity = "ar"
        $0.realm = ""
      },
    ] as [@Sendable (inout Activation) -> Void])
  func `another activation has another digest`(change: @Sendable (inout Activation) -> Void) {
    var other = Self.activation
    change(&other)
    #expect(other.digest != Self.activation.digest)
  }
}
