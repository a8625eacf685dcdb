public import Core

/// A program to be run for what it prints; no shell reads its words.
///
/// Whatever goes in and comes out is kept as a secret: these are programs that keep keys, make
/// codes or print credentials.
public struct ProgramRun: Sendable {
  /// Where the program's standard input and error lead; its standard output is always read here.
  public enum Streams: Sendable {
    /// Input is ``ProgramRun/input``, or nothing; of errors the last line is kept.
    case own
    /// Those of this process, so that it may ask and tell a person.
    case shared
  }

  /// How it went.
  public enum Outcome: Sendable {
    /// It ended by itself.
    case ended(Result)
    /// There is no such program.
    case notFound
    /// It is there and could not be started, and why.
    case notStarted(String)
    /// It was ended because its time was up, or the task was cancelled.
    case tookTooLong
  }

  /// What a program left that ended by itself.
  public struct Result: Sendable {
    /// Its exit status; 128 and the number for a signal.
    public var status: Int32
    /// Its standard output.
    public var output: Secret
    /// The last line of its standard error, as it wrote it; empty with shared streams.
    public var lastLine: String
  }

  /// The program, by a path or a name to look for along `PATH`, and its arguments.
  public var words: [String]
  /// The environment it gets, whose `PATH` it is looked for along.
  public var environment: [String: String]
  /// Where it runs, an absolute path; `nil` for the working directory.
  ///
  /// With one a program is found by a path that begins there, or along the absolute paths of `PATH`,
  /// so nothing depends on where this process was started.
  public var directory: String?
  /// What it reads; nothing else can be read by it.
  public var input: Secret?
  /// Where its other streams lead.
  public var streams: Streams
  /// Told each line of its own standard error when it comes, from another thread.
  public var onErrorLine: (@Sendable (String) -> Void)?

  /// Creates a run; nothing is started yet.
  public init(
    _ words: [String], environment: [String: String], in directory: String? = nil,
    input: Secret? = nil, streams: Streams = .own, onErrorLine: (@Sendable (String) -> Void)? = nil
  ) {
    precondition(!words.isEmpty, "a program has a name")
    self.words = words
    self.environment = environment
    self.directory = directory
    if let directory { self.environment["PWD"] = directory }
    self.input = input
    self.streams = streams
    self.onErrorLine = onErrorLine
  }

  /// Runs it to its end, or until `limit` is over or the task is cancelled; then it is killed.
  ///
  /// The waiting is done on a thread of its own, so that Swift's few are free meanwhile.
  public func result(within limit: Duration) async -> Outcome {
    let path: String
    do throws(ProgramPath.Missing) {
      path = try find()
    } catch {
      return if case .notExecutable(let path) = error {
        .notStarted("\(path) is not a program")
      } else {
        .notFound
      }
    }
    let process = ProgramProcess(self, path: path)
    let outcome = await withTaskCancellationHandler {
      await BlockingCall.run(limit: limit, cancel: process.end) { process.run() }
    } onCancel: {
      process.end()
    }
    guard let outcome, !process.wasEnded else { return .tookTooLong }
    return switch outcome {
    case .success(let result): .ended(result)
    case .failure(let fault): .notStarted(fault.text)
    }
  }

  private func find() throws(ProgramPath.Missing) -> String {
    guard let directory else {
      return try ProgramPath.find(words[0], path: environment["PATH"])
    }
    let isRelative = words[0].contains("/") && !words[0].hasPrefix("/")
    let absolute = environment["PATH"].map { path in
      path.split(separator: ":").filter { $0.hasPrefix("/") }.joined(separator: ":")
    }
    return try ProgramPath.find(isRelative ? "\(directory)/\(words[0])" : words[0], path: absolute)
  }
}
