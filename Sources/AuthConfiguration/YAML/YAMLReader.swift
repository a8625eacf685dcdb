internal import CYAML
internal import Core
internal import Model

/// Reads YAML into nodes that know their places.
///
/// It builds on libyaml's events. Yams' nodes cost ten times as much for 5,000 identities, refuse
/// a file for a duplicate key in someone else's section, and need the whole of Foundation.
struct YAMLReader {
  private struct Failure: Error {
    var diagnostic: Diagnostic
  }

  /// What an anchor stands for, and how many values and bytes that is.
  private struct Anchored {
    var node: ConfigNode
    var values: Int
    /// Without the keys that lead to the anchor.
    var bytes: Int
  }

  /// Where a document will be put: how deep, and how many bytes the keys there have.
  struct Place {
    var depth = 0
    var keyBytes = 0
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let file: String
  private let start: SourceMark
  private let limits: Limits
  private let place: Place
  private var anchors: [String: Anchored] = [:]
  private var values = 0
  /// The most that ``values`` may become.
  private let valueLimit: Int
  /// A few hundred bytes of aliases to aliases can stand for billions.
  private var bytes = 0
  private let byteLimit: Int
  /// The bytes of the keys that lead to where it reads.
  private var keyBytes: Int
  private var document: YAMLDocument
  /// The entries, and the elements, of the maps and lists that it is in the middle of, so that an
  /// array is made when it is known how long it is.
  private var entries: [ConfigNode.Entry] = []
  private var elements: [ConfigNode] = []

  /// Reads the first document of `bytes`; `file` is what places call the file.
  ///
  /// What it takes in is counted in `budget`; without one it is counted by itself.
  static func read(
    _ bytes: [UInt8], file: String, budget: ReadingBudget = ReadingBudget(Limits()),
    at place: Place = Place()
  ) -> YAMLDocument {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else {
      let fault = Diagnostic(.error, "cannot read \(file): no memory is left", code: "syntax")
      return nothing(file, fault)
    }
    defer { yaml_parser_delete(parser) }
    return bytes.withUnsafeBufferPointer { buffer in
      if let fault = tagDirectiveFault(buffer, file, budget.limits) { return nothing(file, fault) }
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      var reader = YAMLReader(parser: parser, file: file, budget, place)
      let document = reader.readDocument(buffer)
      let end = document.faults.last { $0.severity == .error }?.mark?.place ?? file
      budget.spend(.values, reader.values, for: end)
      budget.spend(.expandedBytes, reader.bytes, for: end)
      return document
    }
  }

  private init(
    parser: UnsafeMutablePointer<yaml_parser_t>, file: String, _ budget: ReadingBudget,
    _ place: Place
  ) {
    self.parser = parser
    self.file = file
    start = SourceMark(file: file, line: 1, column: 1)
    self.place = place
    limits = budget.limits
    valueLimit = budget.rest(of: .values)
    byteLimit = budget.rest(of: .expandedBytes)
    keyBytes = place.keyBytes
    document = YAMLDocument(root: ConfigNode(.null, mark: start))
  }

  private mutating func readDocument(_ text: UnsafeBufferPointer<UInt8>) -> YAMLDocument {
    do throws(Failure) {
      _ = try next(text).discard()
      let start = try next(text)
      defer { start.discard() }
      guard start.type == YAML_DOCUMENT_START_EVENT else { return document }
      document.root = try node(next(text), depth: place.depth, text)
      _ = try next(text).discard()
      let end = try next(text)
      defer { end.discard() }
      if end.type != YAML_STREAM_END_EVENT {
        document.faults.append(
          Diagnostic(
            .warning, "only the first document of the file is read", mark: mark(end.start),
            suggestion: "take the `---` out, or make it a file of its own",
            code: "several-documents"))
      }
    } catch {
      document.faults.append(error.diagnostic)
    }
    return document
  }

  // MARK: Events

  private struct Event {
    var event: yaml_event_t

    var type: yaml_event_type_t { event.type }
    var start: yaml_mark_t { event.start_mark }

    func discard() {
      var copy = event
      yaml_event_delete(&copy)
    }
  }

  private func next(_ text: UnsafeBufferPointer<UInt8>) throws(Failure) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else {
      throw Failure(diagnostic: YAMLFault.diagnostic(of: parser.pointee, text, file: file))
    }
    return Event(event: event)
  }

  private func mark(_ position: yaml_mark_t) -> SourceMark {
    start.at(line: Int(position.line) + 1, column: Int(position.column) + 1)
  }

