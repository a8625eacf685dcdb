public import Core
public import Model

/// The keyring's entry with the seed of one device.
///
/// It is called `atmos-auth_totp_` and the device's ARN or serial number; devices are the same in
/// every realm. Its value is an `otpauth://` address, so a program that makes codes from such
/// addresses, such as `pass otp`, can use the entry of a keyring that it knows. No entry of atmos
/// has such a name; those begin with `atmos_`.
public struct StoredSeed: Sendable {
  /// The ARN or serial number.
  public let device: String
  private let keyring: any Keyring

  private static let prefix = "atmos-auth_totp_"

  /// The entry of `device` in `keyring`; nothing is read yet.
  public init(of device: String, in keyring: any Keyring) {
    self.device = device
    self.keyring = keyring
  }

  /// The name of the entry.
  public var entryName: String { Self.prefix + device }

  /// The device that an entry has the seed of; `nil` for another entry.
  public static func device(ofEntry name: String) -> String? {
    name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
  }

  /// The devices whose seeds a keyring has, sorted; `nil` where it cannot list.
  ///
  /// - Throws: ``AuthError`` as the keyring's list does.
  public static func devices(in keyring: any Keyring) async throws(AuthError) -> [String]? {
    try await keyring.keys()?.compactMap(device(ofEntry:))
  }

  /// The device, or `nil` if there is no entry.
  ///
  /// - Throws: ``AuthError``: `badConfiguration` if the entry is damaged, else as the keyring does.
  public func read() async throws(AuthError) -> TOTP? {
    guard let text = try await keyring.read(entryName) else { return nil }
    do {
      return try TOTP(text: text)
    } catch {
      throw AuthError(
        .badConfiguration,
        "the keyring's entry with the seed of \(DisplayText.sanitized(device)) is damaged",
        hints: ["store it again with `\(command)`"],
        cause: error)
    }
  }

  private var command: String {
    ShellQuoting.typed(command: ["atmos-auth", "mfa", "add", "--device", device])
  }

  /// Stores the device, replacing what was there.
  ///
  /// - Throws: ``AuthError`` as the keyring does.
  public func write(_ totp: TOTP) async throws(AuthError) {
    try await keyring.write(totp.address(label: device), entryName)
  }

  /// Removes the entry.
  ///
  /// - Returns: Whether there was one.
  /// - Throws: ``AuthError`` as the keyring does.
  @discardableResult
  public func remove() async throws(AuthError) -> Bool {
    try await keyring.remove(entryName)
  }
}

extension StoredSeed {
  /// Whether the keyring seems to have the entry.
  ///
  /// It is not opened, so nobody is asked for a password. A keyring that cannot tell has none.
  var mayExist: Bool {
    get async {
      guard let keys = try? await keyring.keys() else { return false }
      return keys.contains(entryName)
    }
  }
}
