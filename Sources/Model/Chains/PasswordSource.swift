/// A login that may take a password from the keyring.
public protocol PasswordSource: CredentialSource {
  /// The user whose password it is; `nil` where the definition does not say.
  var passwordUser: String? { get }
  /// Where the definition gives a password itself, which is used then.
  var givenPassword: SourceMark? { get }
}
