import Foundation
import Model
import Testing

@testable import AuthConfiguration

@Suite struct YAMLReaderTests {
  private func read(_ text: String) -> YAMLDocument {
    YAMLReader.read(Array(text.utf8), file: "f.yaml")
  }

  @Test func `scalars stay the text that was written`() throws {
    let root = read("a: 012345678901\nb: 0x10\nc: 1e3\nd: yes\ne: '~'\nf: ~\ng:\n").root
    #expect(root["a"]?.text == "012345678901")
    #expect(root["b"]?.text == "0x10")
    #expect(root["c"]?.text == "1e3")
    #expect(root["d"]?.bool == true)
    #expect(root["e"]?.text == "~")
    #expect(root["f"] == nil)
    #expect(root["g"] == nil)
  }

  @Test func `places are those of an editor`() throws {
    let root = read("auth:\n  ä: { key: value }\n").root
    let inner = try #require(root["auth", "ä"])
    #expect(inner.mark == SourceMark(file: "f.yaml", line: 2, column: 6))
    #expect(inner.entries[0].mark == SourceMark(file: "f.yaml", line: 2, column: 8))
    #expect(inner["key"]?.mark == SourceMark(file: "f.yaml", line: 2, column: 13))
  }

  @Test func `anchors and merge keys work, own keys first`() {
    let root = read(
      """
      one: &one { kind: a, region: x }
      two: &two { region: y, tags: [t] }
      all:
        <<: [*one, *two]
        kind: own
      """
    ).root
    #expect(root["all", "kind"]?.text == "own")
    #expect(root["all", "region"]?.text == "x")
    #expect(root["all", "tags"]?.elements.count == 1)
    #expect(root["all", "<<"] == nil)
  }

  @Test func `a quoted merge key is a key`() {
    #expect(read("a: { '<<': { b: 1 } }").root["a", "<<", "b"]?.text == "1")
  }

  @Test func `of two values for one key the last counts, with a warning`() throws {
    let document = read("a: 1\nb: 2\na: 3\n")
    #expect(document.root.entries.map(\.key) == ["b", "a"])
    #expect(document.root["a"]?.text == "3")
    let fault = try #require(document.faults.first)
    #expect(fault.code == "duplicate-key")
    #expect(fault.mark == SourceMark(file: "f.yaml", line: 3, column: 1))
    #expect(fault.message == "key `a` appears again; what it says in line 1 does not count")
  }

  @Test func `duplicates are found in large maps too`() {
    let text = (0..<40).map { "k\($0): \($0)\n" }.joined() + "k7: again\n"
    #expect(read(text).faults.map(\.code) == ["duplicate-key"])
  }

  @Test func `tags become expressions`() throws {
    let document = read("a: !env NAME default\nb: !!str 12\nc: !append [x]\n")
    #expect(document.hasTags)
    #expect(document.root["a"]?.expression == "!env NAME default")
    #expect(document.root["a"]?.tag == "!env")
    #expect(document.root["b"]?.expression == nil)
    #expect(document.root["b"]?.text == "12")
    #expect(document.root["c"]?.tag == "!append")
  }

  @Test(arguments: [
    ("a: b: c\n", "1:5", "a `:` followed by a blank is not allowed here"),
    ("a:\n\tb: 1\n", "2:1", "a tab cannot indent YAML"),
    ("a: @b\n", "1:4", "a value cannot begin with `@`"),
    ("a: \"open\nb: 1\n", "1:4", "a quote is opened here and never closed"),
    ("a: [1, 2\n", "1:4", "a `[` is opened here and not closed"),
    ("a: {b: 1\n", "1:4", "a `{` is opened here and not closed"),
    ("a:\n  b: 1\n c: 2\n", "3:2", "this line does not line up with the ones above it"),
    ("a: \u{1}\n", "1:4", "there is a control character here"),
  ])
  func `what is not YAML is said with its place`(text: String, place: String, sentence: String)
    throws
  {
    let fault = try #require(read(text).faults.first)
    let mark = try #require(fault.mark)
    #expect(fault.severity == .error)
    #expect("\(mark.line):\(mark.column)" == place)
    #expect(fault.message == "not valid YAML: \(sentence)")
  }

