public import Core
import Model
import XML

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension IAMClient {
  /// `CreateVirtualMFADevice`: the only answer that ever shows the seed, in base32.
  ///
  /// It is not sent again when an answer is lost: the device would be there, and its seed lost.
  func createDevice(
    named name: String, signedWith keys: AWSKeys
  ) async throws(CallFailure) -> (serial: String, seed: Secret) {
    let result = try await result(
      "CreateVirtualMFADevice", [(name: "VirtualMFADeviceName", value: name)], signedWith: keys,
      isRepeatable: false)
    // Blobs are in base64 on the wire; this one has base32 in it.
    guard let device = result["VirtualMFADevice"], let serial = device.trimmedText("SerialNumber"),
      let blob = device.trimmedText("Base32StringSeed").flatMap({ Data(base64Encoded: $0) }),
      !blob.isEmpty
    else { throw .unreadable(status: 200) }
    return (DisplayText.sanitized(serial), Secret(blob))
  }

  /// `EnableMFADevice` with two codes that follow one another.
  func enableDevice(
    _ serial: String, of user: String, codes: CodePair, signedWith keys: AWSKeys
  ) async throws(CallFailure) {
    try await call(
      "EnableMFADevice",
      [
        (name: "UserName", value: user), (name: "SerialNumber", value: serial),
        (name: "AuthenticationCode1", value: codes.first.revealed()),
        (name: "AuthenticationCode2", value: codes.second.revealed()),
      ], signedWith: keys)
  }

  /// `ListMFADevices`: the serial numbers and ARNs of a user's devices; there are eight at most.
  func devices(of user: String, signedWith keys: AWSKeys) async throws(CallFailure) -> [String] {
    let result = try await result(
      "ListMFADevices", [(name: "UserName", value: user)], signedWith: keys)
    return result.members(of: "MFADevices").compactMap { $0.trimmedText("SerialNumber") }
      .map { DisplayText.sanitized($0) }
  }

  /// `DeactivateMFADevice`: its codes are no longer asked for.
  func deactivateDevice(
    _ serial: String, of user: String, signedWith keys: AWSKeys
  ) async throws(CallFailure) {
    try await call(
      "DeactivateMFADevice",
      [(name: "UserName", value: user), (name: "SerialNumber", value: serial)], signedWith: keys)
  }

  /// `DeleteVirtualMFADevice`, which takes devices that are nobody's only.
  func deleteDevice(_ serial: String, signedWith keys: AWSKeys) async throws(CallFailure) {
    try await call(
      "DeleteVirtualMFADevice", [(name: "SerialNumber", value: serial)], signedWith: keys)
  }
}

/// Two one-time codes that follow one another.
public struct CodePair: Sendable, Equatable {
  /// The code of the window before.
  public var first: Secret
  /// The code of the window that it is now.
  public var second: Secret
  /// When there are two codes that neither of these is.
  public var freshAt: Instant

  /// Creates a pair.
  public init(first: Secret, second: Secret, freshAt: Instant) {
    self.first = first
    self.second = second
    self.freshAt = freshAt
  }
}

/// Where the seeds of MFA devices are kept, and what makes codes of them.
public protocol DeviceSeeds {
  /// Keeps a seed that nobody else has, given in base32, and makes sure that it can be read again.
  func keep(_ seed: Secret, of device: String) async throws(AuthError)

  /// The code of the window that it is at `now`, and the one before; `nil` without a seed.
  ///
  /// Both are codes that a person could have typed by now, so nothing has to be waited for.
  func codes(of device: String, at now: Instant) async throws(AuthError) -> CodePair?

  /// Gives a seed up; one that is not there is not an error.
  func forget(_ device: String) async throws(AuthError)
}
