/// Names of keyring entries.
public enum KeyringEntry {
  /// The key that sessions are sealed with.
  ///
  /// No entry of atmos can have this name, since those begin with `atmos_`.
  public static let sessionKey = "atmos-auth_session-key"

  /// What is known of a rotation of an identity's access keys that has not ended yet; it may hold
  /// the secret of the new one.
  public static func rotation(realm: String, name: String) -> String {
    "atmos-auth_rotation_\(place(realm, name))"
  }

  /// The password of a user at a provider's sign-in page.
  public static func password(realm: String, provider: String) -> String {
    "atmos-auth_password_\(place(realm, provider))"
  }

  /// The MFA device that is being made for an identity.
  public static func registration(realm: String, name: String) -> String {
    "atmos-auth_registration_\(place(realm, name))"
  }

  /// The name of the entry of an identity or provider.
  ///
  /// It is `atmos_<realm>_<name>`, or `atmos_<name>` without a realm; nothing is escaped, as in
  /// atmos.
  public static func stored(realm: String, name: String) -> String {
    realm.isEmpty ? "atmos_\(name)" : "atmos_\(realm)_\(name)"
  }

  private static func place(_ realm: String, _ name: String) -> String {
    realm.isEmpty ? name : "\(realm)_\(name)"
  }
}
