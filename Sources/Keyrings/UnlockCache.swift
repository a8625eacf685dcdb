internal import CShims
internal import Core

/// One opened keyring entry, remembered in the Linux kernel for the user's other processes.
///
/// Opening a file keyring's entry costs 10 ms of PBKDF2, more than a cached `credential-process`
/// may take in all, and a password that was typed would be asked for by every process. So the
/// session key, and nothing else, stays in the user's kernel keyring for a while: in memory that is
/// never written to disk, readable by the user's processes only. The file it came from is remembered
/// with it, so that another file, or the same entry written again, is opened properly. Of a system
/// keyring, which takes 20 ms to answer, the name is.
///
/// Where the kernel has no such store or forbids it (macOS, most containers) nothing is remembered
/// and nothing is said.
struct UnlockCache: Sendable {
  /// How long an entry stays, in seconds; 0 remembers nothing.
  var seconds: UInt32
  /// The time.
  var now: @Sendable () -> Instant
  /// Bytes from the system's generator.
  var randomBytes: @Sendable (Int) -> [UInt8]

  /// What a key holds: whether there is a verifier, a salt, a verifier; when it ends, in seconds
  /// since 1970; how many bytes the file has, the file; the content.
  private static let saltCount = 16
  private static let verifierCount = 32
  private static let endCount = 8
  private static let headCount = 1 + saltCount + verifierCount + endCount + 2
  /// What the names of all keys begin with.
  ///
  /// The number is that of the form above.
  static let prefix = "atmos-auth-2:"
  /// The most bytes of a key; the session key's file has 500.
  private static let capacity = 4096

  /// The content of the entry whose file holds `sealed`.
  ///
  /// `password` is the one in the environment, if one is set. A wrong one must not seem right only
  /// because the kernel still knows the content.
  ///
  /// - Returns: The content, or `nil` if it has to be opened.
  func content(of sealed: [UInt8], password: Secret?) -> Secret? {
    lookup(sealed, password)?.content
  }

  /// When the content of the entry whose file holds `sealed` is forgotten; `nil` if it is not known.
  func end(of sealed: [UInt8], password: Secret?) -> Instant? {
    lookup(sealed, password)?.end
  }

  private struct Found {
    var content: Secret
    var end: Instant
  }

  private func lookup(_ sealed: [UInt8], _ password: Secret?) -> Found? {
    guard seconds > 0 else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: Self.capacity, alignment: 1) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      defer { atmos_wipe(base, buffer.count) }
      let count = Int(atmos_key_get(Self.description(of: sealed), base, buffer.count))
      let start = Self.headCount + sealed.count
      guard start...buffer.count ~= count else { return nil }
      // Slices of raw buffers are types that the runtime would first have to look up by name,
      // which takes longer than all the rest.
      func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
      }
      guard Int(buffer[Self.headCount - 2]) << 8 | Int(buffer[Self.headCount - 1]) == sealed.count,
        sealed.withUnsafeBytes({ Self.isEqual($0, part(Self.headCount..<start)) })
      else { return nil }
      if let password {
        guard buffer[0] == 1 else { return nil }
        let salt = part(1..<1 + Self.saltCount)
        let verifier = Secret(
          part(1 + Self.saltCount..<1 + Self.saltCount + Self.verifierCount))
        guard Secret(Self.verifier(of: password, salt: salt)) == verifier else { return nil }
      }
      var end: UInt64 = 0
      for byte in part(Self.headCount - 2 - Self.endCount..<Self.headCount - 2) {
        end = end << 8 | UInt64(byte)
      }
      return Found(
        content: Secret(part(start..<count)),
        end: Instant(secondsSince1970: Int64(bitPattern: end)))
    }
  }

  /// Remembers the content of the entry whose file holds `sealed`.
  ///
  /// `password` is the one in the environment, if one is set. One that was typed is not given:
  /// anything to check it by quickly would also help to guess it.
  func remember(_ content: Secret, of sealed: [UInt8], password: Secret?) {
    guard seconds > 0, content.count + sealed.count <= Self.capacity - Self.headCount else {
      return
    }
    let salt = randomBytes(Self.saltCount)
    let verifier = password.map { password in
      salt.withUnsafeBytes { Self.verifier(of: password, salt: $0) }
    }
    var payload: [UInt8] = []
    // No growth, so that no copy with the content in it is left behind unwiped.
    payload.reserveCapacity(Self.capacity)
    payload.append(verifier == nil ? 0 : 1)
    payload += salt
    payload += verifier ?? [UInt8](repeating: 0, count: Self.verifierCount)
    let end = UInt64(bitPattern: now().secondsSince1970 + Int64(seconds))
    for index in 0..<Self.endCount { payload.append(UInt8(end >> (56 - 8 * UInt64(index)) & 255)) }
    payload += [UInt8(sealed.count >> 8), UInt8(sealed.count & 255)]
    payload += sealed
    content.withBytes { payload += $0 }
    payload.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      _ = atmos_key_put(Self.description(of: sealed), base, bytes.count, seconds)
      atmos_wipe(base, bytes.count)
    }
  }

  /// Forgets the content of the entry whose file holds `sealed`.
  func forget(_ sealed: [UInt8]) {
    _ = atmos_key_remove(Self.description(of: sealed))
  }

  /// Forgets all that the kernel remembers for this user, of every keyring.
  ///
  /// - Returns: How much that was; `nil` where the kernel remembers nothing.
  static func forgetAll() -> Int? {
    let count = atmos_key_remove_all("atmos-auth")
    return count < 0 ? nil : Int(count)
  }

  /// The key's name: the end of the file, which is random and changes with every writing.
  private static func description(of sealed: [UInt8]) -> String {
    let end = sealed.suffix(32).filter { $0 > 0x20 && $0 < 0x7f }
    return prefix + String(decoding: end, as: UTF8.self)
  }

  private static func verifier(of password: Secret, salt: UnsafeRawBufferPointer) -> [UInt8] {
    password.withBytes { bytes in
      [UInt8](unsafeUninitializedCapacity: verifierCount) { buffer, count in
        guard let code = buffer.baseAddress else { return }
        atmos_hmac_sha256(salt.baseAddress, salt.count, bytes.baseAddress, bytes.count, code)
        count = verifierCount
      }
    }
  }

  private static func isEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left[index] != right[index] { return false }
    return true
  }
}
