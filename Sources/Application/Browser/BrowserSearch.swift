/// Finds out how a page is opened so that the person at the terminal sees it.
package struct BrowserSearch {
  /// The systems whose desktops differ.
  enum Platform: Sendable {
    case linux
    case macOS

    /// The one this program was built for.
    package static var current: Platform {
      #if os(Linux)
      .linux
      #else
      .macOS
      #endif
    }
  }

  package var environment: [String: String]
  var platform = Platform.current
  /// Whether a file exists; for the marks that containers have.
  package var exists: (_ path: String) -> Bool

  /// What opens a page, best first; empty where it would not be seen: in CI, over SSH, in
  /// containers and without a desktop, unless `BROWSER` says how; and with `ATMOS_AUTH_NO_BROWSER`.
  package var commands: [BrowserCommand] {
    guard !isOff, !isOn("CI") else { return [] }
    return named + (isRemote || isContainer ? [] : ofDesktop)
  }

  /// What `BROWSER` names.
  package var named: [BrowserCommand] {
    BrowserCommand.list(environment["BROWSER"] ?? "", exists: exists)
  }

  /// Whether a window that is opened here is seen by the person at the terminal.
  var isDesktopSeen: Bool { hasDisplay && !isRemote && !isContainer }

  /// Whether a window can be opened at all, also by way of a display that is somewhere else.
  var hasDisplay: Bool {
    platform == .macOS ? !isRemote : isSet("DISPLAY") || isSet("WAYLAND_DISPLAY")
  }

  /// Whether no browser is to be opened.
  var isOff: Bool { isOn("ATMOS_AUTH_NO_BROWSER") }

  private var ofDesktop: [BrowserCommand] {
    switch platform {
    case .macOS: return [BrowserCommand(["/usr/bin/open"])]
    case .linux where isWSL:
      return [
        BrowserCommand(["wslview"]),
        BrowserCommand([
          "powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "Start-Process", "'%s'",
        ]),
      ]
    case .linux:
      guard hasDisplay else { return [] }
      return [BrowserCommand(["xdg-open"]), BrowserCommand(["x-www-browser"])]
    }
  }

  /// Whether the person sits at another machine, and their browser runs there.
  package var isRemote: Bool { isSet("SSH_CONNECTION") || isSet("SSH_TTY") || isSet("SSH_CLIENT") }

  // Docker and Podman leave these files, Kubernetes this variable.
  private var isContainer: Bool {
    isSet("KUBERNETES_SERVICE_HOST") || exists("/.dockerenv") || exists("/run/.containerenv")
  }

  private var isWSL: Bool { isSet("WSL_DISTRO_NAME") || isSet("WSL_INTEROP") }

  private func isSet(_ name: String) -> Bool { !(environment[name] ?? "").isEmpty }

  private func isOn(_ name: String) -> Bool {
    !["", "0", "false", "no", "off"].contains((environment[name] ?? "").lowercased())
  }
}
