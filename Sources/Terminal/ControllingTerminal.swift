import CLibrary
import CShims
public import Core
public import Model

/// The person at `/dev/tty`: asks there whatever standard input and output are connected to, so
/// that `eval "$(atmos-auth env --login)"` can ask for a code without its answer being evaluated.
public struct ControllingTerminal: Interaction {
  // A password or a code; nothing that a person types is longer.
  private static let longestAnswer = 4096

  // How long a cancelled task may go unnoticed, in milliseconds.
  private static let patience: Int32 = 100

  // What is pasted comes at once, several lines included; Enter comes after a pause.
  private static let pasteTimeout: Int32 = 300

  private let environment: [String: String]
  private let showsQRCode: Bool

  /// Opens the terminal once to see whether there is one; `nil` when the process has none.
  ///
  /// - Parameters:
  ///   - environment: What decides how pages to sign in on are shown; see ``SignInDisplay``.
  ///   - showsQRCode: Whether their addresses are shown as QR codes as well.
  public init?(environment: [String: String] = [:], showsQRCode: Bool = false) {
    let descriptor = atmos_open_terminal()
    guard descriptor >= 0 else { return nil }
    close(descriptor)
    self.environment = environment
    self.showsQRCode = showsQRCode
  }

  /// Asks on the terminal; see ``Interaction/ask(_:hidden:)``.
  public func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret {
    let descriptor = atmos_open_terminal()
    guard descriptor >= 0 else { throw Self.gone }
    defer { close(descriptor) }
    let prompt = DisplayText.sanitized(question)
    return hidden
      ? try Self.readHidden(descriptor, prompt) : try Self.readShown(descriptor, prompt)
  }

  /// Takes a pasted text; see ``Interaction/paste(_:limit:)``.
  public func paste(_ question: String, limit: Int) async throws(AuthError) -> Secret {
    let descriptor = atmos_open_terminal()
    guard descriptor >= 0 else { throw Self.gone }
    defer { close(descriptor) }
    // A line in canonical mode ends after 4095 bytes (termios(3)).
    guard let mode = atmos_raw_begin(descriptor) else { throw Self.gone }
    defer {
      atmos_raw_end(mode)
      _ = Stream.write("\n", to: descriptor)
    }
    guard Stream.write(DisplayText.sanitized(question), to: descriptor) else { throw Self.gone }
    var text = PastedText(limit: limit)
    defer { text.wipe() }
    var buffer = [UInt8](repeating: 0, count: 4096)
    defer { buffer.wipe() }
    while true {
      let count = atmos_raw_read(
        descriptor, &buffer, Int32(buffer.count), text.hasLineEnd ? Self.pasteTimeout : -1)
      switch count {
      case 1...:
        if let end = try text.take(buffer[..<Int(count)]) { return end }
      case 0: return text.secret
      case -EAGAIN: continue
      case -EINTR: throw AuthError(.interrupted, "stopped at the terminal")
      default: throw Self.gone
      }
    }
  }

  /// Shows a page on the terminal; see ``Interaction/show(_:)``.
  public func show(_ page: SignInPage) async {
    let descriptor = atmos_open_terminal()
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var width: UInt16 = 0
    var height: UInt16 = 0
    let isKnown = atmos_window_size(descriptor, &width, &height) == 0 && width > 0
    let display = SignInDisplay(environment: environment, showsQRCode: showsQRCode)
    let text = display.text(for: page, columns: isKnown ? Int(width) : 80)
    _ = Stream.write(text + display.clipboardSequence(for: page), to: descriptor)
  }

  private static func readHidden(
    _ descriptor: Int32, _ prompt: String
  ) throws(AuthError) -> Secret {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: longestAnswer, alignment: 1)
    defer {
      if let base = buffer.baseAddress { atmos_wipe(base, buffer.count) }
      buffer.deallocate()
    }
    guard let base = buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { throw gone }
    let count = atmos_read_hidden(descriptor, prompt, base, Int32(longestAnswer))
    switch count {
    case 0...: return Secret(buffer[..<Int(count)])
    case -E2BIG:
      throw AuthError(.usage, "the answer is longer than \(longestAnswer) bytes")
    case -EINTR: throw AuthError(.interrupted, "stopped at the terminal")
    default: throw gone
    }
  }

  private static func readShown(
    _ descriptor: Int32, _ prompt: String
  ) throws(AuthError) -> Secret {
    guard Stream.write(prompt, to: descriptor) else { throw gone }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < longestAnswer {
      // Ctrl-C ends the process, or cancels the task where something goes on after it.
      guard !Task.isCancelled else {
        throw AuthError(.interrupted, "stopped at the terminal")
      }
      let status = atmos_wait_readable(descriptor, patience)
      if status == 0 { continue }
      let count = read(descriptor, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else {
        if count == 0 && !line.isEmpty { break }
        throw AuthError(.declined, "stopped at the terminal")
      }
      if byte == UInt8(ascii: "\n") { break }
      line.append(byte)
    }
    return Secret(line)
  }

  private static var gone: AuthError {
    AuthError(.loginRequired, "the terminal went away before the question was answered")
  }
}
