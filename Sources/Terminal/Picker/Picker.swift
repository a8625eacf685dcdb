internal import CLibrary
internal import CShims
public import Core

/// A list on the whole terminal that narrows as a person types.
///
/// It is drawn on the terminal's alternate screen, so that leaving it leaves the terminal as it
/// was, whatever happened to the window's size meanwhile.
public struct Picker: Sendable {
  private let title: String
  private let items: [PickerItem]
  private let environment: [String: String]
  private let noColor: Bool

  // An escape sequence arrives at once; after this many milliseconds an escape was the key.
  private static let sequenceTimeout: Int32 = 50

  /// Creates a picker.
  ///
  /// - Parameters:
  ///   - title: What is to be chosen.
  ///   - items: The choices, the most likely first.
  ///   - environment: Where `TERM`, `NO_COLOR` and the locale are looked up.
  ///   - noColor: Whether `--no-color` was given.
  public init(
    title: String, items: [PickerItem], environment: [String: String], noColor: Bool
  ) {
    self.title = title
    self.items = items
    self.environment = environment
    self.noColor = noColor
  }

  /// Whether the terminal can move its cursor and has a screen to put back.
  public static func isPossible(environment: [String: String]) -> Bool {
    let term = environment["TERM"] ?? ""
    return !["", "dumb", "unknown", "linux", "emacs"].contains(term) && !term.hasPrefix("vt5")
  }

  /// Lets the person at the terminal choose.
  ///
  /// The terminal is restored whatever happens, a signal that ends the process included.
  ///
  /// - Returns: The index of the chosen item; `nil` when the person left with Escape or Ctrl-C.
  /// - Throws: ``AuthError`` with code `loginRequired` when there is no terminal, or it went away.
  public func choose() throws(AuthError) -> Int? {
    let terminal = atmos_open_terminal()
    guard terminal >= 0 else { throw Self.gone }
    defer { close(terminal) }
    guard let mode = atmos_raw_begin(terminal) else { throw Self.gone }
    defer { atmos_raw_end(mode) }
    let stream = Stream(descriptor: terminal, environment: environment, noColor: noColor)
    stream.write("\u{1B}[?1049h")
    defer { stream.write("\u{1B}[?1049l") }
    return try run(terminal, stream)
  }

  private func run(_ terminal: Int32, _ stream: Stream) throws(AuthError) -> Int? {
    var state = PickerState(items)
    var decoder = TerminalKeys()
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let screen = screen(terminal, stream)
      state.scroll(screen.height)
      guard stream.write(screen.text(state)) else { throw Self.gone }
      let count = atmos_raw_read(
        terminal, &buffer, Int32(buffer.count), decoder.isPending ? Self.sequenceTimeout : -1)
      let keys: [TerminalKey]
      switch count {
      case 1...: keys = decoder.keys(buffer[..<Int(count)])
      case 0: keys = decoder.flush()
      case -EAGAIN: keys = []
      case -EINTR: return nil
      default: throw Self.gone
      }
      for key in keys {
        switch state.press(key, height: screen.height) {
        case .goesOn: break
        case .chosen(let index): return index
        case .left: return nil
        }
      }
    }
  }

  private func screen(_ terminal: Int32, _ stream: Stream) -> PickerScreen {
    var columns: UInt16 = 0
    var rows: UInt16 = 0
    _ = atmos_window_size(terminal, &columns, &rows)
    return PickerScreen(
      title: title, stream: stream, columns: columns > 0 ? Int(columns) : 80,
      rows: rows > 0 ? Int(rows) : 24)
  }

  private static var gone: AuthError {
    AuthError(.loginRequired, "the terminal went away before anything was chosen")
  }
}
