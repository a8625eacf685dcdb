internal import Core

/// The layout of an index.
///
/// ```
/// atmos-auth index   16 bytes: "atmos-auth idx 7"
/// sections           7 × (offset, length, checksum), 8 bytes each, little-endian
/// checksum           8 bytes: of everything before
/// general            request, build, inputs, settings
/// diagnostics
/// labels             of the identities: name, kind, alias; sorted by name without case
/// table              (hash of a lower-case name or alias, offset, length, checksum of the record),
///                    8 bytes each, sorted by the first
/// records            of the identities, in the order of `labels`
/// providers, integrations
/// ```
///
/// FNV-1a hashes of names, and of everything else ``checksum(_:)``: they find damage, and anyone who
/// can write here could do worse. Looking up one identity reads the head, `general`, a few entries of the table and one record.
struct IndexFile: Sendable {
  /// The parts.
  enum Section: Int, CaseIterable {
    case general, diagnostics, labels, table, records, providers, integrations
  }

  private static let magic = Array("atmos-auth idx 7".utf8)
  private static let headLength = 16 + Section.allCases.count * 24 + 8
  private static let entryLength = 32

  let bytes: IndexBytes

  // MARK: Writing

  /// Identities' records with the keys they are found by.
  struct Records: Sendable {
    fileprivate var writer = ByteWriter()
    /// How many bytes there are.
    var count: Int { writer.bytes.count }
    fileprivate var table: [Place] = []

    /// Where the record of a key is.
    fileprivate struct Place {
      var hash: UInt64
      var offset: Int
      var length: Int
      var check: UInt64
    }

    /// Adds the record that `write` writes, found by an identity's name and alias in lower case.
    mutating func add(_ keys: [String], _ write: (inout ByteWriter) -> Void) {
      let offset = count
      write(&writer)
      let length = count - offset
      let check = writer.bytes.withUnsafeBytes {
        IndexFile.checksum(UnsafeRawBufferPointer(rebasing: $0[offset...]))
      }
      table += keys.map { key in
        Place(hash: Hash.fnv1a(key), offset: offset, length: length, check: check)
      }
    }
  }

  /// Puts an index together.
  ///
  /// - Parameters:
  ///   - sections: The parts, without the table and the records.
  ///   - records: The records, as far as each of several threads made them, in order.
  /// - Returns: The bytes of the index.
  static func compose(_ sections: [Section: [UInt8]], records: [Records]) -> IndexBytes {
    var table: [Records.Place] = []
    var start = 0
    for part in records {
      table += part.table.map { place in
        var place = place
        place.offset += start
        return place
      }
      start += part.count
    }
    table.sort { ($0.hash, $0.offset) < ($1.hash, $1.offset) }
    var entries = ByteWriter()
    for place in table {
      entries.write(place.hash)
      entries.write(UInt64(place.offset))
      entries.write(UInt64(place.length))
      entries.write(place.check)
    }
    var parts = sections.mapValues { [$0] }
    parts[.table] = [entries.bytes]
    parts[.records] = records.map(\.writer.bytes)
    return compose(parts)
  }

  // Each part goes straight to its place: an index of thousands of identities has megabytes.
  private static func compose(_ parts: [Section: [[UInt8]]]) -> IndexBytes {
    let count = parts.values.joined().reduce(headLength) { $0 + $1.count }
    return IndexBytes(count: count) { memory in
      var head = ByteWriter(magic)
      var end = headLength
      for section in Section.allCases {
        let start = end
        for part in parts[section] ?? [] {
          UnsafeMutableRawBufferPointer(rebasing: memory[end...]).copyBytes(from: part)
          end += part.count
        }
        head.write(UInt64(start))
        head.write(UInt64(end - start))
        head.write(checksum(UnsafeRawBufferPointer(rebasing: memory[start..<end])))
      }
      head.write(head.bytes.withUnsafeBytes(checksum))
      memory.copyBytes(from: head.bytes)
    }
  }

  /// The index with another `general` section.
  func replacing(general: [UInt8]) -> IndexBytes {
    var parts: [Section: [[UInt8]]] = [.general: [general]]
    for section in Section.allCases where section != .general {
      parts[section] = range(of: section).map { [Array(bytes.buffer[$0])] } ?? []
    }
    return Self.compose(parts)
  }

