import Core

/// How long earlier runs of a command in a directory lasted, as far as that shows.
///
/// `exec` becomes the program that it runs, so we are not there when it ends. What shows is
/// when the program last asked for credentials, which it does when a session nears its end: a run that
/// is shorter than its session is of no interest.
struct RunHistory {
  /// The variable with which `credential-process` finds the run that it is part of.
  static let variable = "__ATMOS_AUTH_RUN"

  /// How many runs are remembered of each command.
  private static let limit = 20
  /// How many are needed to say something.
  private static let least = 2

  private let root: String
  private let key: String

  private var directory: String { "\(root)/\(key)" }

  /// The runs of a command, told by its own words, as an identity in a directory.
  init(
    of words: [String], as identity: String, realm: String, in directory: String,
    _ paths: StatePaths
  ) {
    root = Self.root(paths)
    key = FileName.encode(
      ([realm, identity.lowercased()] + words + [directory]).map(Percent.encode)
        .text(joinedBy: " "))
  }

  private static func root(_ paths: StatePaths) -> String { "\(paths.state)/runs" }

  /// How long a run is to be expected to last, in seconds: the median and half as much again; `nil`
  /// when too little is known.
  var expected: Int64? { Self.expected(of: lengths) }

  /// The same of some lengths in seconds.
  static func expected(of lengths: [Int64]) -> Int64? {
    guard lengths.count >= least else { return nil }
    let sorted = lengths.sorted()
    let middle = sorted.count / 2
    let median =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    return median > 0 ? median + median / 2 : nil
  }

  private var lengths: [Int64] {
    names.compactMap { name in
      guard let start = Self.start(name),
        let bytes = FileSystem.readOwn("\(directory)/\(name)", limit: 64),
        let last = Int64(String(decoding: bytes, as: UTF8.self).trimmed), last >= start
      else { return nil }
      return last - start
    }
  }

  private var names: [String] { ((try? FileSystem.list(directory)) ?? nil) ?? [] }

  // A run's file is called by when it began and in which process.
  private static func start(_ name: String) -> Int64? {
    let parts = name.split(separator: "-")
    guard parts.count == 2, UInt64(parts[1]) != nil else { return nil }
    return Int64(parts[0])
  }

  /// Notes that a run begins; the value of ``variable`` for it.
  func begin(at now: Instant, process: Int32) -> String {
    for name in names.dropLast(Self.limit - 1) {
      _ = try? FileSystem.remove("\(directory)/\(name)")
    }
    let name = "\(now.secondsSince1970)-\(process)"
    Self.write("\(directory)/\(name)", now)
    return "\(key)/\(name)"
  }

  /// Notes that the run of which this process is part is still going on.
  static func note(_ value: String, at now: Instant, _ paths: StatePaths) {
    let parts = value.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[0].hasPrefix("."),
      let start = start(String(parts[1])), now.secondsSince1970 > start,
      FileName.encode(String(parts[1])) == parts[1]
    else { return }
    let path = "\(root(paths))/\(value)"
    guard FileSystem.exists(path) else { return }
    write(path, now)
  }

  private static func write(_ path: String, _ now: Instant) {
    // Only a help; without it nothing is expected.
    try? FileSystem.writeAtomically(
      path, Array("\(now.secondsSince1970)\n".utf8), isDurable: false)
  }
}
