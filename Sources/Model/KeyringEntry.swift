/// Names of keyring entries that are not an identity's or provider's.
public enum KeyringEntry {
  /// The key that sessions are sealed with.
  ///
  /// No entry of atmos can have this name, since those
  /// begin with `atmos_`.
  public static let sessionKey = "atmos-auth_session-key"
}