  /// FNV-1a over words of eight bytes instead of bytes, and what is left at the end as one more.
  ///
  /// No change of one word keeps it: with the rest as it is, each step is one-to-one.
  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let words = bytes.count / 8
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
    func add(_ word: UInt64) {
      hash = (hash ^ word) &* 0x100_0000_01b3
      // Multiplying moves what differs up only; this brings it down again.
      hash ^= hash >> 32
    }
    for word in 0..<words {
      add(bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self).littleEndian)
    }
    var rest: UInt64 = 0
    for byte in bytes[(words * 8)...] { rest = rest << 8 | UInt64(byte) }
    add(rest)
    return hash
  }

  // MARK: Reading

  /// Takes bytes for an index if their head says so.
  init?(_ bytes: IndexBytes) {
    let buffer = bytes.buffer
    guard buffer.count >= Self.headLength, buffer.prefix(16).elementsEqual(Self.magic) else {
      return nil
    }
    let hash = Self.checksum(UnsafeRawBufferPointer(rebasing: buffer[..<(Self.headLength - 8)]))
    let stored = buffer.loadUnaligned(fromByteOffset: Self.headLength - 8, as: UInt64.self)
    guard stored.littleEndian == hash else { return nil }
    self.bytes = bytes
    guard Section.allCases.allSatisfy({ range(of: $0) != nil }) else { return nil }
  }

  private func number(at offset: Int) -> UInt64 {
    bytes.buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
  }

  private func range(of section: Section) -> Range<Int>? {
    let place = 16 + section.rawValue * 24
    guard let offset = Int(exactly: number(at: place)),
      let length = Int(exactly: number(at: place + 8)),
      offset >= Self.headLength, length >= 0, offset <= bytes.buffer.count,
      length <= bytes.buffer.count - offset
    else { return nil }
    return offset..<offset + length
  }

  /// A reader of a section; `nil` if it is damaged.
  func reader(_ section: Section) -> ByteReader? {
    guard let range = range(of: section) else { return nil }
    let part = UnsafeRawBufferPointer(rebasing: bytes.buffer[range])
    guard section == .records || Self.checksum(part) == number(at: 16 + section.rawValue * 24 + 16)
    else { return nil }
    return ByteReader(part)
  }

  /// Whether no record is damaged.
  ///
  /// It reads all of them. For one there is the hash that it has in the table.
  var hasWholeRecords: Bool {
    guard let range = range(of: .records) else { return false }
    let part = UnsafeRawBufferPointer(rebasing: bytes.buffer[range])
    return Self.checksum(part) == number(at: 16 + Section.records.rawValue * 24 + 16)
  }

  /// Where each record begins and ends, in order; `nil` if the table is damaged.
  var recordRanges: [Range<Int>]? {
    guard let records = range(of: .records), let table = range(of: .table),
      reader(.table) != nil
    else { return nil }
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(table.count / Self.entryLength)
    for place in stride(from: table.lowerBound, to: table.upperBound, by: Self.entryLength) {
      guard let offset = Int(exactly: number(at: place + 8)),
        let length = Int(exactly: number(at: place + 16)), length <= records.count,
        offset <= records.count - length
      else { return nil }
      let start = records.lowerBound + offset
      ranges.append(start..<start + length)
    }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    // A name and an alias lead to the same record.
    var last = -1
    return ranges.filter { range in
      defer { last = range.lowerBound }
      return range.lowerBound != last
    }
  }

  /// A reader of one record.
  func reader(of record: Range<Int>) -> ByteReader {
    ByteReader(UnsafeRawBufferPointer(rebasing: bytes.buffer[record]))
  }

  /// Whether no section is damaged; of the records only those that are looked up are checked.
  var isWhole: Bool {
    Section.allCases.allSatisfy { $0 == .general || reader($0) != nil }
  }

  /// Calls `body` with a reader of each record that has one of its keys hashed like `key`, until
  /// it returns something.
  func find<Result>(_ key: String, _ body: (inout ByteReader) -> Result?) -> Result? {
    guard let table = range(of: .table), let records = range(of: .records) else { return nil }
    let hash = Hash.fnv1a(key.utf8)
    var low = 0
    var high = table.count / Self.entryLength
    while low < high {
      let middle = (low + high) / 2
      if number(at: table.lowerBound + middle * Self.entryLength) < hash {
        low = middle + 1
      } else {
        high = middle
      }
    }
    while low < table.count / Self.entryLength {
      let place = table.lowerBound + low * Self.entryLength
      guard number(at: place) == hash else { return nil }
      low += 1
      guard let offset = Int(exactly: number(at: place + 8)),
        let length = Int(exactly: number(at: place + 16)), offset <= records.count,
        length <= records.count - offset
      else { continue }
      let start = records.lowerBound + offset
      let part = UnsafeRawBufferPointer(rebasing: bytes.buffer[start..<start + length])
      guard Self.checksum(part) == number(at: place + 24) else { continue }
      var reader = ByteReader(part)
      if let result = body(&reader), reader.isValid { return result }
    }
    return nil
  }
}
