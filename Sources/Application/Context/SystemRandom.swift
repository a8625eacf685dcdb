/// Random bytes of the operating system.
enum SystemRandom {
  /// `count` bytes; Swift's generator asks `getrandom` on Linux and `arc4random_buf` on macOS.
  static func bytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
