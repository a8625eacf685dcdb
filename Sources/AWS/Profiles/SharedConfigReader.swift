import Core

/// Reads the lines of a shared AWS file one after the other, as Python's `RawConfigParser` does.
struct SharedConfigReader {
  private(set) var sections: [SharedConfigFile.Section] = []
  private(set) var defaults: [SharedConfigFile.Setting] = []
  private(set) var remarks: [SharedConfigFile.Remark] = []

  /// What settings belong to.
  private enum Place { case nothing, unreadable, defaults, section }

  private var number = 0
  private var place = Place.nothing
  private var indentation = 0
  /// The setting that indented lines belong to.
  private var key: String?
  private var keyLine = 0
  private var lines: [String] = []

  mutating func read(_ bytes: [UInt8]) {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      bytes = bytes.dropFirst(3)
      remark(1, "there is a byte order mark, for which the AWS CLI refuses the file")
    }
    if !String(decoding: bytes, as: UTF8.self).utf8.elementsEqual(bytes) {
      remark(1, "this is not UTF-8 text, and the AWS CLI refuses such a file")
    }
    // A line ends with CR, LF or both.
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.endIndex
      take(String(decoding: bytes[start..<end], as: UTF8.self))
      start = end < bytes.endIndex ? end + 1 : end
      if end < bytes.endIndex, bytes[end] == 0x0D, start < bytes.endIndex, bytes[start] == 0x0A {
        start += 1
      }
    }
    finish()
  }

  private mutating func remark(_ line: Int, _ text: String) {
    remarks.append(SharedConfigFile.Remark(line: line, text: text))
  }

  private mutating func take(_ line: String) {
    number += 1
    let content = line.withoutPythonBlanks
    if content.isEmpty {
      if key != nil { lines.append("") }
      return
    }
    if content.hasPrefix("#") || content.hasPrefix(";") { return }
    let depth = line.unicodeScalars.prefix(while: \.isPythonBlank).count
    if let key, depth > indentation {
      if content.hasPrefix("[") || (!lines[0].isEmpty && Self.looksLikeSetting(content)) {
        remark(number, "this is indented, so the AWS CLI takes it for more of `\(key)`")
      }
      lines.append(content)
      return
    }
    finish()
    indentation = depth
    if content.hasPrefix("[") { return begin(content) }
    begin(setting: content)
  }

  // A title reaches to its last bracket; what follows is nobody's.
  private mutating func begin(_ content: String) {
    guard let end = content.lastIndex(of: "]"), end > content.index(after: content.startIndex)
    else {
      // What is below it must not pour into the section above.
      place = .unreadable
      return remark(
        number,
        content == "[]" || content.contains("]")
          ? "a section's title is empty, and the AWS CLI refuses such a file; "
            + "what is below it is not read"
          : "a section's title has no `]`, and the AWS CLI refuses such a file; "
            + "what is below it is not read")
    }
    let title = String(content[content.index(after: content.startIndex)..<end])
    let rest = String(content[content.index(after: end)...]).withoutPythonBlanks
    if title.contains("]") {
      remark(number, "this title reaches to its last `]`: [\(title)]")
    } else if !rest.isEmpty, !rest.hasPrefix("#"), !rest.hasPrefix(";") {
      remark(number, "what follows `]` is not read; some tools refuse the file for it")
    }
    if title == "DEFAULT" {
      place = .defaults
      return
    }
    if let earlier = sections.first(where: { $0.title == title }) {
      remark(
        number,
        "[\(title)] appears twice, and the AWS CLI refuses such a file; "
          + "it is added to line \(earlier.line)")
    }
    place = .section
    sections.append(SharedConfigFile.Section(title: title, line: number))
  }

  private mutating func begin(setting content: String) {
    switch place {
    case .unreadable: return
    case .nothing: return remark(number, "this line comes before the first section")
    case .defaults, .section: break
    }
    guard let separator = content.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
      return remark(
        number,
        "this is neither a section nor `key = value`, and the AWS CLI refuses such a file")
    }
    let name = String(content[..<separator]).withoutPythonBlanks.lowercased()
    guard !name.isEmpty else {
      return remark(number, "this setting has no name, and the AWS CLI refuses such a file")
    }
    key = name
    keyLine = number
    lines = [String(content[content.index(after: separator)...]).withoutPythonBlanks]
  }

  /// Puts the lines of a setting together.
  private mutating func finish() {
    guard let key else { return }
    while let last = lines.last, last.isEmpty, lines.count > 1 { lines.removeLast() }
    var setting = SharedConfigFile.Setting(key: key, value: "", line: keyLine)
    if lines[0].isEmpty, lines.count > 1 {
      setting.nested = nested()
    } else if lines.count == 1 {
      setting.value = withoutComment(lines[0], of: key, line: keyLine)
    } else {
      setting.value = lines.joined(separator: "\n")
    }
    self.key = nil
    lines = []
    if place == .defaults {
      Self.put(setting, into: &defaults)
    } else if let last = sections.indices.last {
      if let earlier = sections[last].settings.first(where: { $0.key == key }) {
        remark(
          keyLine,
          "`\(key)` appears twice, and the AWS CLI refuses such a file; "
            + "line \(earlier.line) does not count")
      }
      Self.put(setting, into: &sections[last].settings)
    }
  }

  private static func put(
    _ setting: SharedConfigFile.Setting, into settings: inout [SharedConfigFile.Setting]
  ) {
    settings.removeAll { $0.key == setting.key }
    settings.append(setting)
  }

  private mutating func nested() -> [SharedConfigFile.Setting] {
    var result: [SharedConfigFile.Setting] = []
    for line in lines where !line.isEmpty {
      guard let separator = line.firstIndex(of: "=") else {
        remark(
          keyLine,
          "below `\(key ?? "")` there is a line without `=`, and the AWS CLI refuses such a file")
        continue
      }
      let name = String(line[..<separator]).withoutPythonBlanks
      let value = String(line[line.index(after: separator)...]).withoutPythonBlanks
      Self.put(
        SharedConfigFile.Setting(
          key: name, value: withoutComment(value, of: name, line: keyLine), line: keyLine),
        into: &result)
    }
    return result
  }

  /// Settings whose values may hold blanks, so that ` #` and ` ;` may belong to them.
  private static let free: Set<String> = [
    "ca_bundle", "cli_pager", "credential_process", "web_identity_token_file",
  ]

  private mutating func withoutComment(_ value: String, of key: String, line: Int) -> String {
    if Self.free.contains(key) { return value }
    var previous: Character = "x"
    for index in value.indices {
      let character = value[index]
      if character == "#" || character == ";", previous == " " || previous == "\t" {
        remark(
          line,
          "what follows `\(character)` is read as a comment; the AWS CLI reads it as part of the "
            + "value")
        return String(value[..<index]).withoutPythonBlanks
      }
      previous = character
    }
    return value
  }

  private static func looksLikeSetting(_ content: String) -> Bool {
    guard let separator = content.firstIndex(of: "=") else { return false }
    let key = String(content[..<separator]).withoutPythonBlanks
    return !key.isEmpty
      && key.unicodeScalars.allSatisfy { STSText.isMade($0, of: "_") }
  }
}

extension String {
  /// The text without what Python's `strip` takes off its ends.
  var withoutPythonBlanks: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isPythonBlank }),
      let last = scalars.lastIndex(where: { !$0.isPythonBlank })
    else { return "" }
    return String(scalars[first...last])
  }
}

extension Unicode.Scalar {
  fileprivate var isPythonBlank: Bool {
    properties.isWhitespace || (0x1C...0x1F).contains(value)
  }
}
