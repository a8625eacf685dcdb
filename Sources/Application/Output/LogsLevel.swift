package import Logging

/// How much is logged.
package enum LogsLevel: String, CaseIterable, Sendable {
  case trace = "Trace"
  case debug = "Debug"
  case info = "Info"
  case warning = "Warning"
  case error = "Error"
  case off = "Off"

  /// Reads a level's name in any case; `warn` is `Warning`.
  package init?(argument: String) {
    guard
      let level = Self.allCases.first(where: {
        $0.rawValue.lowercased() == argument.lowercased()
      }) ?? (argument.lowercased() == "warn" ? .warning : nil)
    else { return nil }
    self = level
  }

  /// The logging library's level; `off` is `critical`, at which nothing is ever logged.
  package var threshold: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    case .off: .critical
    }
  }
}