  @Test func `bytes that are not UTF-8 have a place`() throws {
    let document = YAMLReader.read(Array("a: 1\nbé: ".utf8) + [0xff, 0x0a], file: "f")
    let fault = try #require(document.faults.first)
    #expect(fault.message == "not valid YAML: the text is not UTF-8 here")
    #expect(fault.mark == SourceMark(file: "f", line: 2, column: 5))
  }

  @Test func `an alias of nothing is an error with a suggestion`() throws {
    let fault = try #require(read("a: &base 1\nb: *bases\n").faults.first)
    #expect(fault.message == "alias `*bases` is not defined")
    #expect(fault.suggestion == "did you mean `base`?")
  }

  @Test func `aliases to aliases do not explode`() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    let fault = try #require(read(text).faults.first)
    #expect(fault.message == "this comes to more than 250000 values")
  }

  @Test(arguments: ["[", "{a: ", "- "])
  func `deep nesting is refused before the stack ends`(opening: String) {
    let text = String(repeating: opening, count: 50_000)
    #expect(read(text).faults.first?.severity == .error)
  }

  @Test(arguments: ["", "\n", "# nothing\n", "---\n", "\u{feff}", "--- ~\n"])
  func `a file without values is null`(text: String) {
    let document = read(text)
    #expect(document.root.isNull)
    #expect(document.faults.isEmpty)
  }

  @Test func `a second document is left out with a warning`() throws {
    let document = read("a: 1\n---\nb: 2\n")
    #expect(document.root["b"] == nil)
    #expect(document.faults.map(\.code) == ["several-documents"])
  }

  @Test func `a byte order mark, UTF-16 and Windows' line ends are read`() {
    #expect(read("\u{feff}a: 1\r\nb: 2\r\n").root["b"]?.text == "2")
    let wide: [UInt8] =
      [0xff, 0xfe] + "a: ü\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    #expect(YAMLReader.read(wide, file: "f").root["a"]?.text == "ü")
  }

  @Test func `keys that are lists or maps belong to others`() {
    let document = read("? [a, b]\n: 1\n? { c: d }\n: 2\nauth: 3\n")
    #expect(document.faults.isEmpty)
    #expect(document.root["auth"]?.text == "3")
  }
}

@Suite struct HostileInputTests {
  @Test(arguments: 0..<8)
  func `no text brings the reader or the checks down`(seed: UInt64) throws {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func random(_ bound: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(bound))
    }
    let sample = Array(ValidationTests.broken.utf8)
    let pieces = [
      "!env ", "!include ", "&a ", "*a", "<<: ", "- ", "{", "}", "[", "]", "\"", "|\n", "? ",
    ]
    let world = try World()
    for _ in 0..<40 {
      var bytes = sample
      for _ in 0..<(1 + random(12)) {
        let position = random(bytes.count)
        switch random(4) {
        case 0: bytes[position] = UInt8(random(256))
        case 1: bytes.removeSubrange(position..<min(bytes.count, position + random(40)))
        case 2: bytes.insert(contentsOf: pieces[random(pieces.count)].utf8, at: position)
        default:
          bytes.insert(
            contentsOf: bytes[position..<min(bytes.count, position + random(60))], at: position)
        }
      }
      let path = world.path("repo/atmos.yaml")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let full = try world.load()
      let diagnostics = full.diagnostics(kinds: World.kinds)
      let report = DiagnosticReport(diagnostics, workingDirectory: world.path("repo"))
      #expect(report.text().utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0a })
      for diagnostic in diagnostics {
        #expect((diagnostic.mark?.line ?? 1) >= 1 && (diagnostic.mark?.column ?? 1) >= 1)
      }
      let catalog = try world.catalog()
      #expect(catalog.diagnostics == diagnostics)
      #expect(catalog.identities.count == catalog.count)
    }
  }
}

@Suite struct KeyTests {
  @Test(arguments: [
    ("Kind", "kind", true), ("KIND", "kind", true), ("kinds", "kind", false), ("", "", true),
    ("a@b", "A@B", true), ("a[", "a{", false), ("É", "é", true), ("É", "e", false),
  ])
  func `keys compare without case`(left: String, right: String, isSame: Bool) {
    #expect(ConfigNode.isSameKey(left, right) == isSame)
  }
}
