extension Chain {
  /// The bytes whose SHA-256 tells one chain's sessions from another's: the realm and
  /// ``description(through:)``, each line with its length before it, so that no value can pass for
  /// two lines.
  ///
  /// What is remembered under a digest is used only while the chain up to that link would still do
  /// the same things. A key that a cloud refuses to mix up (role, serial, duration, tags, endpoint)
  /// is a trait of its link, so it is in here.
  public func digestInput(through index: Int) -> [UInt8] {
    var bytes = Array("atmos-auth session 1\n".utf8)
    for line in [realm] + description(through: index) {
      bytes += "\(line.utf8.count):".utf8
      bytes += line.utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}
