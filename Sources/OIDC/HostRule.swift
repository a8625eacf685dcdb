/// A host that may be asked for something, or a domain whose hosts may.
struct HostRule: Equatable {
  private let domain: String
  private let includesHostsBelow: Bool

  /// Reads a rule: `example.com` is that host, `.example.com` and `*.example.com` are those below it;
  /// `nil` for text that is neither.
  init?(_ text: String) {
    var name = text.lowercased()[...]
    if name.hasPrefix("*.") { name = name.dropFirst() }
    includesHostsBelow = name.hasPrefix(".")
    if includesHostsBelow { name = name.dropFirst() }
    guard Self.isName(name) else { return nil }
    domain = String(name)
  }

  /// Whether the rule is about a host, in lower case.
  func covers(_ host: String) -> Bool {
    guard Self.isName(host[...]) else { return false }
    return includesHostsBelow ? host.hasSuffix(".\(domain)") : host == domain
  }

  // Strict, since what reads the address later may see another host in an odd one.
  private static func isName(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
          }
      }
  }
}
