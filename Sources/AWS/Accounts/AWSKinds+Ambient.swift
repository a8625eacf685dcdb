public import Core
public import Model

extension AWSKinds {
  /// What finds the credential that the surroundings offer, without an identity that says so.
  ///
  /// - Throws: ``AuthError``, which does not happen.
  public static func ambientSource() throws(AuthError) -> any CredentialSource {
    let place = SourceMark(file: "assume", line: 1, column: 1)
    let kind = ConfigNode(.scalar(Kind.awsAmbient.name, isQuoted: true), mark: place)
    return AWSAmbientSource(
      Definition(
        name: "the surroundings", section: .identity, kind: Kind.awsAmbient.name,
        node: ConfigNode(.mapping([.init(key: "kind", mark: place, value: kind)]), mark: place),
        mark: place))
  }
}
