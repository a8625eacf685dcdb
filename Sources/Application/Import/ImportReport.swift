import AWS
import Core
import Terminal

/// What `import` says on standard error.
struct ImportReport {
  /// Keys that were to be stored.
  struct Stored {
    package var identity: String
    package var realm: String
    /// Whether other keys were there already, and stay.
    package var isKept: Bool
  }

  private let imported: ImportedConfiguration
  private let stream: Stream
  /// The file that was written.
  package var output: String?
  /// What became of the keys; `nil` when they were not to be stored.
  package var stored: [Stored]?

  package init(_ imported: ImportedConfiguration, stream: Stream) {
    self.imported = imported
    self.stream = stream
  }

  package var text: String {
    var lines: [String] = []
    if !imported.taken.isEmpty {
      lines.append("Imported:")
      lines += imported.taken.map { "  \($0.place): \($0.identity): \($0.summary)" }
    }
    if !imported.leftOut.isEmpty {
      lines.append("Not imported:")
      lines += imported.leftOut.map { "  \($0.place): \($0.text)" }
    }
    if !imported.notes.isEmpty {
      lines.append("Notes:")
      lines += imported.notes.map { "  \($0.place): \($0.text)" }
    }
    let next = next
    if !next.isEmpty {
      lines.append("Next:")
      lines += next.map { "  \($0)" }
    }
    return lines.map { line in
      let clean = DisplayText.sanitized(line)
      return (line.hasPrefix(" ") ? clean : stream.styled(clean, .strong)) + "\n"
    }.joined()
  }

  private var next: [String] {
    var lines: [String] = []
    let there = output.map { " --config \(ShellQuoting.typed($0))" } ?? ""
    if imported.identities.isEmpty { return [] }
    if let stored {
      for keys in stored {
        lines.append(
          keys.isKept
            ? "the keyring already has other keys for `\(keys.identity)`, which were kept; to replace "
              + "them: atmos-auth user configure -i \(ShellQuoting.typed(keys.identity))"
            : "stored the keys of `\(keys.identity)` in the keyring (realm: \(keys.realm)); they "
              + "can be deleted from the AWS files")
      }
    } else {
      for keys in imported.keys {
        lines.append(
          "atmos-auth user configure -i \(ShellQuoting.typed(keys.identity)) "
            + "--access-key-id \(keys.accessKeyID)\(there)    # the secret is in \(keys.place)")
      }
    }
    lines.append("atmos-auth validate\(there)")
    return lines
  }
}
