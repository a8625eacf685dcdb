/// Names of keyring entries that are not an identity's or provider's.
public enum KeyringEntry {
  /// The key that sessions are sealed with.
  ///
  /// No entry of atmos can have this name, since those
  /// begin with `atmos_`.
  public static let sessionKey = "atmos-auth_session-key"

  /// What is known of a rotation of an identity's access keys that has not ended yet; it may hold
  /// the secret of the new one.
  public static func rotation(realm: String, name: String) -> String {
    "atmos-auth_rotation_\(place(realm, name))"
  }

  /// The MFA device that is being made for an identity.
  public static func registration(realm: String, name: String) -> String {
    "atmos-auth_registration_\(place(realm, name))"
  }

  private static func place(_ realm: String, _ name: String) -> String {
    realm.isEmpty ? name : "\(realm)_\(name)"
  }
}
