internal import CLibrary
internal import CShims
internal import Core
internal import Programs
internal import Synchronization

/// Both ends of a browser's DevTools pipe: texts with a zero byte after each.
///
/// The browser ends when it is hung up on, which the system does when this process ends, however it
/// ends (trap 52 of docs/traps.md).
final class DevToolsPipe: Sendable {
  /// What the browser says; ends when the browser does.
  let messages: AsyncStream<DevToolsMessage>

  private let writing: Mutex<Int32?>
  private let isStopped: Flag

  /// No message is longer, in bytes.
  private static let limit = 32 << 20
  /// How long it takes to notice that nothing is to be read any more, in milliseconds.
  private static let patience: Int32 = 200

  /// Takes both descriptors over.
  init(reading: Int32, writing: Int32) {
    self.writing = Mutex(writing)
    let isStopped = Flag()
    self.isStopped = isStopped
    let (messages, continuation) = AsyncStream<DevToolsMessage>.makeStream()
    self.messages = messages
    // Reading waits for as long as a person takes, so it has a thread of its own.
    Task.detached {
      _ = await BlockingCall.run(limit: .seconds(24 * 3600), cancel: isStopped.set) {
        var collected = Collected()
        while !isStopped.isSet {
          guard atmos_wait_readable(reading, Self.patience) != 0 else { continue }
          if collected.read(reading, limit: Self.limit, { continuation.yield($0) }) { break }
        }
        collected.bytes.wipe()
        close(reading)
        continuation.finish()
      }
    }
  }

  /// Something that was asked for.
  private final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
  }

  /// Sends a command; one that cannot be sent is for a browser that is gone, which shows otherwise.
  func send(_ command: DevToolsCommand) {
    var bytes = Array(command.text.utf8)
    bytes.append(0)
    writing.withLock { descriptor in
      guard let descriptor else { return }
      var start = 0
      while start < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
          write(descriptor, buffer.baseAddress.map { $0 + start }, bytes.count - start)
        }
        if count < 0 && errno != EINTR { return }
        start += max(0, count)
      }
    }
  }

  /// Lets the browser go.
  func hangUp() {
    writing.withLock { descriptor in
      if let descriptor { close(descriptor) }
      descriptor = nil
    }
  }

  /// Reads no more of what it says.
  func stopReading() { isStopped.set() }

  private struct Collected {
    var bytes: [UInt8] = []

    /// Reads what there is and hands on each message; whether that was the end.
    mutating func read(
      _ descriptor: Int32, limit: Int, _ hand: (DevToolsMessage) -> Void
    ) -> Bool {
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      defer { buffer.wipe() }
      let count = Self.read(descriptor, &buffer)
      if count < 0 { return errno != EAGAIN && errno != EINTR }
      if count == 0 || bytes.count > limit { return true }
      let start = bytes.count
      bytes += buffer[..<count]
      guard bytes[start...].contains(0) else { return false }
      var rest = 0
      while let end = bytes[rest...].firstIndex(of: 0) {
        if let message = DevToolsMessage.decode(bytes[rest..<end]) { hand(message) }
        rest = end + 1
      }
      let left = Array(bytes[rest...])
      bytes.wipe()
      bytes = left
      return false
    }

    private static func read(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
      buffer.withUnsafeMutableBytes { bytes in
        #if canImport(Darwin)
        Darwin.read(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.read(descriptor, bytes.baseAddress, bytes.count)
        #else
        Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        #endif
      }
    }
  }
}
