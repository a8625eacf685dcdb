import Core
import Logging
import Synchronization
import Terminal

/// The log: a line an event, as atmos writes them, with the moment and the process in front.
///
///     2025-01-15T13:00:00Z 4711 DEBU a service answered operation=AssumeRole status=200 took="41 ms"
struct CommandLog: LogHandler {
  /// The level that options, environment and configuration ask for.
  var levels: LogThreshold
  // What one copy of a logger was set to, apart from the others.
  private var ownLevel: Logger.Level?
  var logLevel: Logger.Level {
    get { ownLevel ?? levels.level }
    set { ownLevel = newValue }
  }
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  /// The time.
  package var now: @Sendable () -> Instant
  /// The process, since several may write into one file.
  package var process: Int32
  /// Takes a line with its newline.
  package var write: @Sendable (_ line: String) -> Void

  init(
    levels: LogThreshold, now: @escaping @Sendable () -> Instant, process: Int32,
    write: @escaping @Sendable (_ line: String) -> Void
  ) {
    self.levels = levels
    self.now = now
    self.process = process
    self.write = write
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var words = [
      Timestamp.rfc3339(now()), String(process), Self.name(event.level),
      DisplayText.sanitized(event.message.description),
    ]
    let facts = metadata.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
      words.append("\(name)=\(Self.value(value.description))")
    }
    write(words.joined(separator: " ") + "\n")
  }

  private static func name(_ level: Logger.Level) -> String {
    switch level {
    case .trace: "TRCE"
    case .debug: "DEBU"
    case .info, .notice: "INFO"
    case .warning: "WARN"
    case .error: "ERRO"
    case .critical: "FATA"
    }
  }

  private static func value(_ text: String) -> String {
    let isWord = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x3D }
    return isWord && !text.isEmpty ? text : JSONText.string(text)
  }
}

extension CommandLog {
  /// The log that options and environment ask for.
  static func log(
    _ settings: LogSettings, _ surroundings: Surroundings, levels: LogThreshold,
    err: Terminal.Stream
  ) -> Logger {
    let file = settings.file ?? surroundings.environment["ATMOS_LOGS_FILE"] ?? ""
    let handler = CommandLog(
      levels: levels, now: surroundings.now, process: surroundings.process,
      write: LogDestination(file, err: err).write)
    return Logger(label: "atmos-auth", factory: { _ in handler })
  }
}

/// The level of the log: what options and environment say, or else what a configuration says as
/// soon as one is read.
final class LogThreshold: Sendable {
  private let stated: LogsLevel?
  private let configured = Mutex<LogsLevel?>(nil)

  init(stated: LogsLevel?) {
    self.stated = stated
  }

  /// The level of the moment.
  var level: Logger.Level {
    (stated ?? configured.withLock { $0 } ?? .info).threshold
  }

  /// Takes the level that a configuration names.
  func take(_ name: String?) {
    guard let level = name.flatMap(LogsLevel.init(argument:)) else { return }
    configured.withLock { $0 = level }
  }
}

extension LogsLevel {
  /// What `ATMOS_LOGS_LEVEL` says, or else awsu's variable.
  init?(environment: [String: String]) {
    if let level = environment["ATMOS_LOGS_LEVEL"].flatMap(LogsLevel.init(argument:)) {
      self = level
    } else if AWSUVariables(environment).isVerbose {
      self = .debug
    } else {
      return nil
    }
  }
}

/// Where the lines of the log go.
final class LogDestination: Sendable {
  private let path: String
  private let err: Terminal.Stream
  private let hasFailed = Mutex(false)

  /// Creates a destination; nothing is opened before there is a line.
  ///
  /// - Parameters:
  ///   - path: A file; empty for standard error.
  ///   - err: Standard error.
  package init(_ path: String, err: Terminal.Stream) {
    self.path = path == "/dev/stderr" ? "" : path
    self.err = err
  }

  /// Writes a line; a log that cannot be written does not stop what it reports.
  package func write(_ line: String) {
    guard !path.isEmpty, !hasFailed.withLock({ $0 }) else {
      err.write(line)
      return
    }
    do throws(AuthError) {
      try AppendedFile.append(line, to: path)
    } catch {
      hasFailed.withLock { $0 = true }
      err.write(DisplayText.sanitized("the log is written here: \(error.message)") + "\n" + line)
    }
  }
}
