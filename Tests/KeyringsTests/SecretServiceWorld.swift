#if os(Linux)
import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Keyrings

/// A D-Bus session with a real gnome-keyring, for this process.
///
/// GLib knows one session for a process, by its environment, so all tests share one. What the
/// session makes of locked, silent and missing services is tested with whole programs, in
/// Tests/EndToEnd/test_system_keyring.py.
final class SecretServiceWorld: Sendable {
  static let shared = Result<SecretServiceWorld, any Error> { try SecretServiceWorld() }

  let address: String
  private let scratch: Scratch

  private struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  private init() throws {
    scratch = try Scratch()
    // Both end with this process: the daemon with its bus, the bus with the pipe it holds.
    let script = """
      export HOME="$1" XDG_RUNTIME_DIR="$1"
      printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 &
      until gdbus call --session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus \\
        --method org.freedesktop.DBus.NameHasOwner org.freedesktop.secrets 2>&1 | grep -q true
      do kill -0 $! || wait $! || exit 1; read -r -t 0.05 _ <>"$1/never"; done
      printf '%s\\n' "$DBUS_SESSION_BUS_ADDRESS"
      cat >/dev/null
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "bash", "-c", "mkfifo \"$0/never\"; exec dbus-run-session -- bash -c \"$1\" desktop \"$0\"",
      scratch.path, script,
    ]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    // Threads that run tasks block nearly all signals, and programs inherit that: then SIGTERM, with
    // which the bus is ended, would not end it.
    var (none, blocked) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &blocked)
    defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
    try process.run()
    var line: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0A {
      line.append(byte)
    }
    address = String(decoding: line, as: UTF8.self)
    guard !address.isEmpty else {
      throw Missing(
        description: "no private Secret Service: run scripts/install-dependencies test")
    }
    // The end of the pipe has to stay open as long as this process lives.
    _ = dup(input.fileHandleForWriting.fileDescriptor)
    setenv("DBUS_SESSION_BUS_ADDRESS", address, 1)
  }

  /// The keyring, emptied.
  func keyring(unlockFor: UInt32 = 0) throws -> SystemKeyring {
    let clear = Process()
    clear.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    clear.arguments = ["secret-tool", "clear", "username", SystemEntry.account]
    try clear.run()
    clear.waitUntilExit()
    let store = SecretService(
      address: address, mayAsk: false, patience: Patience(seconds: 20), notice: { _ in })
    return SystemKeyring(
      store: store, place: address,
      cache: UnlockCache(
        seconds: unlockFor, now: { Instant(secondsSince1970: 1_795_233_600) },
        randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } }),
      standIn: nil)
  }
}
#endif
