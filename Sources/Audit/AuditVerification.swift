internal import CLibrary
internal import CShims
public import Core

/// A log read from its first line to its last, each with its own key.
public struct AuditVerification: Sendable {
  /// How many lines are as they were written.
  public private(set) var count = 0
  /// What was found, in the order of the log.
  public private(set) var findings: [AuditFinding] = []
  /// The last line that is as it was written.
  public private(set) var head: AuditHead?
  /// The number of the log; `nil` when there is none.
  public private(set) var log: UInt64?

  /// Whether there is no line at all, and no trace of one.
  public var isEmpty: Bool { count == 0 && findings.isEmpty }

  /// Whether nothing was changed, removed, moved or cut off.
  public var isSound: Bool { !findings.contains(where: \.isFault) }

  private let seed: AuditSeed?
  private var firstKey: [UInt8]?
  private var expected: UInt64 = 1
  /// The number that the next line would have; more are not believed.
  private var bound: UInt64 = .max
  /// The key of the line `expected`; `nil` until one is known.
  private var key: [UInt8]?
  /// The key that it may have instead, after a changed line that may have begun with another one.
  private var otherKey: [UInt8]?
  /// The keys of lines that were not there when they should have been.
  private var absent: [UInt64: [UInt8]?] = [:]
  /// Bytes that are no line, since the last one.
  private var junk: [UInt8] = []
  private var isUnverifiable = false
  private var codes: [UInt64: String] = [:]
  private var removals: AuditRemovals

  /// How many absent lines are looked for one by one.
  private static let patience = 100_000
  /// How many lines can be missing at one place.
  private static let limit: UInt64 = 5_000_000

  /// Reads and verifies the log of a directory.
  ///
  /// - Parameters:
  ///   - directory: Where its files are.
  ///   - seed: The key from the keyring.
  ///   - heads: Copies of the head that were kept elsewhere.
  ///   - keep: For how many seconds lines are kept; `nil` for ever.
  ///   - now: The time.
  /// - Throws: ``AuthError`` with code `system` if a file cannot be read.
  public init(
    _ directory: String, seed: AuditSeed?, heads: [AuditHead] = [], keep: Int64?, now: Instant
  ) throws(AuthError) {
    self.seed = seed
    removals = AuditRemovals(keep: keep, now: now)
    let (state, files) = try Self.snapshot(directory)
    guard let log = state?.log ?? files.logs.last else {
      if FileSystem.stamp(AuditState.path(directory))?.size ?? 0 > 0 {
        report(.key, "the key file is damaged, and there is no log")
      }
      for copy in heads {
        report(
          .cut,
          "there is no log here, and a copy of the head is of line \(copy.sequence) of the log "
            + Hash.hex(copy.log))
      }
      return
    }
    self.log = log
    bound = state?.sequence ?? .max
    firstKey = Self.firstKey(directory, log: log)
    for file in files.of(log) { try read(file) }
    end(state)
    findings.insert(contentsOf: removals.findings, at: 0)
    for other in files.logs where other != log {
      report(
        .key,
        "another log, \(Hash.hex(other)), is in the directory, and its key file is gone: it was "
          + "removed or replaced")
    }
    compare(heads)
    codes = [:]
  }

  /// The key file and the sizes of the others at one moment, in which nobody writes.
  private static func snapshot(
    _ directory: String
  ) throws(AuthError) -> (AuditState?, AuditFiles) {
    let path = AuditState.path(directory)
    guard FileSystem.exists(path) else { return (nil, try AuditFiles(directory)) }
    let lock = try FileLock.acquire(path)
    defer { lock.keep() }
    let bytes = try FileSystem.readFile(path, limit: 4096) ?? []
    return (AuditState(bytes), try AuditFiles(directory))
  }

  private static func firstKey(_ directory: String, log: UInt64) -> [UInt8]? {
    let path = AuditState.firstKeyPath(directory)
    guard let bytes = (try? FileSystem.readFile(path, limit: 4096)) ?? nil, bytes.count == 82,
      Hash.value(hex: bytes[..<16]) == log
    else { return nil }
    return Hex.bytes(of: bytes[17..<81])
  }

  private mutating func report(_ kind: AuditFinding.Kind, _ text: String) {
    findings.append(AuditFinding(kind: kind, text: text))
  }

  // MARK: Lines

  private mutating func read(_ file: AuditFiles.File) throws(AuthError) {
    if count == 0, expected == 1, file.first > 1, file.first <= bound { skip(to: file) }
    if file.first > expected, file.first <= bound, file.first - expected < Self.limit {
      gap(to: file.first)
    }
    if file.first == expected { begin(file.first) }
    let slash = file.path.lastIndex(of: "/").map { file.path.index(after: $0) }
    let name = DisplayText.sanitized(file.path[(slash ?? file.path.startIndex)...])
    for (index, part) in try file.lines().enumerated() {
      if part.isFinished, let line = AuditLine(part.content) {
        take(line, "\(name):\(index + 1)")
      } else {
        junk += part.content
        if part.isFinished { junk.append(UInt8(ascii: "\n")) }
      }
    }
  }

  /// The keys that the first line of a file may have, beside the one that follows from the line
  /// before.
  private mutating func begin(_ sequence: UInt64) {
    if let seed, let log { otherKey = AuditKeys.start(seed, log: log, sequence: sequence) }
    guard sequence == 1, let firstKey else { return }
    key = firstKey
    report(
      .weak,
      "the first key is in a file beside the log (`first-key`), since no keyring was open: who "
        + "reads it can rewrite the lines up to the next key from the keyring")
  }

