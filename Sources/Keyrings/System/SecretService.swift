#if os(Linux)
internal import CSecretService
internal import Core
internal import Programs
internal import Synchronization

/// The desktop's keyring on Linux: GNOME's, KDE's, KeePassXC's and others answer as the
/// freedesktop Secret Service on the session's D-Bus.
///
/// Whatever it does, a call ends: an answer is waited for five seconds and a person who has to
/// unlock it twenty-five. After one that did not come, all later calls of this process fail at once.
///
/// Source: the Secret Service specification 0.2 (specifications.freedesktop.org/secret-service);
/// go-keyring, keyring_unix.go, for attributes, label and collection.
final class SecretService: SystemStore {
  /// Whether a person may be asked to unlock it.
  private let mayAsk: Bool
  private let address: String?
  private let patience: Patience
  private let notice: @Sendable (String) -> Void
  private let silence = Mutex<AuthError?>(nil)
  private let unlocking = Mutex<Task<Result<Void, AuthError>, Never>?>(nil)

  /// Creates it; nothing is loaded or called yet.
  ///
  /// `address` is that of the D-Bus session, `nil` if there is none; GLib looks for it itself, in
  /// the environment of the process. `mayAsk` says whether a person sits before a screen that the
  /// service may show a prompt on, and `notice` tells them to look there.
  init(
    address: String?, mayAsk: Bool, patience: Patience,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.address = address
    self.mayAsk = mayAsk
    self.patience = patience
    self.notice = notice
  }

  /// The address of the session's D-Bus, found as GLib finds it, or `nil`.
  static func busAddress(_ environment: [String: String]) -> String? {
    if let address = environment["DBUS_SESSION_BUS_ADDRESS"], !address.isEmpty {
      return address == "disabled:" ? nil : address
    }
    guard let directory = environment["XDG_RUNTIME_DIR"], !directory.isEmpty,
      FileSystem.exists("\(directory)/bus")
    else { return nil }
    return "unix:path=\(directory)/bus"
  }

  func absence() async throws(AuthError) -> String? {
    if address == nil { return "there is no D-Bus session here" }
    if atmos_secret_load() == 0 { return "libsecret is not installed (libsecret-1.so.0)" }
    let answer = try await answer { atmos_secret_open($0) }
    switch answer.status {
    case ATMOS_SECRET_NO_BUS: return "the D-Bus session cannot be reached"
    case ATMOS_SECRET_NO_SERVICE: return "no Secret Service answers on D-Bus"
    default: return nil
    }
  }

  func isLocked() async throws(AuthError) -> Bool {
    let answer = try await answer { atmos_secret_open($0) }
    if answer.status == ATMOS_SECRET_NO_COLLECTION { return false }
    try check(answer, "look at the system keyring")
    return answer.isLocked
  }

  func read(_ key: String) async throws(AuthError) -> Secret? {
    guard let collection = try await collection() else { return nil }
    let answer = try await answer {
      atmos_secret_read($0, collection, key, SystemEntry.account)
    }
    if answer.status == ATMOS_SECRET_ABSENT { return nil }
    try check(answer, "read `\(DisplayText.sanitized(key))` from the system keyring")
    return answer.bytes
  }

  func write(_ value: Secret, _ key: String) async throws(AuthError) {
    let collection: String
    if let found = try await self.collection() {
      collection = found
    } else {
      collection = try await makeCollection()
    }
    let answer = try await answer { call in
      value.withBytes { bytes in
        // An empty buffer has no address.
        withUnsafePointer(to: 0) { nothing in
          atmos_secret_write(
            call, collection, key, SystemEntry.account, SystemEntry.label(key),
            bytes.baseAddress ?? UnsafeRawPointer(nothing), bytes.count)
        }
      }
    }
    try check(answer, "store `\(DisplayText.sanitized(key))` in the system keyring")
  }

  func remove(_ key: String) async throws(AuthError) -> Bool {
    guard let collection = try await collection() else { return false }
    let answer = try await answer {
      atmos_secret_remove($0, collection, key, SystemEntry.account)
    }
    if answer.status == ATMOS_SECRET_ABSENT { return false }
    try check(answer, "remove `\(DisplayText.sanitized(key))` from the system keyring")
    return true
  }

  func keys() async throws(AuthError) -> [String] {
    guard let collection = try await collection() else { return [] }
    let answer = try await answer { atmos_secret_list($0, collection, SystemEntry.account) }
    try check(answer, "list the system keyring")
    let names = answer.bytes.withBytes { $0.split(separator: 0) }
    return Set(names.map { String(decoding: $0, as: UTF8.self) }).sorted()
  }
}

// MARK: - The collection

extension SecretService {
  /// The path of the collection, unlocked; `nil` if there is none.
  private func collection() async throws(AuthError) -> String? {
    let answer = try await answer { atmos_secret_open($0) }
    if answer.status == ATMOS_SECRET_NO_COLLECTION { return nil }
    try check(answer, "open the system keyring")
    let path = answer.bytes.revealed()
    if answer.isLocked { try await unlockOnce(path) }
    return path
  }

