internal import CLibrary
internal import CShims
public import Core

/// The log of every hand-out: lines that are added under a lock, each with a key of its own.
///
/// What may happen at any moment, a kill included, is this: a line was written and the key not moved
/// on, which the next writer makes up for; or a line is torn, which the next line says.
public struct AuditLog: Sendable {
  /// When another file is begun, and when old ones are removed.
  public struct Rotation: Sendable, Equatable {
    /// The bytes of a file at most.
    public var size: Int64
    /// Seconds from its first line to its last at most.
    public var age: Int64
    /// For how many seconds each line is kept at least; `nil` for ever.
    public var keep: Int64?

    /// Creates it from its parts.
    public init(size: Int64 = 8 << 20, age: Int64 = 30 * 86400, keep: Int64? = nil) {
      (self.size, self.age, self.keep) = (size, age, keep)
    }
  }

  /// Where the files are.
  public let directory: String
  let rotation: Rotation
  private let patience: Int
  private let randomBytes: @Sendable (Int) -> [UInt8]

  /// Creates a log; nothing is read or written yet.
  ///
  /// `patience` says how many milliseconds a line waits for others, which take a tenth of one each.
  public init(
    directory: String, rotation: Rotation = Rotation(), patience: Int = 3000,
    randomBytes: @escaping @Sendable (Int) -> [UInt8]
  ) {
    self.patience = patience
    self.directory = directory
    self.rotation = rotation
    self.randomBytes = randomBytes
  }

  /// Whether the next line may begin a file, for which the key from the keyring is asked for.
  ///
  /// Getting that key takes longer than all the rest, and nearly every line goes on in a file.
  public func mayBeginFile(at now: Instant) -> Bool {
    guard
      let bytes = (try? FileSystem.readFile(AuditState.path(directory), limit: 512)).flatMap({ $0 }
      ),
      let state = AuditState(bytes), state.isSeeded, state.size > 0
    else { return true }
    // Others write meanwhile.
    let room = rotation.size / 8
    return state.size >= UInt64(clamping: rotation.size - room)
      || state.since.seconds(until: now) > rotation.age - 3600
  }

  /// Adds a line.
  ///
  /// - Parameters:
  ///   - entry: What it says.
  ///   - seed: The key from the keyring, if that is open; only a new file asks for it.
  ///   - isDurable: Whether to wait until a power cut cannot take the line back.
  /// - Returns: The head of the log after it.
  /// - Throws: ``AuthError`` with code `system` if it cannot be written, and nothing of it is there
  ///   then; `badConfiguration` if the key file is damaged.
  public func append(
    _ entry: AuditEntry, seed: AuditSeed?, isDurable: Bool = false
  ) throws(AuthError) -> AuditHead {
    let key = try openKey()
    defer { close(key) }
    try lock(key)
    var state = try state(key, entry.time, seed)
    var torn = 0
    let lastBegan = state.since
    var file = try openFile(&state, &torn, entry.time)
    if isFull(state, entry.time) || !state.isSeeded && seed != nil && state.size > 0 {
      close(file)
      (state.first, state.size, state.since) = (state.sequence, 0, entry.time)
      file = try openFile(&state, &torn, entry.time)
    }
    defer { close(file) }
    var seedID: String?
    if let seed, state.size == 0 {
      // In the key file before the line, so that whoever comes after a kill knows the line's key.
      state.key = AuditKeys.start(seed, log: state.log, sequence: state.sequence)
      state.isSeeded = true
      seedID = seed.id
      try write(state, key)
    }
    let isFirstOfFile = state.size == 0
    let head = try add(entry, &state, seedID, torn, to: file, key)
    // An empty or torn key file would be the end of the log.
    if head.sequence == 1 { _ = atmos_sync(key) }
    if isFirstOfFile { removeOld(&state, entry, lastBegan: lastBegan, file: file, key: key) }
    if isDurable {
      _ = flock(key, LOCK_UN)
      var status = atmos_sync(file)
      if status == 0 { status = atmos_sync(key) }
      guard status == 0 else { throw failure("cannot write", state.path(directory), status) }
    }
    return head
  }

