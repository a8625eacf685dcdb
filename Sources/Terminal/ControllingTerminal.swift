import CShims
public import Core
public import Model

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#else
#error("Unsupported platform")
#endif

/// The person at `/dev/tty`: asks there whatever standard input and output are connected to, so
/// that `eval "$(atmos-auth env --login)"` can ask for a code without its answer being evaluated.
public struct ControllingTerminal: Interaction {
  // A password or a code; nothing that a person types is longer.
  private static let longestAnswer = 4096

  /// Opens the terminal once to see whether there is one; `nil` when the process has none.
  public init?() {
    let descriptor = atmos_open_terminal()
    guard descriptor >= 0 else { return nil }
    close(descriptor)
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
    case -EINTR: throw AuthError(.loginRequired, "stopped at the terminal")
    default: throw gone
    }
  }

  private static func readShown(
    _ descriptor: Int32, _ prompt: String
  ) throws(AuthError) -> Secret {
    var text = Array(prompt.utf8)[...]
    while !text.isEmpty {
      let written = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { throw gone }
      text = text.dropFirst(written)
    }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < longestAnswer {
      let count = read(descriptor, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else {
        if count == 0 && !line.isEmpty { break }
        throw AuthError(.loginRequired, "stopped at the terminal")
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
