import Terragrunt
import Testing

/// Files of a checkout may hold anything: reading them ends, and soon.
@Suite struct HostileFileTests {
  private static let seeds = [
    "locals {\n  a = { b = [\"c\", 1, true], \"d\" : null }\n}\niam_role = \"x${local.a.b[0]}y\"\n",
    "include \"r\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\niam_role = local.x ? \"a\" : \"b\"\n",
    "iam_role = <<-EOT\n  ${format(\"%s-%d\", \"a\", 1)}\n  EOT\niam_assume_role_duration = 900\n",
    "iam_role = try(jsondecode(\"{\\\"a\\\": 1}\").b, merge({}, { c = \"d\" }).c) # e\n/* f */\n",
    "x \"y\" z { a = !b && c == d || e != f }\niam_role = replace(join(\",\", split(\"/\", \"a/b\")), \"a\", \"c\")\n",
  ]
  private static let pieces = Array("{}[]()\"\\$%<>=:,.#/*?!&|\n\r\t 0aé-~_".utf8)

  @Test func `no change of a file makes it fail or hang`() throws {
    var random = Generator(state: 0x9e37_79b9)
    let tree = try UnitTree(["root.hcl": "iam_role = \"R\""])
    for round in 0..<1_500 {
      var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
      for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let piece = Self.pieces.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(piece, at: place)
        case 2: bytes[place] = piece
        case 3: bytes = Array(bytes[..<place])
        default: bytes += bytes[place...]
        }
      }
      try tree.write("unit/terragrunt.hcl", String(decoding: bytes, as: UTF8.self))
      #expect(tree.unit()?.files.isEmpty == false)
    }
  }

  /// Locals of which each is made of the one before it, 60 times.
  private static func chain(_ first: String, _ member: String, _ next: (String) -> String) -> String
  {
    var lines = ["locals {", "  a0 = \(first)"]
    for number in 1..<60 { lines.append("  a\(number) = \(next("local.a\(number - 1)\(member)"))") }
    return (lines + ["}", "iam_role = local.a59\(member)", ""]).joined(separator: "\n")
  }

  private static let excesses: [(what: String, text: String)] = [
    ("blocks", String(repeating: "a {\n", count: 100_000)),
    ("lists", "iam_role = " + String(repeating: "[", count: 100_000)),
    ("signs", "iam_role = " + String(repeating: "!", count: 100_000) + "true"),
    ("operators", "iam_role = 1" + String(repeating: " == 1", count: 50_000)),
    ("brackets", "iam_role = " + String(repeating: "(", count: 100_000)),
    ("texts", "iam_role = \"" + String(repeating: "${\"", count: 50_000)),
    ("members", "iam_role = local" + String(repeating: ".b", count: 100_000)),
    ("elements", "iam_role = local" + String(repeating: "[0]", count: 100_000)),
    ("attributes", (0..<50_000).map { "a\($0) = 1\n" }.joined()),
    ("heredocs", "iam_role = <<A\n" + String(repeating: "<<B\n", count: 100_000)),
    ("parts", "iam_role = \"" + String(repeating: "${1}", count: 100_000) + "\""),
    (
      "a long way",
      "locals {\n" + (0..<5_000).map { "  a\($0) = local.a\($0 + 1)\n" }.joined()
        + "}\niam_role = local.a0"
    ),
    ("growing texts", chain("\"xxxxxxxx\"", "") { "\"${\($0)}${\($0)}\"" }),
    ("growing lists", chain("[\"x\"]", "") { "concat(\($0), \($0))" }),
    ("unread values", chain("{ b = \"x\" }", ".b") { "{ b = \"${\($0)}${\($0)}\" }" }),
    ("itself", "include {\n  path = \"terragrunt.hcl\"\n}\n"),
    (
      "itself as data",
      "locals {\n  a = read_terragrunt_config(\"terragrunt.hcl\").locals.a\n}\niam_role = local.a"
    ),
    ("a device", "iam_role = file(\"/dev/zero\")"), ("a directory", "iam_role = file(\"/\")"),
  ]

  @Test(arguments: excesses.indices)
  func `what is too much has no value`(_ index: Int) throws {
    let tree = try UnitTree(["unit/terragrunt.hcl": Self.excesses[index].text])
    let unit = try #require(tree.unit())
    #expect(unit.role.text == nil, "\(Self.excesses[index].what)")
  }

  @Test func `a file that is too large is not read`() throws {
    let tree = try UnitTree([
      "unit/terragrunt.hcl": "iam_role = \"R\"\n#" + String(repeating: "x", count: 1 << 20)
    ])
    guard case .unknown = try #require(tree.unit()).role else {
      Issue.record("it has a role")
      return
    }
  }
}

/// Numbers that are the same in each run.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
