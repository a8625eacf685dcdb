import AuthConfiguration
import Core
package import Logging
import Synchronization
package import Terminal

/// The log: a line an event, as atmos writes them, with the moment and the process in front.
///
///     2025-01-15T13:00:00Z 4711 DEBU a service answered operation=AssumeRole status=200 took="41 ms"
struct CommandLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  /// The time.
  package var now: @Sendable () -> Instant
  /// The process, since several may write into one file.
  package var process: Int32
  /// Takes a line with its newline.
  package var write: @Sendable (_ line: String) -> Void

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

extension CommandContext {
  /// The log that options and environment ask for; ``applyLogLevel(of:)`` adds the configuration.
  package static func log(
    _ settings: LogSettings, _ surroundings: Surroundings, err: Terminal.Stream
  ) -> Logger {
    let file = settings.file ?? surroundings.environment["ATMOS_LOGS_FILE"] ?? ""
    let handler = CommandLog(
      logLevel: (statedLevel(settings, surroundings) ?? .info).threshold, now: surroundings.now,
      process: surroundings.process,
      write: LogDestination(file, err: err).write)
    return Logger(label: "atmos-auth", factory: { _ in handler })
  }

  private static func statedLevel(
    _ settings: LogSettings, _ surroundings: Surroundings
  ) -> LogsLevel? {
    settings.level
      ?? surroundings.environment["ATMOS_LOGS_LEVEL"].flatMap(LogsLevel.init(argument:))
  }

  /// Takes the level of the configuration where nothing nearer says one.
  func applyLogLevel(of catalog: Catalog) {
    guard Self.statedLevel(logSettings, surroundings) == nil,
      let level = catalog.logLevel.flatMap(LogsLevel.init(argument:))
    else { return }
    log.logLevel = level.threshold
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

  /// Writes a line; a log that cannot be written does not stop what it tells about.
  package func write(_ line: String) {
    guard !path.isEmpty, !hasFailed.withLock({ $0 }) else {
      err.write(line)
      return
    }
    do throws(AuthError) {
      try AppendedFile.append(line, to: path)
    } catch {
      hasFailed.withLock { $0 = true }
      err.write(DisplayText.sanitized("the log stays here: \(error.message)") + "\n" + line)
    }
  }
}
