/// The clipboard of the machine that the person sits at, by way of the terminal (OSC 52).
///
/// It works over SSH, where no clipboard program could. A terminal that does not know the sequence
/// ignores it; whether it was obeyed cannot be learnt.
struct Clipboard: Sendable {
  private enum Way {
    case direct
    case tmux
    case screen
  }

  private let way: Way

  /// `nil` where the terminal would print the sequence, and with `ATMOS_AUTH_CLIPBOARD` off.
  init?(environment: [String: String]) {
    func value(_ name: String) -> String { environment[name] ?? "" }
    guard !["0", "false", "no", "off"].contains(value("ATMOS_AUTH_CLIPBOARD").lowercased()) else {
      return nil
    }
    let term = value("TERM")
    if !value("TMUX").isEmpty {
      way = .tmux
    } else if !value("STY").isEmpty || term.hasPrefix("screen") {
      way = .screen
    } else if Self.terminals.contains(where: term.hasPrefix)
      || Self.programs.contains(value("TERM_PROGRAM"))
    {
      way = .direct
    } else {
      return nil
    }
  }

  // How TERM begins for terminals that know OSC 52, or that are known to ignore it.
  private static let terminals = [
    "xterm", "kitty", "alacritty", "foot", "wezterm", "ghostty", "contour", "st-", "tmux", "rio",
    "mintty", "iterm",
  ]
  private static let programs: Set<String> = [
    "iTerm.app", "WezTerm", "ghostty", "vscode", "WarpTerminal", "rio",
  ]

  /// What makes the terminal copy `text`.
  func sequence(copying text: String) -> String {
    let plain = "\u{1B}]52;c;\(Self.base64(Array(text.utf8)))\u{07}"
    switch way {
    case .direct: return plain
    // tmux obeys the plain one with `set-clipboard on`, and hands the wrapped one to the terminal
    // with `allow-passthrough on`; whatever is off is dropped.
    case .tmux: return plain + "\u{1B}Ptmux;\u{1B}\(plain)\u{1B}\\"
    case .screen: return "\u{1B}P\(plain)\u{1B}\\"
    }
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      var digits: [UInt8] = []
      for _ in 0..<4 {
        digits.append(alphabet[word & 63])
        word >>= 6
      }
      result += digits.reversed().prefix(group.count + 1)
      result += [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count)
    }
    return String(decoding: result, as: UTF8.self)
  }
}
