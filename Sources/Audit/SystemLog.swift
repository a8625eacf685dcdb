internal import CShims
internal import Core

/// The log of the machine, which other users cannot change: journald, or else syslog.
///
/// It is reached by its socket, so no library and no program is needed. Nothing waits for it, and
/// where there is none, nothing is said.
public struct SystemLog: Sendable {
  /// The socket of journald.
  public var journal: String
  /// The socket of syslog.
  public var syslog: String

  /// Creates it for these sockets; those of the system are the default.
  public init(journal: String = "/run/systemd/journal/socket", syslog: String = "/dev/log") {
    self.journal = journal
    self.syslog = syslog
  }

  /// What messages are marked with.
  public static let identifier = "atmos-auth"

  /// Copies the head of a log; `about` is more for people, on one line.
  ///
  /// Source: "Native Journal Protocol" of systemd; RFC 3164 (facility 10, authpriv, severity 6).
  public func copy(_ head: AuditHead, about: String, process: Int32) {
    let message = "audit \(head.text) \(DisplayText.sanitized(about))"
    let fields = """
      MESSAGE=\(message)
      PRIORITY=6
      SYSLOG_FACILITY=10
      SYSLOG_IDENTIFIER=\(Self.identifier)
      ATMOS_AUTH_LOG=\(Hash.hex(head.log))
      ATMOS_AUTH_SEQUENCE=\(head.sequence)

      """
    if send(fields, to: journal) { return }
    _ = send("<86>\(Self.identifier)[\(process)]: \(message)", to: syslog)
  }

  private func send(_ text: String, to path: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return false }
      return atmos_send_datagram(path, base, buffer.count) == 0
    }
  }
}
