internal import Core
internal import Crypto
internal import Model

/// What is known of the codes of one device that processes of this person have sent: none is sent
/// twice.
///
/// It is a small file for each device, changed under a lock. A line is one of
///
///     window <period> <number>
///     code <time> <salt> <hash>
///
/// The first is of a device whose seed is known: the last window whose code is taken. The second
/// is of a code that came from elsewhere: when, 32 random hexadecimal digits, and SHA-256 of these
/// and the code. Codes are written down before they are sent, and end with their windows,
/// so whoever reads the file learns none that is good for anything.
struct CodeLedger {
  var paths: StatePaths
  var device: String
  var effects: Effects

  /// How long codes are remembered: longer than any service takes one.
  private static let memory: Int64 = 600
  /// A window further ahead than this was taken when the clock was wrong.
  private static let furthest: Int64 = 40

  private struct Entries {
    var windows: [Int64: Int64] = [:]
    var codes: [(time: Int64, salt: String, hash: String)] = []
  }

  /// Takes the next free window of a device, the one at `now` or a later one.
  ///
  /// - Throws: ``AuthError`` with code `system` if that cannot be written down.
  func takeWindow(of totp: TOTP, at now: Instant) throws(AuthError) -> Int64 {
    try change { entries in
      var window = totp.window(at: now)
      // A code on its way when its window ends may come too late.
      if totp.period >= 10,
        totp.start(ofWindow: window + 1).secondsSince1970 - 2
          < now.secondsSince1970
      {
        window += 1
      }
      if let last = entries.windows[totp.period], last >= window, last - window < Self.furthest {
        window = last + 1
      }
      // Somebody may have typed it, from a phone with the same seed.
      while isKnown(totp.code(ofWindow: window), entries) { window += 1 }
      entries.windows[totp.period] = window
      return window
    }
  }

  /// Takes all windows up to one, whose code is about to be sent.
  ///
  /// - Throws: ``AuthError`` with code `system` if that cannot be written down.
  func take(through window: Int64, of totp: TOTP) throws(AuthError) {
    try change { entries in
      let last = entries.windows[totp.period] ?? window
      entries.windows[totp.period] = last - window < Self.furthest ? max(last, window) : window
    }
  }

  /// Takes a code that came from elsewhere.
  ///
  /// - Returns: `false` if it was taken before.
  /// - Throws: ``AuthError`` with code `system` if that cannot be written down.
  func take(_ code: Secret) throws(AuthError) -> Bool {
    try change { entries in
      guard !isKnown(code, entries) else { return false }
      let salt = Hex.lowercase(effects.randomBytes(16))
      entries.codes.append(
        (time: effects.now().secondsSince1970, salt: salt, hash: Self.hash(salt, code)))
      return true
    }
  }

  /// Whether a code was taken.
  func isTaken(_ code: Secret) -> Bool {
    guard let entries = try? read() else { return false }
    return isKnown(code, entries)
  }

  // MARK: The file

  private var path: String { "\(paths.usedCodesDirectory)/\(FileName.encode(device))" }

  /// The lock under which a program makes a code of the device: a YubiKey talks to one at a time.
  var programLock: String { path + ".program.lock" }

  private func change<Result>(
    _ body: (inout Entries) -> Result
  ) throws(AuthError) -> Result {
    try FileLock.withLock(path + ".lock") { () throws(AuthError) in
      var entries = try read()
      let result = body(&entries)
      try write(entries)
      return result
    }
  }

  private func read() throws(AuthError) -> Entries {
    var entries = Entries()
    guard let bytes = try FileSystem.readFile("\(path).used", limit: 1 << 16) else {
      return entries
    }
    let oldest = effects.now().secondsSince1970 - Self.memory
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 3, words[0] == "window", let period = Int64(words[1]),
        let number = Int64(words[2])
      {
        entries.windows[period] = number
      } else if words.count == 4, words[0] == "code", let time = Int64(words[1]),
        time >= oldest
      {
        entries.codes.append((time, String(words[2]), String(words[3])))
      }
    }
    return entries
  }

  private func write(_ entries: Entries) throws(AuthError) {
    let windows = entries.windows.sorted { $0.key < $1.key }.map {
      "window \($0.key) \($0.value)\n"
    }
    let codes = entries.codes.map { "code \($0.time) \($0.salt) \($0.hash)\n" }
    try FileSystem.writeAtomically("\(path).used", (windows + codes).joined().utf8)
  }

  private func isKnown(_ code: Secret, _ entries: Entries) -> Bool {
    entries.codes.contains { Self.hash($0.salt, code) == $0.hash }
  }

  private static func hash(_ salt: String, _ code: Secret) -> String {
    var hash = SHA256()
    hash.update(data: Array(salt.utf8))
    code.withBytes { hash.update(bufferPointer: $0) }
    return Hex.lowercase(hash.finalize())
  }
}
