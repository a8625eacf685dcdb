internal import Core
internal import Model

extension YAMLReader {
  /// That a file has more `%TAG` directives than anyone needs.
  ///
  /// libyaml compares each of them with all those before it, and each tag with all of them.
  static func tagDirectiveFault(
    _ text: UnsafeBufferPointer<UInt8>, _ file: String, _ limits: Limits
  ) -> Diagnostic? {
    let sign = UInt8(ascii: "%")
    // Nearly always there are hardly any, which is seen at once.
    guard text.count(where: { $0 == sign }) > limits.tagDirectives else { return nil }
    let word = "%TAG".utf8
    let count = text.indices.count { text[$0] == sign && text[$0...].starts(with: word) }
    guard count > limits.tagDirectives else { return nil }
    return Diagnostic(
      .error, "the file has more than \(limits.tagDirectives) `%TAG` directives",
      mark: SourceMark(file: file, line: 1, column: 1), code: "syntax")
  }

  /// What is read of a file with such a fault.
  static func nothing(_ file: String, _ fault: Diagnostic) -> YAMLDocument {
    YAMLDocument(
      root: ConfigNode(.null, mark: SourceMark(file: file, line: 1, column: 1)), faults: [fault])
  }
}
