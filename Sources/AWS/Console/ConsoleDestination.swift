public import Core
import Model

/// The page that the console opens with.
public struct ConsoleDestination: Sendable, Equatable {
  private enum Place: Equatable {
    /// A path below the console's host.
    case path(String)
    /// An address of a console.
    case address(String, site: ConsoleSite)
  }

  private let place: Place

  /// The console's home page.
  public static let home = ConsoleDestination(place: .path("console/home"))

  private init(place: Place) { self.place = place }

  /// Reads an alias or an address.
  ///
  /// - Throws: ``AuthError`` with code `usage` for an unknown alias, and for an address that is not
  ///   an `https` one of an AWS console: whoever is sent elsewhere with it would be taken for
  ///   signed in.
  public init(_ text: String) throws(AuthError) {
    guard text.contains("://") else {
      guard let path = ConsoleAlias.path(of: text) else { throw Self.unknown(text) }
      place = .path(path)
      return
    }
    let page = text.prefix { $0 != "#" }
    guard let address = Address(String(page)), address.scheme == "https", address.port == nil,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let site = ConsoleSite.all.first(where: { $0.has(address.host) })
    else {
      throw AuthError(
        .usage,
        "not an https address of an AWS console: \(DisplayText.sanitized(text, limit: 120))",
        hints: ["it looks like `https://console.aws.amazon.com/s3/home`, or is a name such as `s3`"]
      )
    }
    place = .address(text, site: site)
  }

  private static func unknown(_ text: String) -> AuthError {
    let shown = DisplayText.sanitized(text, limit: 80)
    let near = NearName.nearest(to: text, in: ConsoleAlias.names)
    return AuthError(
      .usage, "unknown service alias: `\(shown)`",
      hints: (near.map { ["did you mean `\($0)`?"] } ?? [])
        + ["use a name such as `s3`, `ec2` or `cloudformation`, or a full address"])
  }

  /// The address in a partition's console, its region chosen where the page has regions.
  func address(site: ConsoleSite, region: String?) throws(AuthError) -> String {
    switch place {
    case .address(let text, let ofText):
      guard ofText == site else {
        throw AuthError(
          .usage,
          "the address is of partition `\(ofText.partition)`, but the identity is of "
            + "`\(site.partition)`",
          hints: ["the identity's console is at `https://\(site.host)/`"])
      }
      return text
    case .path(let path):
      // The query comes before the fragment, which the page's own code reads.
      let parts = path.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let query = region.map { "?region=\(PercentEncoding.encode($0))" } ?? ""
      let fragment = parts.count == 2 ? "#\(parts[1])" : ""
      return "https://\(site.host)/\(parts[0])\(query)\(fragment)"
    }
  }
}
