/// What the command line says about the log; `nil` is left to the environment and configuration.
package struct LogSettings: Sendable {
  /// How much.
  package var level: LogsLevel?
  /// The file; a relative path is relative to the working directory.
  package var file: String?

  /// Creates settings.
  package init(level: LogsLevel? = nil, file: String? = nil) {
    self.level = level
    self.file = file
  }
}
