import Core
public import Model

/// What the definition of an `aws/user` says about looking after the user's keys and devices.
public struct UserSettings: Sendable {
  /// The identity's name.
  public var name: String
  /// Where the definition gives the access keys itself; `nil` when the keyring has them.
  public var keysMark: SourceMark?
  /// How the definition writes the access key id, such as `!env AWS_KEY`; `nil` when it does not, or
  /// writes it as text.
  public var keysExpression: String?
  /// The access keys that the definition gives.
  var configuredKeys: AWSKeys?
  /// The MFA device that the definition names; it beats one that is stored with the keys.
  public var mfaARN: String?
  /// Where it does.
  public var mfaMark: SourceMark?
  /// The region whose STS is called.
  var region: String?
  /// Whether a user without keys signs in in a browser.
  var signsInInBrowser: Bool
  /// Whether such a login is kept where the AWS CLI keeps those of `aws login`.
  var keepsForCLI: Bool
  /// The address of STS, where the definition gives one; that of IAM is not its business.
  var endpointURL: String?

  /// What the source of an identity was made from; `nil` for one of another kind.
  public init?(_ source: any CredentialSource) {
    guard let user = source as? AWSUserSource else { return nil }
    self = user.settings
  }

  init(_ definition: Definition) {
    name = definition.name
    // A variable that is not set gives an empty text, which counts as missing as it does at login.
    if let id = definition.text("credentials", "access_key_id"),
      let secret = definition.text("credentials", "secret_access_key")
    {
      configuredKeys = AWSKeys(
        accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: nil, origin: .longLived)
      keysMark = definition.place("credentials", "access_key_id")
    }
    keysExpression = definition.node["credentials", "access_key_id"]?.expression
    mfaARN = definition.text("credentials", "mfa_arn")
    mfaMark = mfaARN == nil ? nil : definition.place("credentials", "mfa_arn")
    region = definition.text("credentials", "region")
    signsInInBrowser = definition.node["credentials", "webflow_enabled"]?.bool ?? true
    keepsForCLI = definition.text("spec", "store") == "aws-cli"
    endpointURL = definition.endpointURL
  }

  /// The region whose STS is called with `keys`, as at login.
  func region(for keys: StoredKeys?) -> String {
    let partition = (mfaARN ?? keys?.mfaARN).flatMap(Partition.ofARN) ?? .commercial
    return region ?? keys?.region ?? partition.defaultRegion
  }
}
