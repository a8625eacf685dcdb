public import Core
public import Model
internal import Programs

/// An installed Chrome, Chromium, Edge or Brave, driven over its DevTools pipe.
///
/// Nobody else can attach to it: the pipe has no name and no port. Each provider has a profile of its
/// own, which Chrome demands for this (trap 51 of docs/traps.md), so the person's own browser and
/// its cookies are never touched.
public struct InstalledBrowser: SignInBrowser {
  /// See ``SignInBrowser/isSeen``.
  public let isSeen: Bool
  /// See ``SignInBrowser/hasDisplay``.
  public let hasDisplay: Bool
  private let directory: String
  private let environment: [String: String]
  private let sleep: @Sendable (Duration) async throws -> Void

  /// How often it is started again when one that is still ending has the profile.
  private static let starts = 20

  /// Creates a browser; nothing is started yet.
  ///
  /// - Parameters:
  ///   - directory: Where the profiles are; made with mode 0700 when it is first needed.
  ///   - environment: The environment it gets, whose `PATH` it is looked for along.
  ///   - isSeen: See ``SignInBrowser/isSeen``.
  ///   - hasDisplay: See ``SignInBrowser/hasDisplay``.
  ///   - sleep: Waits; throws when the task is cancelled.
  public init(
    directory: String, environment: [String: String], isSeen: Bool, hasDisplay: Bool,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.directory = directory
    self.environment = Self.withShortTemporary(environment)
    self.isSeen = isSeen
    self.hasDisplay = hasDisplay
    self.sleep = sleep
  }

  /// Without a `TMPDIR` in which a browser's socket would have a path of more than 108 bytes (unix(7)):
  /// it would end at once.
  private static func withShortTemporary(_ environment: [String: String]) -> [String: String] {
    var environment = environment
    if (environment["TMPDIR"] ?? "").utf8.count > 55 { environment["TMPDIR"] = nil }
    return environment
  }

  /// The program that is named, else the first that is installed.
  public func program(for visit: SignInVisit) -> String? {
    let path = environment["PATH"]
    if let named = visit.path { return try? ProgramPath.find(named, path: path) }
    return BrowserProgram(path: path, home: environment["HOME"] ?? "").find(visit.type)
  }

  /// Whether a visit with this profile has brought something before.
  public func hasSignedIn(_ visit: SignInVisit) -> Bool { FileSystem.exists(mark(visit)) }

  /// Does not try without a window the next time; the cookies stay.
  public func forget(_ visit: SignInVisit) { _ = try? FileSystem.remove(mark(visit)) }

  /// Opens the page and waits for the request; see ``SignInBrowser/caught(_:isHidden:limit:)``.
  public func caught(
    _ visit: SignInVisit, isHidden: Bool, limit: Duration
  ) async throws(SignInFailure) -> Secret {
    guard let program = program(for: visit) else { throw .notStarted("it is not installed") }
    let profile = "\(directory)/\(visit.profile)"
    do throws(AuthError) { try FileSystem.createDirectory(profile) } catch {
      throw .notStarted(error.message)
    }
    for _ in 0..<Self.starts {
      let process: BrowserProcess
      do {
        process = try BrowserProcess(
          program, arguments(visit, profile, isHidden: isHidden), environment: environment)
      } catch {
        throw .notStarted(error.text)
      }
      let (end, hasSpoken) = await converse(process, visit, isHidden: isHidden, limit)
      let status = await process.end(sleep)
      if Task.isCancelled { throw .cancelled }
      switch end {
      case .outcome(.caught(let body)):
        try? FileSystem.writeAtomically(mark(visit), [UInt8]())
        return body
      case .outcome(.closed): throw .closed
      case .outcome(.unreachable(let word)): throw .unreachable(word)
      case .outcome(.unreadable): throw .unreadable
      case .late: throw .late
      case .gone:
        guard !hasSpoken else { throw .ended(Self.ending(status)) }
        // It gave its page to another one with this profile: one of a login that was killed, which
        // is about to end.
        guard status == 0 else { throw .notStarted(Self.ending(status)) }
      }
      do { try await sleep(.milliseconds(250)) } catch { throw .cancelled }
    }
    throw .notStarted("another one uses its profile \(DisplayText.sanitized(profile))")
  }

  private enum End {
    case outcome(RequestCatcher.Outcome)
    case late
    case gone
  }

  /// Talks with it until there is an outcome or no more time.
  ///
  /// - Returns: How it ended, and whether the browser ever said anything.
  private func converse(
    _ process: BrowserProcess, _ visit: SignInVisit, isHidden: Bool, _ limit: Duration
  ) async -> (End, hasSpoken: Bool) {
    await withTaskGroup(of: (End, hasSpoken: Bool).self) { group in
      group.addTask {
        await Self.outcome(process.pipe, RequestCatcher(visit, isHidden: isHidden))
      }
      group.addTask { [sleep] in
        try? await sleep(limit)
        return (.late, true)
      }
      defer { group.cancelAll() }
      return await group.next() ?? (.gone, false)
    }
  }

  private static func outcome(
    _ pipe: DevToolsPipe, _ start: RequestCatcher
  ) async -> (End, hasSpoken: Bool) {
    var catcher = start
    for command in catcher.takeCommands() { pipe.send(command) }
    var hasSpoken = false
    for await message in pipe.messages {
      hasSpoken = true
      let outcome = catcher.take(message)
      if outcome != nil { catcher.close() }
      for command in catcher.takeCommands() { pipe.send(command) }
      if let outcome { return (.outcome(outcome), true) }
    }
    return (.gone, hasSpoken)
  }

  private func arguments(_ visit: SignInVisit, _ profile: String, isHidden: Bool) -> [String] {
    [
      "--remote-debugging-pipe", "--user-data-dir=\(profile)/profile", "--no-first-run",
      "--no-default-browser-check", "--disable-sync",
      // Pages hold assertions; only cookies are to be kept.
      "--disk-cache-dir=/dev/null",
      "--disable-features=Translate,ChromeWhatsNewUI", "--window-size=520,760",
    ] + (isHidden ? ["--headless=new"] : []) + visit.arguments + ["about:blank"]
  }

  private func mark(_ visit: SignInVisit) -> String { "\(directory)/\(visit.profile)/signed-in" }

  private static func ending(_ status: Int32) -> String {
    status > 128 ? "signal \(status - 128)" : "status \(status)"
  }
}
