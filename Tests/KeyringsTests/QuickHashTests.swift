import CShims
import Crypto
import Foundation
import Testing

@Suite struct QuickHashTests {
  @Test(arguments: [0, 1, 20, 55, 56, 63, 64, 65, 119, 128, 1000, 4096])
  func `the hash for quick moments is that of swift-crypto`(count: Int) {
    for keyCount in [0, 1, 16, 32, 63, 64, 65, 131] {
      let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) }
      let key = (0..<keyCount).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ 5) }
      var code = [UInt8](repeating: 0, count: 32)
      atmos_hmac_sha256(key, key.count, message, message.count, &code)
      let expected = HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key))
      #expect(code == Array(expected))
    }
  }
}
