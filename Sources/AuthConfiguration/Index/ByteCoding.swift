internal import Core
internal import Model

/// Writes the values of an index one after the other.
struct ByteWriter {
  private(set) var bytes: [UInt8]

  init(_ bytes: [UInt8] = []) {
    self.bytes = bytes
  }

  mutating func append(_ others: [UInt8]) { bytes += others }

  mutating func write(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Seven bits a byte, low ones first: most numbers here are small.
  mutating func write(count value: Int) {
    var rest = UInt64(value)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { buffer in
      write(count: buffer.count)
      bytes.append(contentsOf: buffer)
    }
  }

  mutating func write(_ text: String?) {
    write(text != nil)
    if let text { write(text) }
  }

  mutating func write<Element>(
    _ list: some Collection<Element>, _ body: (inout ByteWriter, Element) -> Void
  ) {
    write(count: list.count)
    for element in list { body(&self, element) }
  }

  mutating func write(_ texts: [String]) { write(texts) { $0.write($1) } }
}

/// Reads what ``ByteWriter`` wrote; what does not fit sets ``isValid`` to `false` and reads as
/// zeros, so that a damaged index is noticed once, at the end.
struct ByteReader {
  private let buffer: UnsafeRawBufferPointer
  private var position: Int
  private let end: Int
  private(set) var isValid = true

  /// Creates a reader of a part of `buffer`, which has to live as long as the reader.
  init(_ buffer: UnsafeRawBufferPointer, offset: Int = 0, length: Int? = nil) {
    self.buffer = buffer
    let wanted = length ?? buffer.count - offset
    isValid = offset >= 0 && wanted >= 0 && offset <= buffer.count - wanted
    position = isValid ? offset : 0
    end = isValid ? offset + wanted : 0
  }

  var isAtEnd: Bool { position >= end }

  private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard isValid, count >= 0, count <= end - position else {
      isValid = false
      return nil
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: buffer[position..<position + count])
  }

  mutating func readNumber() -> UInt64 {
    take(8)?.loadUnaligned(as: UInt64.self).littleEndian ?? 0
  }

  mutating func readCount() -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while let byte = take(1)?.first {
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { break }
      shift += 7
      if shift > 56 { isValid = false }
    }
    guard let count = Int(exactly: value) else {
      isValid = false
      return 0
    }
    return count
  }

  mutating func readBool() -> Bool { take(1)?.first == 1 }

  mutating func readText() -> String {
    let count = readCount()
    return take(count).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  mutating func readOptionalText() -> String? { readBool() ? readText() : nil }

  mutating func readList<Element>(_ body: (inout ByteReader) -> Element) -> [Element] {
    let count = readCount()
    var list: [Element] = []
    // Every element takes a byte at least.
    guard count <= end - position else {
      isValid = false
      return []
    }
    list.reserveCapacity(count)
    for _ in 0..<count where isValid { list.append(body(&self)) }
    return list
  }

  mutating func readTexts() -> [String] { readList { $0.readText() } }
}

extension ByteWriter {
  mutating func write(_ stamp: FileStamp?) {
    write(stamp != nil)
    guard let stamp else { return }
    write(stamp.device)
    write(stamp.inode)
    write(UInt64(bitPattern: stamp.size))
    write(UInt64(bitPattern: stamp.modified))
    write(UInt64(bitPattern: stamp.changed))
  }

  mutating func write(_ mark: SourceMark?) {
    write(mark != nil)
    guard let mark else { return }
    write(mark.file)
    write(count: mark.line)
    write(count: mark.column)
  }

  mutating func write(_ diagnostic: Diagnostic) {
    write(diagnostic.severity == .error)
    write(diagnostic.message)
    write(diagnostic.mark)
    write(diagnostic.suggestion)
    write(diagnostic.code)
  }
}

extension ByteReader {
  mutating func readStamp() -> FileStamp? {
    guard readBool() else { return nil }
    return FileStamp(
      device: readNumber(), inode: readNumber(), size: Int64(bitPattern: readNumber()),
      modified: Int64(bitPattern: readNumber()), changed: Int64(bitPattern: readNumber()))
  }

  mutating func readMark() -> SourceMark? {
    guard readBool() else { return nil }
    return SourceMark(file: readText(), line: readCount(), column: readCount())
  }

  mutating func readDiagnostic() -> Diagnostic {
    Diagnostic(
      readBool() ? .error : .warning, readText(), mark: readMark(),
      suggestion: readOptionalText(), code: readText())
  }
}