  private func failure(
    _ message: String, _ position: yaml_mark_t, suggestion: String? = nil
  ) -> Failure {
    Failure(
      diagnostic: Diagnostic(
        .error, message, mark: mark(position), suggestion: suggestion, code: "syntax"))
  }

  // MARK: Nodes

  private mutating func node(
    _ event: Event, depth: Int, _ text: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> ConfigNode {
    defer { event.discard() }
    values += 1
    bytes += keyBytes
    try checkSize(event)
    guard depth <= limits.depth else {
      throw failure("values are nested more than \(limits.depth) levels deep", event.start)
    }
    let before = (values: values, bytes: bytes)
    let result: ConfigNode
    let anchor: UnsafeMutablePointer<yaml_char_t>?
    switch event.type {
    case YAML_ALIAS_EVENT:
      return try alias(event)
    case YAML_SCALAR_EVENT:
      anchor = event.event.data.scalar.anchor
      result = scalar(event)
    case YAML_SEQUENCE_START_EVENT:
      anchor = event.event.data.sequence_start.anchor
      result = try sequence(event, depth: depth, text)
    default:
      anchor = event.event.data.mapping_start.anchor
      result = try mapping(event, depth: depth, text)
    }
    if let name = string(anchor) {
      let count = values - before.values + 1
      anchors[name] = Anchored(
        node: result, values: count,
        bytes: max(0, bytes - before.bytes - (count - 1) * keyBytes))
    }
    return result
  }

  private func checkSize(_ event: Event) throws(Failure) {
    if values > valueLimit {
      throw failure("this comes to more than \(limits.values) values", event.start)
    }
    if bytes > byteLimit {
      throw failure("this comes to more than \(limits.expandedBytes) bytes of values", event.start)
    }
  }

  private mutating func alias(_ event: Event) throws(Failure) -> ConfigNode {
    let name = string(event.event.data.alias.anchor) ?? ""
    guard let anchored = anchors[name] else {
      throw failure(
        "alias `*\(name)` is not defined", event.start,
        suggestion: Suggestion.didYouMean(name, among: anchors.keys).map { "\($0)" }
          ?? "write `&\(name)` in front of the value it is for, further up in this file")
    }
    values += anchored.values
    bytes += anchored.bytes + anchored.values * keyBytes
    try checkSize(event)
    return anchored.node
  }

  private mutating func scalar(_ event: Event) -> ConfigNode {
    let data = event.event.data.scalar
    let value = String(
      decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
    bytes += data.length
    let mark = self.mark(event.start)
    if let tag = ownTag(data.tag) {
      return ConfigNode(
        .scalar(value, isQuoted: true), mark: mark,
        expression: value.isEmpty ? tag : "\(tag) \(value)")
    }
    let isPlain = data.style == YAML_PLAIN_SCALAR_STYLE && data.tag == nil
    if isPlain, Self.isNull(value) { return ConfigNode(.null, mark: mark) }
    return ConfigNode(.scalar(value, isQuoted: !isPlain), mark: mark)
  }

  private mutating func sequence(
    _ start: Event, depth: Int, _ text: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> ConfigNode {
    let first = elements.count
    while true {
      let event = try next(text)
      if event.type == YAML_SEQUENCE_END_EVENT {
        event.discard()
        break
      }
      elements.append(try node(event, depth: depth + 1, text))
    }
    return ConfigNode(
      .sequence(Self.take(&elements, from: first)), mark: mark(start.start),
      expression: ownTag(start.event.data.sequence_start.tag))
  }

  private mutating func mapping(
    _ start: Event, depth: Int, _ text: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> ConfigNode {
    let first = entries.count
    var merges = false
    while true {
      let event = try next(text)
      if event.type == YAML_MAPPING_END_EVENT {
        event.discard()
        break
      }
      let key = try key(event, depth: depth + 1, text)
      if key.isMerge { merges = true }
      keyBytes += key.name.utf8.count
      let value = try node(next(text), depth: depth + 1, text)
      keyBytes -= key.name.utf8.count
      entries.append(ConfigNode.Entry(key: key.name, mark: mark(event.start), value: value))
    }
    var entries = Self.take(&self.entries, from: first)
    dropDuplicates(&entries, in: mark(start.start))
    if merges { mergeKeys(&entries) }
    return ConfigNode(
      .mapping(entries), mark: mark(start.start),
      expression: ownTag(start.event.data.mapping_start.tag))
  }

  private static func take<Part>(_ parts: inout [Part], from first: Int) -> [Part] {
    defer { parts.removeSubrange(first...) }
    return Array(parts[first...])
  }

  /// The name of a key, and whether it is the `<<` that merges.
  private mutating func key(
    _ event: Event, depth: Int, _ text: UnsafeBufferPointer<UInt8>
  ) throws(Failure) -> (name: String, isMerge: Bool) {
    if event.type == YAML_SCALAR_EVENT, event.event.data.scalar.tag == nil,
      event.event.data.scalar.anchor == nil
    {
      // Nearly every key; making a node of it to throw it away would take longer than reading it.
      defer { event.discard() }
      let data = event.event.data.scalar
      let name = String(
        decoding: UnsafeBufferPointer(start: data.value, count: data.length), as: UTF8.self)
      let isPlain = data.style == YAML_PLAIN_SCALAR_STYLE
      return (isPlain && Self.isNull(name) ? "null" : name, isPlain && name == "<<")
    }
    return switch try node(event, depth: depth, text).content {
    case .scalar(let text, let isQuoted): (text, text == "<<" && !isQuoted)
    case .null: ("null", false)
    // Sections of others may have such keys; in ours it is one that nobody knows.
    case .sequence: ("[…]", false)
    case .mapping: ("{…}", false)
    }
  }

  /// The tag when it is one of atmos' (`!env`), not one of YAML's own (`!!str`).
  private mutating func ownTag(_ tag: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let tag = string(tag) else { return nil }
    // A directive may have made it much longer than it is in the file.
    bytes += tag.utf8.count
    guard tag != "!", !tag.hasPrefix("tag:yaml.org,2002:") else { return nil }
    document.hasTags = true
    return tag
  }

  private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    text.map { String(cString: $0) }
  }

  private static func isNull(_ text: String) -> Bool {
    guard text.utf8.count <= 4 else { return false }
    return switch text {
    case "", "~", "null", "Null", "NULL": true
    default: false
    }
  }
}

extension YAMLReader {
  /// Keeps the last of several values for one key, as atmos' merging does, and warns.
  private mutating func dropDuplicates(_ entries: inout [ConfigNode.Entry], in map: SourceMark) {
    guard Self.hasDuplicates(entries) else { return }
    var last: [String: Int] = [:]
    for (index, entry) in entries.enumerated() {
      if let earlier = last.updateValue(index, forKey: entry.key) {
        document.faults.append(
          Diagnostic(
            .warning,
            "key `\(DisplayText.sanitized(entry.key))` appears again; what it says in line "
              + "\(entries[earlier].mark.line) does not count",
            mark: entry.mark, suggestion: "keep one of the two", code: "duplicate-key"))
      }
    }
    entries = entries.enumerated().filter { last[$0.element.key] == $0.offset }.map(\.element)
  }

  private static func hasDuplicates(_ entries: [ConfigNode.Entry]) -> Bool {
    if entries.count > 12 {
      return Set(entries.lazy.map(\.key)).count != entries.count
    }
    for index in entries.indices.dropFirst() {
      for earlier in 0..<index where entries[earlier].key == entries[index].key { return true }
    }
    return false
  }

  /// Carries out `<<`: keys that the map has itself win, then those of earlier maps.
  ///
  /// A `<<` whose value has a tag (`<<: !include .env`) stays until the tag is carried out.
  private mutating func mergeKeys(_ entries: inout [ConfigNode.Entry]) {
    guard let index = entries.firstIndex(where: { $0.key == "<<" }) else { return }
    let merge = entries[index]
    let sources = merge.value.elements.isEmpty ? [merge.value] : merge.value.elements
    if sources.contains(where: { $0.expression != nil }) { return }
    entries.remove(at: index)
    if let wrong = entries.merge(sources) {
      document.faults.append(
        Diagnostic(
          .warning, "`<<` needs a map or a list of maps; this is left out", mark: wrong.mark,
          suggestion: "write an alias such as `<<: *defaults`", code: "bad-merge-key"))
    }
  }
}

extension [ConfigNode.Entry] {
  /// Adds the entries of `maps` whose keys are not there yet.
  ///
  /// - Returns: The first of `maps` that is not a map, if any.
  mutating func merge(_ maps: [ConfigNode]) -> ConfigNode? {
    var wrong: ConfigNode?
    var keys = Set(lazy.map(\.key))
    for map in maps {
      guard case .mapping(let others) = map.content else {
        if !map.isNull { wrong = wrong ?? map }
        continue
      }
      for other in others where keys.insert(other.key).inserted { append(other) }
    }
    return wrong
  }
}
