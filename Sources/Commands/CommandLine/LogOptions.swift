import Application
import ArgumentParser

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

extension LogsLevel: ExpressibleByArgument {}
