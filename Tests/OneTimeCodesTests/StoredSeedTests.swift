import Core
import Keyrings
import Model
import Testing

@testable import OneTimeCodes

@Suite struct StoredSeedTests {
  private let device = "arn:aws:iam::123456789012:mfa/jane"
  private let keyring = MemoryKeyring()

  @Test func `a stored device comes back, and its entry is an otpauth address`() async throws {
    let totp = TOTP(seed: Secret("12345678901234567890"))
    let entry = StoredSeed(of: device, in: keyring)
    #expect(try await entry.read() == nil)
    try await entry.write(totp)
    #expect(try await entry.read() == totp)
    #expect(await keyring.keys() == ["atmos-auth_totp_\(device)"])
    #expect(
      await keyring.read("atmos-auth_totp_\(device)")?.revealed()
        == "otpauth://totp/arn:aws:iam::123456789012:mfa/jane"
        + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30")
    #expect(try await entry.remove())
    #expect(try await entry.remove() == false)
    #expect(try await entry.read() == nil)
  }

  @Test func `devices are listed without other entries`() async throws {
    let totp = TOTP(seed: Secret("12345678901234567890"))
    for device in ["b", "a"] { try await StoredSeed(of: device, in: keyring).write(totp) }
    try await keyring.write(Secret("x"), "atmos_totp_c")
    try await keyring.write(Secret("x"), KeyringEntry.sessionKey)
    #expect(try await StoredSeed.devices(in: keyring) == ["a", "b"])
  }

  @Test func `a damaged entry is named, its content is not`() async throws {
    let entry = StoredSeed(of: device, in: keyring)
    try await keyring.write(Secret("GEZDGNBV!"), entry.entryName)
    let error = try await #require(throws: AuthError.self) { try await entry.read() }
    #expect(error.code == .badConfiguration)
    #expect(error.message.contains(device))
    #expect(error.report.contains("atmos-auth mfa add --device \(device)"))
    #expect(!error.report.contains("GEZD"))
  }
}
