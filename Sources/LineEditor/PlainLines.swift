internal import CLibrary
internal import CShims
public import Core

/// Lines of standard input, as they are: a script, or a terminal that nothing can be drawn on.
///
/// They are read byte by byte, as shells read theirs, so that a program that is started in between
/// finds the rest.
public final class PlainLines: LineEditor {
  private let input: Int32
  private let showPrompt: ((String) -> Void)?

  // Longer lines are not lines of a person's or a script's.
  private static let limit = 1 << 20
  // How long Ctrl-C may go unnoticed, in milliseconds.
  private static let patience: Int32 = 100

  /// Creates it.
  ///
  /// - Parameters:
  ///   - input: Where lines are read from.
  ///   - showPrompt: Shows a person the prompt; `nil` for scripts. With it Ctrl-C, noted by
  ///     `atmos_interrupts_begin`, drops a line.
  public init(input: Int32 = 0, showPrompt: ((String) -> Void)?) {
    self.input = input
    self.showPrompt = showPrompt
  }

  /// Reads a line; one at the end of the input that has no line feed counts.
  public func read(_ prompt: String) throws(AuthError) -> LineEvent {
    showPrompt?(prompt)
    var line: [UInt8] = []
    while true {
      if showPrompt != nil {
        if atmos_interrupts_take() != 0 {
          showPrompt?("\n")
          return .dropped
        }
        let status = atmos_wait_readable(input, Self.patience)
        if status == 0 { continue }
        guard status > 0 else { throw Self.failure(-status) }
      }
      var byte: UInt8 = 0
      let count = atmos_read(input, &byte, 1)
      if count == Int64(-EINTR) { continue }
      guard count >= 0 else { throw Self.failure(Int32(-count)) }
      if count == 0 { return line.isEmpty ? .end : .entered(Self.text(line)) }
      if byte == UInt8(ascii: "\n") { return .entered(Self.text(line)) }
      line.append(byte)
      guard line.count <= Self.limit else {
        throw AuthError(.usage, "a line is longer than \(Self.limit) bytes")
      }
    }
  }

  /// Does nothing: there is nobody to offer it to.
  public func remember(_ line: String) {}

  private static func text(_ line: [UInt8]) -> String {
    String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line[...], as: UTF8.self)
  }

  private static func failure(_ number: Int32) -> AuthError {
    AuthError(.system, "cannot read standard input: \(String(cString: strerror(number)))")
  }
}
