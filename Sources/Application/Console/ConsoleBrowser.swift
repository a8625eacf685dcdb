import Core

/// Which browser the console is opened in.
enum ConsoleBrowser: Equatable {
  /// The person's own.
  case usual
  /// A profile that only this identity uses, kept in a directory.
  case isolated(directory: String)
  /// A container in the person's Firefox, by the extension "Open external links in a container".
  case container(name: String, isProtected: Bool)

  /// What the browser is told to open: the address, or in a container the extension's way to say
  /// it (https://github.com/honsiorovskyi/open-url-in-container).
  package func address(_ url: String) -> String {
    guard case .container(let name, let isProtected) = self else { return url }
    let color = isProtected ? "red" : "blue"
    return "ext+container:name=\(Self.encoded(name))&color=\(color)&url=\(Self.encoded(url))"
  }

  // The extension reads it as a query, where a plus is a blank.
  private static func encoded(_ text: String) -> String {
    Percent.encode(text).replacing("+", with: "%2b")
  }
}

/// Finds the programs for ``ConsoleBrowser``.
struct ConsoleBrowserSearch {
  /// Browsers that take the same arguments.
  enum Family {
    case chromium
    case firefox
  }

  package var environment: [String: String]
  var platform = BrowserSearch.Platform.current
  /// The path of a program, `nil` when it is not installed.
  package var find: (_ program: String) -> String?

  // Best known first; `BROWSER` decides between them when it names one.
  private static let onLinux: [(program: String, family: Family)] = [
    ("google-chrome", .chromium), ("google-chrome-stable", .chromium), ("chromium", .chromium),
    ("chromium-browser", .chromium), ("brave-browser", .chromium), ("brave", .chromium),
    ("microsoft-edge", .chromium), ("microsoft-edge-stable", .chromium), ("vivaldi", .chromium),
    ("firefox", .firefox), ("firefox-esr", .firefox), ("librewolf", .firefox),
  ]

  private static let onMac: [(program: String, family: Family)] = [
    ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", .chromium),
    ("/Applications/Chromium.app/Contents/MacOS/Chromium", .chromium),
    ("/Applications/Brave Browser.app/Contents/MacOS/Brave Browser", .chromium),
    ("/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge", .chromium),
    ("/Applications/Vivaldi.app/Contents/MacOS/Vivaldi", .chromium),
    ("/Applications/Firefox.app/Contents/MacOS/firefox", .firefox),
  ]

  /// The command that opens a page in `browser`; `nil` when no browser that can is installed.
  package func command(for browser: ConsoleBrowser) -> BrowserCommand? {
    switch browser {
    case .usual: return nil
    case .isolated(let directory):
      guard let (path, family) = installed.first else { return nil }
      switch family {
      case .chromium:
        return BrowserCommand([
          path, "--user-data-dir=\(directory)", "--no-first-run", "--no-default-browser-check",
          "%s",
        ])
      case .firefox:
        return BrowserCommand([path, "--new-instance", "--profile", directory, "%s"])
      }
    case .container:
      guard let (path, _) = installed.first(where: { $0.family == .firefox }) else { return nil }
      return BrowserCommand([path, "--new-tab", "%s"])
    }
  }

  private var installed: [(path: String, family: Family)] {
    let known = platform == .macOS ? Self.onMac : Self.onLinux
    let named = BrowserCommand.list(environment["BROWSER"] ?? "").compactMap { command in
      known.first { Self.last($0.program) == Self.last(command.program) }
        .map { (program: command.program, family: $0.family) }
    }
    return (named + known).compactMap { program, family in find(program).map { ($0, family) } }
  }

  private static func last(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
}
