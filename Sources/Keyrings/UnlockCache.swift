internal import CShims
internal import Core
internal import Crypto

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// One opened keyring entry, remembered in the Linux kernel for the user's other processes.
///
/// Opening a file keyring's entry costs 10 ms of PBKDF2, more than a cached `credential-process`
/// may take in all, and a password that was typed would be asked for by every process. So the
/// session key, and nothing else, stays in the user's kernel keyring for a while: in memory that is
/// never written to disk, readable by the user's processes only. It is found by the digest of the
/// file it came from, so that another file, or the same entry written anew, is opened properly.
///
/// Where the kernel has no such store or forbids it (macOS, most containers) nothing is remembered
/// and nothing is said.
struct UnlockCache: Sendable {
  /// How long an entry stays, in seconds; 0 remembers nothing.
  var seconds: UInt32
  /// Bytes from the system's generator.
  var randomBytes: @Sendable (Int) -> [UInt8]

  private static let version: UInt8 = 1
  private static let headCount = 1 + 1 + 16 + 32
  private static let capacity = 1024

  /// The content of the entry whose file holds `sealed`.
  ///
  /// `password` is the one in the environment, if one is set. A wrong one must not seem right only
  /// because the kernel still knows the content.
  ///
  /// - Returns: The content, or `nil` if it has to be opened.
  func content(of sealed: [UInt8], password: Secret?) -> Secret? {
    guard seconds > 0 else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: Self.capacity, alignment: 1) { buffer in
      guard let base = buffer.baseAddress else { return nil }
      defer { atmos_wipe(base, buffer.count) }
      let count = Int(atmos_key_get(Self.description(of: sealed), base, buffer.count))
      guard Self.headCount...buffer.count ~= count, buffer[0] == Self.version else { return nil }
      if let password {
        guard buffer[1] == 1 else { return nil }
        let verifier = Self.verifier(of: password, salt: Array(buffer[2..<18]))
        guard Secret(verifier) == Secret(buffer[18..<50]) else { return nil }
      }
      return Secret(buffer[Self.headCount..<count])
    }
  }

  /// Remembers the content of the entry whose file holds `sealed`.
  ///
  /// `password` is the one in the environment, if one is set. One that was typed is not given:
  /// anything to check it by quickly would also help to guess it.
  func remember(_ content: Secret, of sealed: [UInt8], password: Secret?) {
    guard seconds > 0, content.count <= Self.capacity - Self.headCount else { return }
    let salt = randomBytes(16)
    var payload = [Self.version, password == nil ? 0 : 1] + salt
    payload +=
      password.map { Self.verifier(of: $0, salt: salt) } ?? [UInt8](repeating: 0, count: 32)
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

  private static func description(of sealed: [UInt8]) -> String {
    var digits: [UInt8] = []
    for byte in SHA256.hash(data: sealed) {
      for value in [byte >> 4, byte & 15] {
        digits.append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10)
      }
    }
    return "atmos-auth:" + String(decoding: digits, as: UTF8.self)
  }

  private static func verifier(of password: Secret, salt: [UInt8]) -> [UInt8] {
    password.withBytes { bytes in
      Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: salt)))
    }
  }
}
