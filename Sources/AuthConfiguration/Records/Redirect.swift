internal import Core

/// A variable of the environment that leads a login or a secret somewhere else, such as
/// AWS_ENDPOINT_URL.
///
/// What a checkout says is allowed together with those that were set then. Whoever makes a request
/// knows which variables these are.
public struct Redirect: Sendable, Equatable {
  /// The variable.
  public var name: String
  /// Its value.
  public var value: String
  /// Its value as it would be without the hook; `nil` if it had none.
  public var before: String?
  /// Its value before an identity set it, as far as that is known.
  public var handed: String?

  /// Creates a redirect.
  public init(name: String, value: String, before: String?, handed: String? = nil) {
    self.name = name
    self.value = value
    self.before = before
    self.handed = handed
  }

  /// Its line of what a person allows of an identity, which may set variables itself.
  ///
  /// What the identity set is covered by its own lines already.
  func line(over own: [(name: String, value: String)]) -> String? {
    func isOwn(_ value: String) -> Bool {
      own.contains { $0.name == name && ByteText($0.value) == ByteText(value) }
    }
    let counts = isOwn(value) ? handed.flatMap { isOwn($0) ? nil : $0 } : value
    return counts.map { TrustTraits.escaped("environment: \(name) = \($0)") }
  }
}

extension ConfigurationRequest {
  /// The lines of ``redirects``.
  func redirectLines(over own: [(name: String, value: String)] = []) -> [String] {
    redirects.isEmpty ? [] : redirects.compactMap { $0.line(over: own) }
  }
}
