internal import Core

/// The aliases of a person's AWS CLI, in `~/.aws/cli/alias`: each can run any program, also in the place of
/// a service or an operation.
///
/// Source: awscli/alias.py. The file is of INI's form; names in it count in lower case.
struct AWSAliases {
  private var names: Set<String> = []
  private let isReadable: Bool

  /// Reads those of a home directory; `nil` if there are none.
  init?(home: String?) {
    guard let home, !home.isEmpty else { return nil }
    do throws(AuthError) {
      guard let bytes = try FileSystem.readFile("\(home)/.aws/cli/alias", limit: 1 << 20) else {
        return nil
      }
      isReadable = true
      read(String(decoding: bytes, as: UTF8.self))
    } catch { isReadable = false }
  }

  private mutating func read(_ text: String) {
    var section = ""
    for line in text.split(whereSeparator: \.isNewline) {
      // What is indented belongs to the value above.
      guard let first = line.first, !first.isWhitespace, !"#;".contains(first) else { continue }
      if first == "[" {
        let words = line.dropFirst().prefix { $0 != "]" }.split(whereSeparator: \.isWhitespace)
        section = words == ["toplevel"] ? "" : words.dropFirst().joined(separator: " ") + " "
      } else {
        let name = line.prefix { $0 != "=" && $0 != ":" }
        names.insert(section + name.trimmed.lowercased())
      }
    }
  }

  /// Whether one of them takes the place of a command.
  func replace(_ words: [String]) -> Bool {
    guard isReadable else { return true }
    return words.indices.contains { index in
      names.contains(words[...index].joined(separator: " ").lowercased())
    }
  }
}
