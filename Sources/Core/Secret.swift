import CShims

/// Bytes that must not be printed, logged, compared in the clear or left in memory.
///
/// A `Secret` shows as `<secret>` wherever Swift would print it, mirrors of types that hold one
/// included. The bytes are overwritten when the last copy is released.
public struct Secret: Sendable {
  private final class Storage: Sendable {
    // Unsafe only in type: the memory is written in `init`, before anyone else can see it.
    nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    init(_ source: some Collection<UInt8>) {
      bytes = .allocate(byteCount: source.count, alignment: 1)
      let isCopied: Void? = source.withContiguousStorageIfAvailable {
        bytes.copyMemory(from: UnsafeRawBufferPointer($0))
      }
      if isCopied == nil { copy(source) }
    }

    // Apart from the rest, since the runtime looks up the types in here by name at their first use,
    // which takes longer than everything else that a cached credential needs.
    @inline(never)
    private func copy(_ source: some Collection<UInt8>) {
      bytes.copyBytes(from: source)
    }

    init(_ source: UnsafeRawBufferPointer) {
      bytes = .allocate(byteCount: source.count, alignment: 1)
      bytes.copyMemory(from: source)
    }

    deinit {
      if let base = bytes.baseAddress { atmos_wipe(base, bytes.count) }
      bytes.deallocate()
    }
  }

  private let storage: Storage

  /// Copies `bytes`; the caller's copy is the caller's to wipe.
  public init(_ bytes: some Collection<UInt8>) {
    storage = Storage(bytes)
  }

  /// Copies `bytes`, without the generic code that the runtime has to prepare at its first use.
  public init(_ bytes: UnsafeRawBufferPointer) {
    storage = Storage(bytes)
  }

  /// Creates a secret from the UTF-8 of `text`.
  public init(_ text: String) {
    var text = text
    self = text.withUTF8 { Secret(UnsafeRawBufferPointer($0)) }
  }

  /// How many bytes there are; not a secret.
  public var count: Int { storage.bytes.count }

  /// Whether there are no bytes at all.
  public var isEmpty: Bool { storage.bytes.isEmpty }

  /// Lends the bytes to `body`; nothing but `body` sees them.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(storage.bytes))
  }

  /// The bytes as text, for the moment they leave the process: a request body, a child's
  /// environment, standard output.
  ///
  /// Do not keep the result.
  public func revealed() -> String {
    withBytes { String(decoding: $0, as: UTF8.self) }
  }
}

extension Secret: Equatable {
  /// Compares without stopping at the first difference.
  public static func == (left: Secret, right: Secret) -> Bool {
    left.withBytes { a in
      right.withBytes { b in
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for index in a.indices { difference |= a[index] ^ b[index] }
        return difference == 0
      }
    }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always `<secret>`.
  public var description: String { "<secret>" }
  /// Always `<secret>`.
  public var debugDescription: String { description }
  /// A mirror without children, so that `dump` shows nothing either.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension [UInt8] {
  /// Overwrites the bytes, if no one else has them.
  public mutating func wipe() {
    withUnsafeMutableBytes { bytes in
      if let base = bytes.baseAddress { atmos_wipe(base, bytes.count) }
    }
  }
}
