import CLibrary
import CShims
import Core

/// An output stream of the process, with what it can show.
public struct Stream: Sendable {
  private let descriptor: Int32
  private let sink: (@Sendable (_ text: String) -> Bool)?
  /// Whether a person's terminal is at the other end.
  public let isTerminal: Bool
  /// Whether colours may be written.
  public let hasColor: Bool
  /// Whether the terminal and the locale show more than ASCII.
  public let hasUnicode: Bool
  /// The width in character cells at the moment; 80 where there is no terminal.
  public var columns: Int {
    var width: UInt16 = 0
    var height: UInt16 = 0
    return isTerminal && atmos_window_size(descriptor, &width, &height) == 0 && width > 0
      ? Int(width) : 80
  }

  /// Describes a descriptor.
  ///
  /// - Parameters:
  ///   - descriptor: 1 for data, 2 for people.
  ///   - environment: Where `NO_COLOR`, `FORCE_COLOR`, `CLICOLOR`, `TERM` and the locale are
  ///     looked up (https://no-color.org: any value but the empty one switches colours off).
  ///   - noColor: Whether `--no-color` was given.
  public init(descriptor: Int32, environment: [String: String], noColor: Bool) {
    self.init(
      descriptor, sink: nil, isTerminal: isatty(descriptor) == 1, environment: environment,
      noColor: noColor)
  }

  /// Describes a place that is not a descriptor of the process and shows nothing but text.
  ///
  /// - Parameters:
  ///   - environment: Where the locale and the wish for colours are looked up.
  ///   - sink: Takes what is written; `false` when it cannot.
  public init(environment: [String: String], sink: @escaping @Sendable (_ text: String) -> Bool) {
    self.init(-1, sink: sink, isTerminal: false, environment: environment, noColor: false)
  }

  private init(
    _ descriptor: Int32, sink: (@Sendable (_ text: String) -> Bool)?, isTerminal: Bool,
    environment: [String: String], noColor: Bool
  ) {
    self.descriptor = descriptor
    self.sink = sink
    self.isTerminal = isTerminal
    let term = environment["TERM"] ?? ""
    let refused =
      noColor || !(environment["NO_COLOR"] ?? "").isEmpty
      || !(environment["ATMOS_NO_COLOR"] ?? "").isEmpty
    let forced = !["", "0"].contains(environment["FORCE_COLOR"] ?? "")
    let able = isTerminal && term != "dumb" && !term.isEmpty && environment["CLICOLOR"] != "0"
    hasColor = !refused && (forced || able)
    let locale =
      [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]]
      .compactMap { $0 }.first { !$0.isEmpty } ?? ""
    hasUnicode = Self.isUTF8(locale) && term != "dumb" && term != "linux"
  }

  /// Whether a locale (`de_DE.UTF-8@euro`, or `UTF-8` alone) has that encoding.
  private static func isUTF8(_ locale: String) -> Bool {
    let encoding = locale.split(separator: ".").last?.prefix { $0 != "@" }.lowercased()
    return encoding == "utf-8" || encoding == "utf8"
  }

  /// Writes all of `text`.
  ///
  /// - Returns: Whether it went out; `false` when the reader is gone or the disk is full.
  @discardableResult
  public func write(_ text: String) -> Bool {
    if let sink { sink(text) } else { Self.write(text, to: descriptor) }
  }

  /// Writes all of `text` to a descriptor; `false` when not all of it went out.
  static func write(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      #if canImport(Glibc)
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      #elseif canImport(Musl)
      let written = bytes.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress, $0.count) }
      #else
      let written = bytes.withUnsafeBytes { Darwin.write(descriptor, $0.baseAddress, $0.count) }
      #endif
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return false }
      bytes = bytes.dropFirst(written)
    }
    return true
  }

  /// `text` in a style, or as it is where colours are off.
  public func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1B}[\(style.code)m\(text)\u{1B}[0m" : text
  }

  /// The same for readline's prompt, whose width does not count what stands between U+0001 and U+0002.
  public func styledForPrompt(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1}\u{1B}[\(style.code)m\u{2}\(text)\u{1}\u{1B}[0m\u{2}" : text
  }

  /// `symbol` where the terminal can show it, else `plain`.
  public func symbol(_ symbol: String, plain: String) -> String {
    hasUnicode ? symbol : plain
  }
}

/// How text looks; named by meaning, drawn in the terminal's own palette.
public struct Style: Sendable {
  let code: String

  /// It works.
  public static let good = Style(code: "32")
  /// It needs attention soon.
  public static let warning = Style(code: "33")
  /// It failed, ended, or is dangerous.
  public static let bad = Style(code: "31")
  /// It is over, and comes back by itself.
  public static let renewable = Style(code: "36")
  /// Nothing is known.
  public static let unknown = Style(code: "34")
  /// What must not be overlooked: a protected identity.
  public static let alarming = Style(code: "1;7;31")
  /// A heading or a name.
  public static let strong = Style(code: "1")
  /// Less important.
  public static let faint = Style(code: "2")
}