  /// Writes a line and the key after it, or nothing of both.
  func add(
    _ entry: AuditEntry, _ state: inout AuditState, _ seedID: String?, _ torn: Int,
    to file: Int32, _ key: Int32
  ) throws(AuthError) -> AuditHead {
    let line = AuditLine.bytes(entry, state, seedID: seedID, torn: torn > 0 ? torn : nil)
    let before = state
    let status = line.bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { atmos_write(file, $0, buffer.count) } ?? 0
    }
    guard status == 0 else {
      _ = atmos_set_length(file, Int64(before.size))
      throw failure("cannot write", state.path(directory), status)
    }
    state.advance(by: line.bytes.count)
    do throws(AuthError) {
      try write(state, key)
    } catch {
      _ = atmos_set_length(file, Int64(before.size))
      state = before
      throw error
    }
    return AuditHead(
      log: before.log, sequence: before.sequence, code: Hex.lowercase(line.code))
  }

  /// What is in the way of the next line, as far as that shows without writing it; `nil` for nothing.
  ///
  /// A disk that is full is not seen.
  public func obstacle() -> AuthError? {
    let path = AuditState.path(directory)
    do throws(AuthError) {
      guard FileSystem.exists(path) else {
        var place = directory
        while !FileSystem.exists(place), place != "/" { place = FileSystem.parent(of: place) }
        return access(place, W_OK | X_OK) == 0 && FileSystem.isDirectory(place)
          ? nil
          : failure("cannot write to", place, FileSystem.isDirectory(place) ? -EACCES : -ENOTDIR)
      }
      let key = try openKey()
      defer { close(key) }
      var bytes = [UInt8](repeating: 0, count: 512)
      let count = atmos_read(key, &bytes, bytes.count)
      guard count != 0 else { return nil }
      guard count > 0, let state = AuditState(Array(bytes.prefix(Int(count)))) else {
        return damaged(path)
      }
      let file = state.path(directory)
      guard FileSystem.exists(file), access(file, W_OK) != 0 else { return nil }
      return failure("cannot open", file, -EACCES)
    } catch { return error }
  }

  private func damaged(_ path: String) -> AuthError {
    AuthError(
      .badConfiguration, "the audit log's key \(DisplayText.sanitized(path)) is damaged",
      hints: [
        "`atmos-auth audit verify` says what is still sound",
        "`\(ShellQuoting.typed(command: ["rm", path]))` lets another log begin",
      ])
  }

  // MARK: The key

  private func openKey() throws(AuthError) -> Int32 {
    let path = AuditState.path(directory)
    var key = atmos_open_lock(path)
    if key == -ENOENT {
      try FileSystem.createDirectory(directory)
      key = atmos_open_lock(path)
    }
    guard key >= 0 else { throw failure("cannot open", path, key) }
    // Who reads from a pipe waits.
    guard isRegular(key) else {
      close(key)
      throw failure("cannot open", path, -EINVAL)
    }
    return key
  }

  private func isRegular(_ descriptor: Int32) -> Bool {
    var facts = atmos_file()
    return atmos_stat_descriptor(descriptor, &facts) == 0
      && facts.mode & UInt32(S_IFMT) == UInt32(S_IFREG)
  }

  // A process that was stopped while it had the lock must not stop all others.
  private func lock(_ key: Int32) throws(AuthError) {
    var status = atmos_lock(key, 0)
    for _ in 0..<patience where status == -EWOULDBLOCK {
      usleep(1000)
      status = atmos_lock(key, 0)
    }
    guard status == 0 else { throw failure("cannot lock", AuditState.path(directory), status) }
  }

  private func state(
    _ key: Int32, _ now: Instant, _ seed: AuditSeed?
  ) throws(AuthError) -> AuditState {
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = atmos_read(key, &bytes, bytes.count)
    let path = AuditState.path(directory)
    guard count >= 0 else { throw failure("cannot read", path, Int32(count)) }
    if count > 0 {
      guard let state = AuditState(Array(bytes.prefix(Int(count)))) else { throw damaged(path) }
      return state
    }
    var log: UInt64 = 0
    for byte in randomBytes(8) { log = log << 8 | UInt64(byte) }
    let state = AuditState(
      log: log, since: now, isSeeded: seed != nil, key: randomBytes(AuditKeys.count))
    if seed == nil {
      let text = "\(Hash.hex(log)) \(Hex.lowercase(state.key))\n"
      try FileSystem.writeAtomically(AuditState.firstKeyPath(directory), Array(text.utf8))
    }
    return state
  }

  private func write(_ state: AuditState, _ key: Int32) throws(AuthError) {
    let bytes = state.encoded
    let status = atmos_write_at(key, bytes, bytes.count, 0)
    guard status == 0 else { throw failure("cannot write", AuditState.path(directory), status) }
  }

  // MARK: The file

  private func isFull(_ state: AuditState, _ now: Instant) -> Bool {
    guard state.size > 0 else { return false }
    return state.size >= UInt64(clamping: rotation.size)
      || state.since.seconds(until: now) > rotation.age
  }

  /// Opens the file that the next line belongs into, and takes note of what a killed process left.
  ///
  /// `torn` grows by the bytes there that are no line.
  private func openFile(
    _ state: inout AuditState, _ torn: inout Int, _ now: Instant
  ) throws(AuthError) -> Int32 {
    // A killed process may have begun the next file already.
    if state.first != state.sequence {
      let next = AuditState.path(directory, log: state.log, first: state.sequence)
      if FileSystem.exists(next) {
        (state.first, state.size, state.since) = (state.sequence, 0, now)
      }
    }
    let path = state.path(directory)
    let file = atmos_open_appending(path, 0)
    guard file >= 0 else { throw failure("cannot open", path, file) }
    var facts = atmos_file()
    let status = atmos_stat_descriptor(file, &facts)
    guard status == 0, isRegular(file) else {
      close(file)
      throw failure("cannot open", path, status == 0 ? -EINVAL : status)
    }
    // Whatever the umask takes away from a new file.
    if facts.size == 0, facts.mode & 0o777 != 0o600 { _ = atmos_set_mode(file, 0o600) }
    if facts.size == Int64(clamping: state.size) { return file }
    do throws(AuthError) {
      try repair(file, path, &state, &torn)
    } catch {
      close(file)
      throw error
    }
    return file
  }

  private func repair(
    _ file: Int32, _ path: String, _ state: inout AuditState, _ torn: inout Int
  ) throws(AuthError) {
    let bytes = try FileSystem.readFile(path, limit: 1 << 30) ?? []
    var rest = bytes[min(bytes.count, Int(clamping: state.size))...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")),
      let line = AuditLine(rest[..<end]), line.sequence == state.sequence,
      line.isAuthentic(state.key)
    {
      state.advance(by: end + 1 - rest.startIndex)
      rest = rest[(end + 1)...]
    }
    if let line = AuditLine(rest), line.sequence == state.sequence, line.isAuthentic(state.key) {
      // Only its line break is missing.
      state.advance(by: rest.count)
      rest = []
    }
    torn += rest.last == UInt8(ascii: "\n") ? rest.count - 1 : rest.count
    state.size = UInt64(bytes.count)
    guard let last = bytes.last, last != UInt8(ascii: "\n") else { return }
    let status = atmos_write(file, [UInt8(ascii: "\n")], 1)
    guard status == 0 else { throw failure("cannot write", path, status) }
    state.size += 1
  }

  private func failure(_ what: String, _ path: String, _ status: Int32) -> AuthError {
    AuthError(
      .system,
      "the audit log: \(what) \(DisplayText.sanitized(path)): "
        + String(cString: atmos_error_text(-status)).lowercased())
  }
}