  /// Callers that come while a person is being asked share the answer.
  private func unlockOnce(_ path: String) async throws(AuthError) {
    let task = unlocking.withLock { unlocking in
      if let unlocking { return unlocking }
      let task = Task { () async -> Result<Void, AuthError> in
        do throws(AuthError) {
          try await self.unlock(path)
          return .success(())
        } catch {
          return .failure(error)
        }
      }
      unlocking = task
      return task
    }
    let result = await task.value
    unlocking.withLock { $0 = nil }
    try result.get()
  }

  private func unlock(_ path: String) async throws(AuthError) {
    guard mayAsk else {
      throw AuthError(
        .loginRequired,
        "the system keyring is locked, and there is no way to ask you to unlock it here",
        hints: [
          "unlock it on the desktop, or with `gnome-keyring-daemon --unlock`, which reads the "
            + "password from standard input", Self.advice,
        ])
    }
    notice("the system keyring is locked; unlock it in the window that your desktop shows")
    let answer = try await answer(within: patience.person) { atmos_secret_unlock($0, path) }
    try check(answer, "unlock the system keyring")
  }

  private func makeCollection() async throws(AuthError) -> String {
    guard mayAsk else {
      throw AuthError(
        .loginRequired,
        "the Secret Service has no keyring yet, and there is no way to ask you for the "
          + "password of a new one",
        hints: [
          "`gnome-keyring-daemon --unlock` makes one with the password on standard input",
          Self.advice,
        ])
    }
    notice("the system has no keyring yet; choose its password in the window that it shows")
    let answer = try await answer(within: patience.person) { atmos_secret_make_collection($0) }
    try check(answer, "make a system keyring")
    return answer.bytes.revealed()
  }
}

// MARK: - Calls

extension SecretService {
  /// What a call came to.
  private struct Answer: Sendable {
    var status: atmos_secret_status
    var message: String?
    var bytes: Secret
    var isLocked: Bool

    init(_ answer: atmos_secret_answer) {
      status = answer.status
      message = answer.message.map { String(cString: $0) }
      bytes = Secret(UnsafeRawBufferPointer(start: answer.bytes, count: answer.count))
      isLocked = answer.locked != 0
    }
  }

  /// A call that can be ended from outside.
  private final class Cancellable: Sendable {
    // Unsafe only in type: GLib's is made to be used from several threads.
    nonisolated(unsafe) let pointer: UnsafeMutableRawPointer

    init?() {
      guard atmos_secret_load() != 0, let pointer = atmos_secret_cancellable() else { return nil }
      self.pointer = pointer
    }

    deinit { atmos_secret_release(pointer) }
  }

  private func answer(
    within limit: Duration? = nil,
    _ body: @escaping @Sendable (UnsafeMutableRawPointer) -> atmos_secret_answer
  ) async throws(AuthError) -> Answer {
    if let error = silence.withLock({ $0 }) { throw error }
    guard let call = Cancellable() else {
      throw AuthError(.unavailable, "libsecret is not installed", hints: [Self.advice])
    }
    let isQuestion = limit != nil
    let answer = await BlockingCall.run(
      limit: limit ?? patience.answer,
      cancel: {
        // libsecret 0.20 takes the cancelling of a prompt badly: it complains on standard error and
        // still waits. The service takes the prompt back when this process ends.
        if !isQuestion { atmos_secret_cancel(call.pointer) }
      },
      {
        var answer = body(call.pointer)
        defer { atmos_secret_answer_clear(&answer) }
        return Answer(answer)
      })
    guard let answer, answer.status != ATMOS_SECRET_CANCELLED else {
      let error = isQuestion ? absentPerson : noAnswer
      silence.withLock { $0 = error }
      throw error
    }
    return answer
  }

  private var noAnswer: AuthError {
    AuthError(
      .unavailable,
      "the system keyring did not answer within \(DurationText.text(patience.answer.components.seconds))",
      hints: [
        "unlock or restart your desktop's keyring; `auth.keyring.spec.timeout` gives it more time",
        Self.advice,
      ])
  }

  private var absentPerson: AuthError {
    AuthError(
      .loginRequired,
      "the system keyring was not unlocked within \(DurationText.text(patience.person.components.seconds))",
      hints: ["unlock it on the desktop and try again", Self.advice])
  }

  private func check(_ answer: Answer, _ what: String) throws(AuthError) {
    switch answer.status {
    case ATMOS_SECRET_OK: return
    case ATMOS_SECRET_DISMISSED, ATMOS_SECRET_LOCKED:
      throw AuthError(
        .loginRequired, "cannot \(what): it stayed locked",
        hints: ["unlock it on the desktop and try again", Self.advice])
    default:
      let reason = answer.message.map { ": \(DisplayText.sanitized($0))" } ?? ""
      throw AuthError(.unavailable, "cannot \(what)\(reason)", hints: [Self.advice])
    }
  }

  private static let advice =
    "without a desktop, keep secrets in encrypted files: `ATMOS_KEYRING_TYPE=file`, or "
    + "`auth.keyring.type: file` in atmos.yaml"
}
#endif
