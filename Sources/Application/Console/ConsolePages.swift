import Model

extension CommandContext {
  /// The short names of pages of every cloud's console, sorted.
  package var consolePages: [String] {
    Set(registry.clouds.compactMap(\.console).flatMap { $0.pages() }).sorted()
  }
}
