import Core

/// The lines of `~/.aws/config` or `~/.aws/credentials`, with the places where they stand.
///
/// The grammar is what botocore (Python's `RawConfigParser`) and the SDK for Go have in common;
/// where they differ a ``Remark`` says so. Source: "Shared config and credentials files", AWS SDKs
/// and Tools Reference Guide; botocore's `configloader.py`; `internal/ini` of aws-sdk-go-v2.
public struct SharedConfigFile: Sendable, Equatable {
  /// A setting.
  public struct Setting: Sendable, Equatable {
    /// The key in lower case.
    public var key: String
    /// The value without a comment; empty for one that has settings below it.
    public var value: String
    /// The line, from 1.
    public var line: Int
    /// The settings that are indented below it.
    public var nested: [Setting] = []
  }

  /// A section.
  public struct Section: Sendable, Equatable {
    /// What stands between the brackets.
    public var title: String
    /// The line of the title, from 1.
    public var line: Int
    /// The settings in order; of a key that is there twice the last one only.
    public var settings: [Setting] = []

    /// The setting of a key, if there is one with a value.
    public subscript(_ key: String) -> Setting? {
      settings.last { $0.key == key && !$0.value.isEmpty }
    }
  }

  /// Something that readers do not agree upon, or nobody understands.
  public struct Remark: Sendable, Equatable {
    /// The line, from 1.
    public var line: Int
    /// What is the matter.
    public var text: String
  }

  /// The sections in order; two of one title stay two.
  public var sections: [Section] = []
  /// What was noticed.
  public var remarks: [Remark] = []

  /// Reads a file's content; whatever it holds, something is read.
  public init(_ bytes: some Collection<UInt8>) {
    var reader = Reader()
    var bytes = Array(bytes)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      bytes = bytes.dropFirst(3)
      reader.remark(1, "there is a byte order mark, for which the AWS CLI refuses the file")
    }
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      reader.read(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    sections = reader.sections
    remarks = reader.remarks
  }
}

/// Takes lines one after the other.
private struct Reader {
  var sections: [SharedConfigFile.Section] = []
  var remarks: [SharedConfigFile.Remark] = []
  private var number = 0
  private var indentation = 0

  mutating func remark(_ line: Int, _ text: String) {
    remarks.append(SharedConfigFile.Remark(line: line, text: text))
  }

  mutating func read(_ bytes: ArraySlice<UInt8>) {
    number += 1
    let line = String(decoding: bytes, as: UTF8.self)
    let content = withoutComment(line)
    if content.isEmpty { return }
    if content.hasPrefix("[") {
      guard content.hasSuffix("]") else {
        return remark(number, "a section's title has no `]`")
      }
      return begin(String(content.dropFirst().dropLast()).trimmed)
    }
    guard let last = sections.indices.last else {
      return remark(number, "this line comes before the first section")
    }
    guard let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
      return remark(number, "this is neither a section nor `key = value`")
    }
    let setting = SharedConfigFile.Setting(
      key: String(content[..<separator]).trimmed.lowercased(),
      value: String(content[content.index(after: separator)...]).trimmed, line: number)
    let depth = bytes.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
    if depth > indentation, let above = sections[last].settings.indices.last {
      if sections[last].settings[above].value.isEmpty {
        sections[last].settings[above].nested.append(setting)
        return
      }
      remark(
        number,
        "this is indented, so the AWS CLI takes it for more of "
          + "`\(sections[last].settings[above].key)`")
    } else {
      indentation = depth
    }
    if let earlier = sections[last].settings.firstIndex(where: { $0.key == setting.key }) {
      remark(
        number,
        "`\(setting.key)` appears twice, and the AWS CLI refuses such a file; "
          + "line \(sections[last].settings[earlier].line) does not count")
      sections[last].settings.remove(at: earlier)
    }
    sections[last].settings.append(setting)
  }

  private mutating func begin(_ title: String) {
    if let earlier = sections.first(where: { $0.title == title }) {
      remark(
        number,
        "[\(title)] appears twice, and the AWS CLI refuses such a file; "
          + "it is added to line \(earlier.line)")
    }
    sections.append(SharedConfigFile.Section(title: title, line: number))
    indentation = 0
  }

  /// A comment begins at the start of a line, or after white space further on.
  private mutating func withoutComment(_ line: String) -> String {
    var previous: Character = " "
    var end = line.endIndex
    for index in line.indices {
      if line[index] == "#" || line[index] == ";", previous == " " || previous == "\t" {
        end = index
        break
      }
      previous = line[index]
    }
    let content = String(line[..<end]).trimmed
    if end != line.endIndex, !content.isEmpty, !content.hasPrefix("[") {
      remark(
        number,
        "what follows `\(line[end])` is read as a comment; the AWS CLI reads it as part of the "
          + "value")
    }
    return content
  }
}

/// What a section's title says it is.
public enum SharedConfigTitle: Sendable, Equatable {
  /// A profile of this name.
  case profile(String)
  /// A sign-in session of IAM Identity Center.
  case session(String)
  /// A set of endpoints.
  case services(String)
  /// Something that no tool reads; why.
  case other(String)

  /// Reads a title of `~/.aws/config`.
  public init(config title: String) {
    if title == "default" {
      self = .profile("default")
      return
    }
    guard let blank = title.firstIndex(where: { $0 == " " || $0 == "\t" }) else {
      self = .other("a profile's title is `[profile \(title)]` in this file")
      return
    }
    let rest = String(title[blank...]).trimmed
    // Quotes go as in a shell; a name with blanks and no quotes is one for most tools.
    let words = ShellWords.command(rest, .shlex) ?? [rest]
    let name = words.count == 1 ? words[0] : rest
    switch title[..<blank] {
    case "profile": self = .profile(name)
    case "sso-session": self = .session(name)
    case "services": self = .services(name)
    default: self = .other("no tool reads sections of the kind `\(title[..<blank])`")
    }
  }

  /// Reads a title of `~/.aws/credentials`.
  public init(credentials title: String) {
    if title.hasPrefix("profile "), let name = ShellWords.command(title, .shlex)?.last {
      self = .other("in this file a profile's title is `[\(name)]`, without `profile`")
    } else {
      self = .profile(title)
    }
  }
}
