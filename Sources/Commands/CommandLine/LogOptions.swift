import ArgumentParser
import Logging

/// Options that say what is told about what is done.
struct LogOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How much to tell about what is done.", valueName: "level"))
  var logsLevel: LogsLevel?

  @Option(
    help: ArgumentHelp("Where to tell it; default: standard error.", valueName: "file"))
  var logsFile: String?

  var settings: LogSettings { LogSettings(level: logsLevel, file: logsFile) }
}

/// What the command line says about the log; `nil` is left to the environment and configuration.
struct LogSettings {
  var level: LogsLevel?
  var file: String?
}

/// How much is told about what is done.
enum LogsLevel: String, ExpressibleByArgument, CaseIterable, Sendable {
  case trace = "Trace"
  case debug = "Debug"
  case info = "Info"
  case warning = "Warning"
  case error = "Error"
  case off = "Off"

  init?(argument: String) {
    guard
      let level = Self.allCases.first(where: {
        $0.rawValue.lowercased() == argument.lowercased()
      }) ?? (argument.lowercased() == "warn" ? .warning : nil)
    else { return nil }
    self = level
  }

  /// The level of the logging library; at `off`, one that nothing of ours has.
  var threshold: Logger.Level {
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
