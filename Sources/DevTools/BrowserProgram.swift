internal import Core
internal import Programs

/// Finds a browser that speaks the DevTools protocol.
struct BrowserProgram {
  /// Where programs are looked for.
  var path: String?
  /// The person's home directory.
  var home: String

  /// The names and places of a browser.
  private struct Known {
    var type: String
    var names: [String]
    var application: String
  }

  private static let known = [
    Known(
      type: "chrome", names: ["google-chrome", "google-chrome-stable"],
      application: "Google Chrome"),
    Known(type: "chromium", names: ["chromium", "chromium-browser"], application: "Chromium"),
    Known(
      type: "msedge", names: ["microsoft-edge", "microsoft-edge-stable"],
      application: "Microsoft Edge"),
    Known(
      type: "brave", names: ["brave-browser", "brave-browser-stable", "brave"],
      application: "Brave Browser"),
  ]

  /// The program of the first browser that is installed, of those that `type` means; `nil` if none is.
  func find(_ type: String?) -> String? {
    let wanted = Self.known.filter { type == nil || $0.type == type }
    // One that is not known, such as atmos' `firefox`, does not speak the protocol.
    for browser in wanted.isEmpty ? Self.known : wanted {
      #if canImport(Darwin)
      for folder in ["/Applications", "\(home)/Applications"] {
        let name = browser.application
        let program = "\(folder)/\(name).app/Contents/MacOS/\(name)"
        if FileSystem.exists(program) { return program }
      }
      #endif
      for name in browser.names {
        if let found = try? ProgramPath.find(name, path: path) { return found }
      }
    }
    return nil
  }
}
