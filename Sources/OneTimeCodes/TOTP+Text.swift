public import Core

extension TOTP {
  /// RFC 4226 asks for 16 bytes; services give as little as ten.
  private static let shortest = 10
  private static let scheme = Array("otpauth://".utf8)

  /// Reads what a service shows to whoever adds a device: the `otpauth://` address that is in its
  /// QR code, also with other words around it, as QR readers print it; or the seed alone, in base32.
  ///
  /// Source of the address: https://github.com/google/google-authenticator/wiki/Key-Uri-Format.
  ///
  /// - Throws: ``AuthError`` with code `usage`; no part of the text is in it.
  public init(text: Secret) throws(AuthError) {
    var bytes = text.withBytes { Array($0) }
    defer { bytes.wipe() }
    guard !bytes.allSatisfy(Self.isBlank) else { throw Self.fault("nothing was given") }
    guard !Self.holds(bytes, Array("otpauth-migration:".utf8)) else {
      throw Self.fault("this is an authenticator app's export of several accounts")
        .hint("give the one account's QR code or seed, as its service shows it")
    }
    guard let start = Self.position(of: Self.scheme, in: bytes[...]) else {
      self.init(seed: try Self.seed(bytes))
      return
    }
    let rest = bytes[(start + Self.scheme.count)...]
    guard Self.position(of: Self.scheme, in: rest) == nil else {
      throw Self.fault("there are several otpauth addresses")
    }
    let address = rest.prefix { !Self.isBlank($0) && $0 != UInt8(ascii: "#") }
    try self.init(address: address)
  }

  /// The address that is stored, and that authenticator apps read as a QR code.
  ///
  /// - Parameter label: What an app is to call it.
  /// - Returns: The address, with the seed in it.
  public func address(label: String) -> Secret {
    var text = seed.withBytes { Base32.encode($0) }
    defer { text.wipe() }
    let name = Percent.encode(label)
    return Secret(
      "otpauth://totp/\(name)?secret=\(String(decoding: text, as: UTF8.self))"
        + "&algorithm=\(algorithm.rawValue)&digits=\(digits)&period=\(period)")
  }

  /// Reads what follows `otpauth://`.
  private init(address: ArraySlice<UInt8>) throws(AuthError) {
    let type = address.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    guard Self.isEqual(type, "totp") else {
      throw Self.isEqual(type, "hotp")
        ? Self.fault("this device counts instead of using the time (HOTP), which AWS does not know")
        : Self.fault("this is not the address of a device that uses the time (TOTP)")
    }
    let query = address.drop { $0 != UInt8(ascii: "?") }.dropFirst()
    var seed: Secret?
    var algorithm = Algorithm.sha1
    var digits = 6
    var period: Int64 = 30
    for parameter in query.split(separator: UInt8(ascii: "&")) {
      let name = parameter.prefix { $0 != UInt8(ascii: "=") }
      guard let value = Percent.decode(parameter.dropFirst(name.count + 1)) else {
        throw Self.fault("the otpauth address is damaged")
      }
      if Self.isEqual(name, "secret") {
        // A `+` is a blank where the address was encoded as a form.
        seed = try Self.seed(Array(value.replacing("+", with: " ").utf8))
      } else if Self.isEqual(name, "algorithm") {
        let plain = value.uppercased().replacing("-", with: "").replacing("HMAC", with: "")
        guard let known = Algorithm(rawValue: plain) else {
          throw Self.fault(
            "the otpauth address asks for a hash other than SHA1, SHA256 and SHA512")
        }
        algorithm = known
      } else if Self.isEqual(name, "digits") {
        guard let number = Int(value), Self.digitRange.contains(number) else {
          throw Self.fault("the otpauth address asks for codes of other than 6 to 8 digits")
        }
        digits = number
      } else if Self.isEqual(name, "period") {
        guard let number = Int64(value), Self.periodRange.contains(number) else {
          throw Self.fault("the otpauth address asks for a period of other than 1 to 3600 seconds")
        }
        period = number
      }
    }
    guard let seed else { throw Self.fault("the otpauth address has no `secret`") }
    self.init(seed: seed, algorithm: algorithm, digits: digits, period: period)
  }

  private static func seed(_ text: [UInt8]) throws(AuthError) -> Secret {
    var bytes: [UInt8]
    do {
      bytes = try Base32.decode(text)
    } catch {
      throw switch error {
      case .character(let number):
        fault("character \(number) of the seed is none of A to Z and 2 to 7")
      case .length: fault("a part of the seed is missing: no seed has so many characters")
      }
    }
    defer { bytes.wipe() }
    guard bytes.count >= shortest else {
      throw fault("a part of the seed is missing: it has at least 16 characters")
    }
    return Secret(bytes)
  }

  private static func fault(_ what: String) -> AuthError {
    AuthError(
      .usage, "cannot read the device's seed: \(what)",
      hints: [
        "give the `otpauth://totp/…` address of its QR code, or the seed in letters and digits"
      ])
  }
}

// MARK: - Bytes

extension TOTP {
  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isEqual(_ bytes: ArraySlice<UInt8>, _ text: String) -> Bool {
    bytes.map(lowercased).elementsEqual(text.utf8)
  }

  private static func holds(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
    position(of: part, in: bytes[...]) != nil
  }

  /// Where `part`, in lower case, begins in `bytes`, whose case does not count.
  private static func position(of part: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.count >= part.count else { return nil }
    return (bytes.startIndex...bytes.endIndex - part.count).first { start in
      bytes[start..<start + part.count].lazy.map(lowercased).elementsEqual(part)
    }
  }
}
