public import Core

/// One link of a chain: turns the credential of the link before it into its own.
///
/// Conforming types hold configuration only. What they learn, they return; remembering it is the
/// business of the sessions. They never look at our cache.
public protocol CredentialSource: Sendable {
  /// What the link would do, as named values: role, endpoint, region, serial, tags, command.
  ///
  /// Two sources with equal traits get interchangeable credentials. A remembered session is used
  /// only while its chain's traits are the same, and a person's `allow` covers exactly them.
  /// Secrets never appear here.
  var traits: [Trait] { get }

  /// The name of a login that several definitions share, or `nil` when each has its own.
  ///
  /// Links with equal names and equal traits are one link, whatever they are called and whichever
  /// realm they are in: one process refreshes them, and all use the result. Letters, digits and
  /// `-` only.
  var sharedLogin: String? { get }

  /// Whether it tries what renews its last credential before it asks a person.
  var renewsFirst: Bool { get }

  /// What getting a new credential takes of a person: a code, a browser.
  ///
  /// Nobody is asked for this, and nothing is sent.
  ///
  /// - Parameters:
  ///   - previous: The credential that was last remembered of this link, however old.
  ///   - realm: The realm of the configuration.
  ///   - effects: Everything outside the process.
  /// - Returns: Whether a person is needed, and can be asked.
  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed

  /// Refuses where it is plain to see that a credential cannot be obtained, before anybody is asked
  /// for anything, the keyring's password included.
  ///
  /// - Parameters:
  ///   - previous: The credential that was last remembered of this link, however old.
  ///   - realm: The realm of the configuration.
  ///   - effects: Everything outside the process.
  /// - Throws: ``AuthError``, the same that ``credential(_:)`` would throw.
  func checkStored(
    after previous: Credential?, realm: String, effects: Effects
  ) async throws(AuthError)

  /// The source with what a person stored for it beside the definition, for a forecast.
  ///
  /// Nobody is asked for this, and nothing is sent; what cannot be read is as if it were not there.
  ///
  /// - Parameters:
  ///   - realm: The realm of the configuration.
  ///   - effects: Everything outside the process.
  /// - Returns: The source as it would act.
  func withStored(realm: String, effects: Effects) async -> any CredentialSource

  /// What a new credential will be like, given the ``Expectation/note`` of the link before it.
  func expectation(after upstream: String?) -> Expectation

  /// Gets a credential from the cloud.
  ///
  /// The call may take as long as a person takes to answer. Cancelling its task stops it within
  /// one polling interval and leaves nothing half-written.
  ///
  /// - Throws: ``AuthError`` with code
  ///   - `loginRequired` if a person is needed and `request.effects.interaction` is `nil`;
  ///   - `unavailable` if the service cannot be reached; trying again may help;
  ///   - `expiredUpstream` if the cloud said that `request.upstream` has ended; the chain is then
  ///     begun again once;
  ///   - `refused` if the cloud said no;
  ///   - `badConfiguration` if the definition cannot work.
  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential

  /// Tells the service that `credential` is not used any more, where a service can be told.
  ///
  /// - Returns: Whether the service ended something; `false` where it cannot be told.
  /// - Throws: ``AuthError`` when it could have been told and was not.
  func end(_ credential: Credential, effects: Effects) async throws(AuthError) -> Bool

  /// Removes what the link keeps on this machine beside its session, such as a browser's cookies.
  ///
  /// - Parameters:
  ///   - realm: The realm of the configuration.
  ///   - effects: Everything outside the process.
  /// - Returns: Whether there was something.
  /// - Throws: ``AuthError`` with code `system` if it cannot be removed.
  func forget(realm: String, effects: Effects) throws(AuthError) -> Bool
}

extension CredentialSource {
  /// Nothing: most links get by without one.
  public func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed { .unneeded }

  /// Nothing is stored for most links.
  public func checkStored(
    after previous: Credential?, realm: String, effects: Effects
  ) async throws(AuthError) {}

  /// Itself: most links are what their definition says.
  public func withStored(realm: String, effects: Effects) async -> any CredentialSource { self }

  /// `true`: nobody is asked in vain.
  public var renewsFirst: Bool { true }

  /// `nil`: most links are their own.
  public var sharedLogin: String? { nil }

  /// `false`: most links keep nothing else.
  public func forget(realm: String, effects: Effects) throws(AuthError) -> Bool { false }

  /// `false`: most services cannot be told.
  public func end(_ credential: Credential, effects: Effects) async throws(AuthError) -> Bool {
    false
  }
}
