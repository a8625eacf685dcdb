import Core

/// A JSON object whose text is changed in place: what is not changed stays byte for byte, with its
/// order, its numbers and its white space.
struct JSONEditor {
  /// Why a text cannot be changed.
  struct Fault: Error {
    /// What is wrong, after "it …".
    var what: String
    /// Where, from 0.
    var offset: Int
  }

  /// The text.
  private(set) var bytes: [UInt8]
  private var root: JSONScan.Object

  /// Reads a text that is one object.
  init(_ bytes: [UInt8]) throws(Fault) {
    var scan = JSONScan(bytes)
    root = try scan.document()
    self.bytes = bytes
  }

  /// Whether there is nothing in it.
  var isEmpty: Bool { root.members.isEmpty }

  /// The text at a path of keys; `nil` if there is none.
  func string(_ path: String...) -> String? {
    guard case .string(let text) = member(path)?.value.content else { return nil }
    return text
  }

  /// Whether there is a value at a path of keys.
  func has(_ path: String...) -> Bool { member(path) != nil }

  /// The keys of the object called `section`.
  func keys(of section: String) -> [String] {
    guard case .object(let object) = member([section])?.value.content else { return [] }
    return object.members.map(\.key)
  }

  /// Puts a value under a key of the object called `section`, which is made where it is missing.
  ///
  /// - Parameters:
  ///   - section: The key of the object.
  ///   - key: The key in it.
  ///   - value: The value's JSON text, on one line.
  /// - Throws: ``Fault`` if the section is not an object.
  mutating func set(_ section: String, _ key: String, to value: String) throws(Fault) {
    guard let found = member([section]) else {
      let end = newline
      let text = "{\(end)\(indent)\(indent)\(JSONText.string(key)): \(value)\(end)\(indent)}"
      return try insert(section, text, into: root, depth: 1)
    }
    guard case .object(let object) = found.value.content else {
      throw Fault(what: "has a `\(section)` that is not an object", offset: found.start)
    }
    if let member = object.member(key) {
      return try splice(member.value.range, value)
    }
    try insert(key, value, into: object, depth: 2)
  }

  /// Removes the value at a path of one or two keys.
  ///
  /// - Returns: Whether there was one.
  mutating func remove(_ path: String...) throws(Fault) -> Bool {
    let owner: JSONScan.Object
    if path.count == 1 {
      owner = root
    } else if case .object(let object) = member([path[0]])?.value.content {
      owner = object
    } else {
      return false
    }
    guard let index = owner.members.firstIndex(where: { $0.key == path[path.count - 1] }) else {
      return false
    }
    let members = owner.members
    // With the comma before it, or as the first one with the comma after it.
    if index > 0 {
      let start = members[index - 1].value.range.upperBound
      try splice(start..<members[index].value.range.upperBound, "")
    } else if members.count > 1 {
      try splice(members[0].start..<members[1].start, "")
    } else {
      try splice((owner.range.lowerBound + 1)..<(owner.range.upperBound - 1), "")
    }
    return true
  }

  private func member(_ path: [String]) -> JSONScan.Member? {
    var found = root.member(path[0])
    for key in path.dropFirst() {
      guard case .object(let object) = found?.value.content else { return nil }
      found = object.member(key)
    }
    return found
  }

  private mutating func insert(
    _ key: String, _ value: String, into object: JSONScan.Object, depth: Int
  ) throws(Fault) {
    let pair = "\(JSONText.string(key)): \(value)"
    if let last = object.members.last {
      // As its neighbours stand.
      let lead = bytes[(object.range.lowerBound + 1)..<object.members[0].start]
      let end = last.value.range.upperBound
      return try splice(end..<end, ",\(String(decoding: lead, as: UTF8.self))\(pair)")
    }
    let inner = String(repeating: indent, count: depth)
    let outer = String(repeating: indent, count: depth - 1)
    try splice(
      (object.range.lowerBound + 1)..<(object.range.upperBound - 1),
      "\(newline)\(inner)\(pair)\(newline)\(outer)")
  }

  private mutating func splice(_ range: Range<Int>, _ text: String) throws(Fault) {
    bytes.replaceSubrange(range, with: text.utf8)
    var scan = JSONScan(bytes)
    root = try scan.document()
  }

  /// How lines end in the text.
  private var newline: String {
    guard let index = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return "\n" }
    return index > 0 && bytes[index - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
  }

  /// What a level is moved in by: as the first member is, else by a tab, as Docker writes.
  private var indent: String {
    guard let first = root.members.first else { return "\t" }
    let lead = bytes[(root.range.lowerBound + 1)..<first.start]
    let blanks = lead.reversed().prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    return blanks.isEmpty ? "\t" : String(decoding: blanks.reversed(), as: UTF8.self)
  }
}
