/// What a `.atmos-identity` file says.
///
/// `#` starts a comment. A line is an identity's name, or `key = value` with `identity`, `profile`
/// or `region` as the key. The name `none` (or `false`, `no`, `off`, `0`) means nobody from here
/// down. Anything else is a fault, and a file with a fault says nothing.
public struct IdentityFile: Equatable, Sendable {
  /// The file's name.
  public static let name = ".atmos-identity"
  /// The most bytes a file may have; shells compare no more than this.
  public static let limit = 512

  /// The identity, or `nil` if only a profile or region is named.
  public var identity: String?
  /// Whether nobody is to be active here.
  public var isNobody: Bool
  /// The atmos profile to read the configuration with.
  public var profile: String?
  /// The region to use instead of the identity's own.
  public var region: String?

  /// Creates what a file says.
  public init(
    identity: String? = nil, isNobody: Bool = false, profile: String? = nil, region: String? = nil
  ) {
    self.identity = identity
    self.isNobody = isNobody
    self.profile = profile
    self.region = region
  }

  /// Why a file says nothing.
  public struct Fault: Error, Equatable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// What is wrong with it; lower case, no full stop, fit for a terminal.
    public var text: String
  }

  /// Reads a file's bytes.
  ///
  /// A byte order mark in front and carriage returns at the ends of lines are accepted.
  public static func parse(_ bytes: some Collection<UInt8>) -> Result<IdentityFile, Fault> {
    var parser = Parser()
    do {
      return .success(try parser.parse(Array(bytes)))
    } catch {
      return .failure(error)
    }
  }
}

/// Reads lines one by one.
private struct Parser {
  private var file = IdentityFile()
  private var line = 0

  mutating func parse(_ bytes: [UInt8]) throws(IdentityFile.Fault) -> IdentityFile {
    guard bytes.count <= IdentityFile.limit else {
      throw IdentityFile.Fault(
        line: 1, text: "the file is larger than \(IdentityFile.limit) bytes")
    }
    // Editors of Windows write it so.
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      throw IdentityFile.Fault(line: 1, text: "the file is UTF-16: save it as UTF-8")
    }
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    for text in bytes[(bytes.starts(with: mark) ? 3 : 0)...].split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    {
      line += 1
      try read(trimmed(withoutComment(text)))
    }
    if file.identity == nil, !file.isNobody, file.profile == nil, file.region == nil {
      throw IdentityFile.Fault(line: 1, text: "the file names no identity")
    }
    return file
  }

  private mutating func read(_ text: ArraySlice<UInt8>) throws(IdentityFile.Fault) {
    if text.isEmpty { return }
    guard text.allSatisfy({ 0x20...0x7e ~= $0 }) else {
      throw fault("there are characters that no name has")
    }
    guard let sign = text.firstIndex(of: UInt8(ascii: "=")) else {
      try refuseYAML(text)
      return try name(text)
    }
    let key = String(decoding: trimmed(text[..<sign]), as: UTF8.self)
    let value = trimmed(text[text.index(after: sign)...])
    switch key {
    case "identity": try name(value)
    case "profile": file.profile = try self.value(value, of: key, before: file.profile)
    case "region":
      file.region = try self.value(value, of: key, before: file.region)
      guard value.allSatisfy(isOfRegions) else {
        throw fault("`\(file.region ?? "")` is not a region: regions look like `eu-west-1`")
      }
    default:
      throw fault("`\(DisplayText.sanitized(key, limit: 40))` is not identity, profile or region")
    }
  }

  // A name may have `: ` in it, but nobody's is called so.
  private func refuseYAML(_ text: ArraySlice<UInt8>) throws(IdentityFile.Fault) {
    for key in ["identity", "profile", "region"] where text.starts(with: "\(key):".utf8) {
      let value = String(decoding: trimmed(text.dropFirst(key.utf8.count + 1)), as: UTF8.self)
      throw fault(
        "this file is not YAML: write `\(key) = \(DisplayText.sanitized(value, limit: 40))`")
    }
  }

  private mutating func name(_ text: ArraySlice<UInt8>) throws(IdentityFile.Fault) {
    let hadName = file.isNobody || file.identity != nil
    let name = try value(text, of: "identity", before: hadName ? "" : nil)
    if IdentityName.isOff(name) { file.isNobody = true } else { file.identity = name }
  }

  private func value(
    _ text: ArraySlice<UInt8>, of key: String, before: String?
  ) throws(IdentityFile.Fault) -> String {
    guard before == nil else { throw fault("a second \(key) is named") }
    let value = String(decoding: text, as: UTF8.self)
    guard IdentityName.isShellSafe(value) else {
      throw fault(
        "`\(DisplayText.sanitized(value, limit: 40))` cannot be the name of "
          + (key == "identity" ? "an identity" : "a \(key)"))
    }
    return value
  }

  private func fault(_ text: String) -> IdentityFile.Fault {
    IdentityFile.Fault(line: line, text: text)
  }

  // A `#` inside a word is not a comment; no name has one, so it will be a fault.
  private func withoutComment(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var previous = UInt8(ascii: " ")
    for index in text.indices {
      if text[index] == UInt8(ascii: "#"), isBlank(previous) { return text[..<index] }
      previous = text[index]
    }
    return text
  }

  private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while let first = text.first, isBlank(first) { text.removeFirst() }
    while let last = text.last, isBlank(last) { text.removeLast() }
    return text
  }

  private func isOfRegions(_ byte: UInt8) -> Bool {
    0x61...0x7a ~= byte || 0x30...0x39 ~= byte || byte == UInt8(ascii: "-")
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }
}