  private mutating func take(_ line: AuditLine, _ place: String) {
    settleJunk(line.torn, before: place)
    let step = line.sequence.subtractingReportingOverflow(expected)
    if !step.overflow, step.partialValue > 0,
      line.sequence <= bound, step.partialValue < Self.limit
    {
      gap(to: line.sequence)
    }
    guard line.sequence == expected else {
      if let key = absent.removeValue(forKey: line.sequence) {
        let isWhole = key.map(line.isAuthentic) ?? false
        report(
          isWhole ? .moved : .changed,
          "\(place): line \(line.sequence) is not where it was written"
            + (isWhole ? "" : ", and was changed"))
      } else {
        report(.moved, "\(place): line \(line.sequence) is here where line \(expected) should be")
      }
      return
    }
    verify(line, place)
    expected += 1
    key = key.map(AuditKeys.next)
    otherKey = otherKey.map(AuditKeys.next)
  }

  /// Finds the key that a line was written with, and leaves it in `key`.
  private mutating func verify(_ line: AuditLine, _ place: String) {
    if let right = [key, otherKey].compactMap({ $0 }).first(where: line.isAuthentic) {
      (key, otherKey, isUnverifiable) = (right, nil, false)
      count += 1
      let code = Hex.lowercase(line.code)
      codes[line.sequence] = code
      if let (last, code) = removals.take(line) { codes[last] = codes[last] ?? code }
      head = AuditHead(log: log ?? 0, sequence: line.sequence, code: code)
      return
    }
    let isOfOther = line.seedID.map { $0 != seed?.id } ?? false
    guard key == nil || isOfOther, line.seedID == nil || isOfOther else {
      report(.changed, "\(place): line \(line.sequence) was changed")
      return
    }
    if isOfOther { (key, otherKey) = (nil, nil) }
    guard !isUnverifiable else { return }
    isUnverifiable = true
    let reason =
      if isOfOther, seed == nil {
        "their first key comes from the keyring, which is not open"
      } else if isOfOther {
        "their first key comes from another keyring, or from a key that it no longer has"
      } else {
        "their first key is not there"
      }
    report(.unverifiable, "\(place): lines from \(line.sequence) on cannot be verified: \(reason)")
  }

  private mutating func gap(to sequence: UInt64) {
    let last = sequence - 1
    report(
      .missing,
      last == expected
        ? "line \(expected) is missing" : "lines \(expected) to \(last) are missing")
    pass(to: sequence)
  }

  /// Goes on at the first file that there is; ``AuditRemovals`` says whether others ought to be.
  private mutating func skip(to file: AuditFiles.File) {
    removals.gone = file.first - 1
    if file.firstLine?.seedID == nil { begin(1) }
    if file.first < Self.limit {
      pass(to: file.first)
    } else {
      // Only a key of its own can be known then.
      (expected, key, otherKey) = (file.first, nil, nil)
    }
  }

  private mutating func pass(to sequence: UInt64) {
    while expected < sequence {
      if absent.count < Self.patience { absent.updateValue(key ?? otherKey, forKey: expected) }
      key = key.map(AuditKeys.next)
      otherKey = otherKey.map(AuditKeys.next)
      expected += 1
    }
  }

  private mutating func settleJunk(_ torn: Int?, before place: String) {
    guard !junk.isEmpty || torn != nil else { return }
    var size = junk.count
    if junk.last == UInt8(ascii: "\n") { size -= 1 }
    junk = []
    if let torn, torn == size {
      report(.torn, "\(place): before it are \(torn) bytes of a line that was never finished")
    } else if let torn, size == 0 {
      report(.missing, "\(place): the \(torn) bytes of an unfinished line before it are gone")
    } else {
      report(.foreign, "\(place): before it are \(size) bytes that are not a line of the log")
    }
  }

  // MARK: The end

  private mutating func end(_ state: AuditState?) {
    guard let state else {
      settleJunk(nil, before: "the end")
      report(
        .key,
        "the key file is gone or damaged, so lines at the end may have been cut off")
      return
    }
    if !junk.isEmpty {
      let size = junk.count
      junk = []
      if expected == state.sequence {
        report(.torn, "at the end are \(size) bytes of a line that was never finished")
      } else {
        report(.foreign, "at the end are \(size) bytes that are not a line of the log")
      }
    }
    guard expected > state.sequence || state.sequence - expected < Self.limit else {
      report(
        .key,
        "the key file belongs to another log: it records that \(state.sequence) lines were "
          + "written")
      return
    }
    if expected < state.sequence {
      let last = state.sequence - 1
      report(
        .cut,
        last == expected
          ? "line \(last), the last one, was cut off"
          : "lines \(expected) to \(last) were cut off at the end")
      while expected < state.sequence {
        // A file that is gone as a whole may have begun with another key.
        if expected == state.first { begin(expected) }
        key = key.map(AuditKeys.next)
        otherKey = otherKey.map(AuditKeys.next)
        expected += 1
      }
    } else if expected == state.sequence + 1 {
      report(
        .unsettled,
        "line \(state.sequence), the last one, is of a process that was killed right after it")
      return
    } else if expected > state.sequence {
      report(.key, "the key file is older than the log: it was replaced by an earlier one")
      return
    }
    if let key, key != state.key, otherKey != state.key {
      report(.key, "the key file does not have the key of the next line: it was replaced")
    }
  }

  private mutating func compare(_ heads: [AuditHead]) {
    for copy in heads {
      guard copy.log == log else {
        report(.key, "a copy of the head is of another log, \(Hash.hex(copy.log))")
        continue
      }
      if copy.sequence >= expected {
        report(
          .cut,
          "the system's log has seen line \(copy.sequence), and this log ends with \(expected - 1)")
      } else if let code = codes[copy.sequence], code != copy.code {
        report(.changed, "line \(copy.sequence) is not the one that the system's log has seen")
      }
    }
  }
}
