import CLibrary

/// The fields of a line, one after the other, without copying and without `String`.
package struct Fields {
  private var rest: ArraySlice<UInt8>?
  private let separator: UInt8

  package init(_ bytes: ArraySlice<UInt8>, separator: UInt8) {
    rest = bytes
    self.separator = separator
  }

  /// Whether every field was taken.
  package var isAtEnd: Bool { rest == nil }

  /// The next field, or `nil` after the last one.
  package mutating func next() -> ArraySlice<UInt8>? {
    guard let current = rest else { return nil }
    guard let end = current.firstPlace(of: separator) else {
      rest = nil
      return current
    }
    rest = current[(end + 1)...]
    return current[..<end]
  }

  /// How many fields are left.
  package var count: Int { rest.map { $0.count { $0 == separator } + 1 } ?? 0 }

  /// The next field as a number of decimal digits.
  package mutating func nextUnsigned() -> UInt64? {
    next().flatMap { Decimal.unsigned($0) }
  }

  /// The next field as decimal digits with a `-` in front if negative.
  package mutating func nextInteger() -> Int64? {
    next().flatMap { Decimal.integer($0) }
  }

  /// The next field, percent-encoding undone.
  package mutating func nextText() -> String? {
    next().flatMap { Percent.decode($0) }
  }
}

extension ArraySlice<UInt8> {
  /// `firstIndex(of:)`, by the C library, which compares many bytes at once.
  func firstPlace(of byte: UInt8) -> Int? {
    withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress, let place = memchr(start, Int32(byte), bytes.count)
      else { return nil }
      return startIndex + (UnsafeRawPointer(place) - start)
    }
  }
}

/// Decimal numbers in bytes; nothing but digits, and a `-` where it makes sense.
enum Decimal {
  static func unsigned(_ bytes: ArraySlice<UInt8>) -> UInt64? {
    guard !bytes.isEmpty else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = scaled.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  static func integer(_ bytes: ArraySlice<UInt8>) -> Int64? {
    guard bytes.first == UInt8(ascii: "-") else {
      return unsigned(bytes).flatMap { Int64(exactly: $0) }
    }
    return unsigned(bytes.dropFirst()).flatMap { magnitude in
      magnitude <= UInt64(Int64.max) ? -Int64(magnitude) : nil
    }
  }
}
