internal import Core
internal import Model

/// `auth.audit`: what a person says about the log of hand-outs, in their own configuration only.
public struct AuditSettings: Sendable, Equatable {
  /// Whether hand-outs are written down.
  public enum Mode: String, Sendable, CaseIterable {
    /// Nothing is handed out that cannot be written down.
    case required
    /// What cannot be written down is handed out all the same.
    case bestEffort = "best-effort"
    /// Nothing is written down.
    case off
  }

  /// `mode`.
  public var mode = Mode.bestEffort
  /// `max_size`: the bytes of a file, after which another one is begun.
  public var size: Int64 = 8 << 20
  /// `max_age`: the seconds after which another file is begun.
  public var age: Int64 = 30 * 86400
  /// `keep`: for how many seconds each line is kept at least; `nil` for ever.
  public var keep: Int64?
  /// `system_log`: whether the head of the log is copied to journald or syslog.
  public var copiesHead = true
}

extension AuditSettings {
  private static let modes = Mode.allCases.map(\.rawValue)

  static let fields: [Field] = [
    Field("audit", .any, "`required`, `best-effort` or `off`, or a map."),
    Field("audit.mode", .oneOf(modes), "Whether hand-outs are written down."),
    Field("audit.max_size", .text, "Size of a file after which another one is begun, such as 8MB."),
    Field("audit.max_age", .duration, "Age of a file after which another one is begun."),
    Field("audit.keep", .duration, "How long lines are kept at least, such as 400d."),
    Field("audit.system_log", .bool, "Whether journald or syslog gets a copy of the log's head."),
  ]

  /// Reads `auth.audit`: a word, or a map.
  ///
  /// A word that is not known counts as `required`, since whoever wrote it did not want less.
  init(_ node: ConfigNode, faults: inout [Diagnostic]) {
    guard let value = node["audit"], !value.isNull else { return }
    let isMap = if case .mapping = value.content { true } else { false }
    if let word = isMap ? value["mode"] : value {
      // YAML takes a bare `off` for false.
      let text = word.bool == false ? Mode.off.rawValue : word.text?.trimmed ?? ""
      mode = Mode(rawValue: text) ?? .required
      if !isMap, Mode(rawValue: text) == nil {
        faults.append(
          Diagnostic(
            .error, "auth: `audit` must be `required`, `best-effort` or `off`, or a map",
            mark: value.mark, suggestion: "with `mode:` in it", code: "unknown-value"))
      }
    }
    if let node = value["max_size"] {
      if let size = Self.bytes(node.text ?? "") {
        self.size = size
      } else {
        faults.append(
          Diagnostic(
            .error, "auth: `audit.max_size` must be a size from 64 kB up", mark: node.mark,
            suggestion: "write it like `8MB`", code: "unknown-value"))
      }
    }
    if let text = value["max_age"]?.text, let seconds = DurationText.seconds(text.trimmed),
      seconds > 0
    {
      age = seconds
    }
    if let node = value["keep"], let seconds = DurationText.seconds(node.text?.trimmed ?? "") {
      if seconds >= 86400 {
        keep = seconds
      } else {
        faults.append(
          Diagnostic(
            .error, "auth: `audit.keep` must be a day at least", mark: node.mark,
            suggestion: "write it like `400d`", code: "unknown-value"))
      }
    }
    copiesHead = value["system_log"]?.bool ?? true
  }

  /// The bytes of a size such as `8MB`, `512 kB` or `1000000`.
  private static func bytes(_ text: String) -> Int64? {
    let text = text.trimmed.lowercased()
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units: [String: Int64] = [
      "": 1, "b": 1, "k": 1000, "kb": 1000, "kib": 1024, "m": 1_000_000, "mb": 1_000_000,
      "mib": 1 << 20, "g": 1_000_000_000, "gb": 1_000_000_000, "gib": 1 << 30,
    ]
    guard let number = Int64(digits), let unit = units[String(text.dropFirst(digits.count)).trimmed]
    else { return nil }
    let (size, overflow) = number.multipliedReportingOverflow(by: unit)
    // A file is read whole when it is verified.
    return overflow || !(64_000...(1 << 30)).contains(size) ? nil : size
  }
}
