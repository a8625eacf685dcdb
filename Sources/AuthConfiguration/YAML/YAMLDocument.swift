public import Model

/// What a YAML file holds, its tags not yet carried out.
struct YAMLDocument {
  /// The first document of the file; null when there is nothing in it.
  var root: ConfigNode
  /// What is wrong with its form: one error at most, since nobody can read on after it, and
  /// warnings.
  var faults: [Diagnostic] = []
  /// Whether any node has a tag such as `!env`.
  var hasTags = false
  /// Whether the text could be read to its end.
  var isComplete: Bool { !faults.contains { $0.severity == .error } }
}

extension ConfigNode {
  /// The word of a tag that was not carried out: `!env` of `!env AWS_REGION`.
  var tag: Substring? {
    expression.map { $0.prefix { $0 != " " } }
  }

  /// Whether the value is the output of a command that did not run yet.
  var isCommand: Bool {
    guard let expression else { return false }
    return expression.utf8.starts(with: "!exec ".utf8) || expression == "!exec"
  }
}

/// YAML that is not our configuration.
public enum ForeignYAML {
  /// Reads the first document of `bytes`, within the limits of a configuration.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - file: What places call the file.
  /// - Returns: The document, and what is wrong with its form.
  public static func read(
    _ bytes: [UInt8], file: String
  ) -> (root: ConfigNode, faults: [Diagnostic]) {
    let document = YAMLReader.read(bytes, file: file)
    return (document.root, document.faults)
  }
}
