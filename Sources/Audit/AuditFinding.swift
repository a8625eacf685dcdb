/// Something that a verification found.
public struct AuditFinding: Sendable, Equatable {
  /// What it is.
  public enum Kind: String, Sendable {
    /// A line's content is not what was written.
    case changed
    /// Lines are not there.
    case missing
    /// Lines at the end are not there.
    case cut
    /// A line is at another place than where it was written, or twice.
    case moved
    /// Bytes that are no line, and that no line speaks of.
    case foreign
    /// The key file is gone, damaged or of another log.
    case key
    /// Nothing can be said about lines, since their first key is not to be had.
    case unverifiable
    /// A line that a killed process or a full disk left unfinished; the next line says so.
    case torn
    /// A line whose key was not moved on, since the process was killed; the next one makes up for it.
    case unsettled
    /// Lines that are authenticated by a first key in a file beside them.
    case weak
    /// Lines at the beginning that were older than is kept.
    case removed
  }

  /// What it is.
  public var kind: Kind
  /// A sentence about it, without a full stop.
  public var text: String

  /// Whether the log is not as it was written; otherwise it is a remark.
  public var isFault: Bool {
    switch kind {
    case .changed, .missing, .cut, .moved, .foreign, .key, .unverifiable: true
    case .torn, .unsettled, .weak, .removed: false
    }
  }
}
