import Core
import Model
import Testing

@testable import OneTimeCodes

private let seedText = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

private func totp(_ text: String) throws -> TOTP { try TOTP(text: Secret(text)) }

private func code(_ totp: TOTP, _ seconds: Int64) -> String {
  totp.code(ofWindow: totp.window(at: Instant(secondsSince1970: seconds))).revealed()
}

@Suite struct TOTPTests {
  // RFC 6238, appendix B; the seeds are as long as the hash.
  @Test(arguments: [
    (59, "94287082", "46119246", "90693936"),
    (1_111_111_109, "07081804", "68084774", "25091201"),
    (1_111_111_111, "14050471", "67062674", "99943326"),
    (1_234_567_890, "89005924", "91819424", "93441116"),
    (2_000_000_000, "69279037", "90698825", "38618901"),
    (20_000_000_000, "65353130", "77737706", "47863826"),
  ])
  func `codes are those of RFC 6238`(
    seconds: Int64, sha1: String, sha256: String, sha512: String
  ) {
    func seed(_ count: Int) -> Secret {
      Secret((0..<count).map { UInt8(ascii: "0") + UInt8(($0 + 1) % 10) })
    }
    let devices = [
      TOTP(seed: seed(20), algorithm: .sha1, digits: 8),
      TOTP(seed: seed(32), algorithm: .sha256, digits: 8),
      TOTP(seed: seed(64), algorithm: .sha512, digits: 8),
    ]
    #expect(devices.map { code($0, seconds) } == [sha1, sha256, sha512])
    #expect(code(TOTP(seed: seed(20)), seconds) == String(sha1.suffix(6)))
  }

  @Test(arguments: [
    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq gezd gnbv gy3t qojq\n",
    "GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ====",
    "otpauth://totp/Amazon%20Web%20Services:jane@123?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=AWS",
    "QR-Code:OTPAUTH://TOTP/x?SECRET=gezdgnbvgy3tqojqgezdgnbvgy3tqojq%3D&digits=6&period=30\n",
    "otpauth://totp/?algorithm=HmacSHA1&secret=gezd+gnbv+gy3t+qojq+gezd+gnbv+gy3t+qojq#x",
  ])
  func `seeds are read as services show them`(text: String) throws {
    #expect(try totp(text) == TOTP(seed: Secret("12345678901234567890")))
  }

  @Test func `an address says hash, digits and period`() throws {
    let device = try totp(
      "otpauth://totp/x?secret=\(seedText)&algorithm=SHA-512&digits=8&period=60")
    #expect((device.algorithm, device.digits, device.period) == (.sha512, 8, 60))
    #expect(device.window(at: Instant(secondsSince1970: 119)) == 1)
    #expect(device.start(ofWindow: 2) == Instant(secondsSince1970: 120))
  }

  @Test(arguments: [
    ("", "nothing was given"),
    (" \n", "nothing was given"),
    ("GEZDGNBVGY3TQOJ1GEZDGNBVGY3TQOJQ", "character 16 of the seed"),
    ("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ", ""),
    ("GEZDGNBVGY3TQOJQG", "no seed has so many characters"),
    ("GEZDGNBVGY3TQO", "no seed has so many characters"),
    ("GEZDGNBVGY3TQ", "at least 16 characters"),
    ("otpauth://hotp/x?secret=\(seedText)&counter=1", "(HOTP)"),
    ("otpauth://steam/x?secret=\(seedText)", "(TOTP)"),
    ("otpauth://totp/x?issuer=AWS", "no `secret`"),
    ("otpauth://totp/x?secret=", "at least 16 characters"),
    ("otpauth://totp/x?secret=%zz", "damaged"),
    ("otpauth://totp/x?secret=\(seedText)&algorithm=MD5", "other than SHA1"),
    ("otpauth://totp/x?secret=\(seedText)&digits=5", "6 to 8 digits"),
    ("otpauth://totp/x?secret=\(seedText)&digits=9", "6 to 8 digits"),
    ("otpauth://totp/x?secret=\(seedText)&period=0", "1 to 3600"),
    ("otpauth://totp/x?secret=\(seedText)&period=-30", "1 to 3600"),
    ("otpauth-migration://offline?data=\(seedText)", "export of several"),
    ("otpauth://totp/x?secret=\(seedText) otpauth://totp/y?secret=\(seedText)", "several"),
  ])
  func `what is no seed is told without its text`(text: String, words: String) throws {
    // 31 characters are a seed of 19 bytes: nothing is wrong with that one.
    if words.isEmpty { return #expect(try totp(text).seed.count == 19) }
    let error = #expect(throws: AuthError.self) { try totp(text) }
    let report = try #require(error).report
    #expect(report.contains(words))
    #expect(!report.lowercased().contains("gezd"))
    #expect(error?.code == .usage)
  }

  @Test(arguments: [
    TOTP(seed: Secret("12345678901234567890")),
    TOTP(seed: Secret("1234567890123"), algorithm: .sha256, digits: 7, period: 2),
  ])
  func `an address reads back as what it was made from`(device: TOTP) throws {
    let address = device.address(label: "arn:aws:iam::123456789012:mfa/jane & co?#")
    #expect(try TOTP(text: address) == device)
  }

  @Test func `neither a device nor its codes are shown`() throws {
    let device = try totp(seedText)
    var text = "\(device) \(device.code(ofWindow: 1)) \(String(reflecting: device))"
    dump(device, to: &text)
    #expect(!text.contains("287082") && !text.contains("12345678901234567890"))
    #expect(text.contains("<secret>"))
  }
}
