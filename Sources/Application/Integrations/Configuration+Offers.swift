import AuthConfiguration
import Core

extension Configuration {
  /// Whether integrations that a checkout adds to an identity of the person's own may be set up.
  ///
  /// The identity is used without them in any case; see docs/trust.md.
  func allowsOffers(of record: IdentityRecord) throws(AuthError) -> Bool {
    guard !record.offers.isEmpty else { return true }
    return try allowsOffers(catalog().trust(for: record), [record.name.lowercased()])
  }

  /// The same of a provider.
  func allowsOffers(of record: ProviderRecord) throws(AuthError) -> Bool {
    guard !record.offers.isEmpty else { return true }
    return try allowsOffers(
      catalog().trust(for: record), [NameGrants.name(ofProvider: record.name)])
  }

  private func allowsOffers(
    _ trust: TrustDescription, _ names: [String]
  ) throws(AuthError) -> Bool {
    switch try decisionOnCheckout(trust, names: names) {
    case .use, .useInJob: true
    case .ask, .refuseFile, .refuseUnknown: false
    }
  }

  /// What the integrations of an identity set, as far as they may be set up.
  func integrationEnvironment(
    of record: IdentityRecord
  ) throws(AuthError) -> [(name: String, value: String)] {
    guard !record.offeredEnvironment.isEmpty, try allowsOffers(of: record) else {
      return record.integrationEnvironment
    }
    return record.integrationEnvironment + record.offeredEnvironment
  }
}
