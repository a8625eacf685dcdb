package import AuthConfiguration
package import Core

extension Catalog {
  /// The provider called `name`, in any case.
  ///
  /// - Throws: ``AuthError`` with the names there are.
  package func provider(named name: String) throws(AuthError) -> ProviderRecord {
    let lowered = name.lowercased()
    if let found = providers.first(where: { $0.name.lowercased() == lowered }) { return found }
    let error = AuthError(
      .identityNotFound, "provider not found: `\(DisplayText.sanitized(name))`")
    let names = providers.map(\.name)
    guard !names.isEmpty else { throw error.hint("no providers are configured") }
    throw error.hint("providers: \(names.joined(separator: ", "))")
  }
}
