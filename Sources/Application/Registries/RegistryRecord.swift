import Core
import Docker

/// Who logs in to a registry, and what was written for that: `registries/HOST` in the state directory.
///
/// Docker asks its helper with the registry's host and nothing else, from any directory. So the
/// record says which configuration the identity is one of, and holds it to what it did when it was
/// handed out.
struct RegistryRecord: Equatable {
  /// An identity that logs in to the registry.
  struct Login: Equatable {
    /// The identity.
    var identity: String
    /// The integration that says so; the host where a person named that.
    var integration: String
    /// The fingerprint that it must have; `nil` for the person's own configuration, which is followed.
    var fingerprint: String?
    /// The options that give the configuration anywhere.
    var arguments: [String]
    /// The variables that they need, all others that lead to a configuration being unset; `nil` in
    /// records of earlier releases.
    var variables: [String: String]?
    /// The realm of the configuration; `nil` in records of earlier releases.
    var realm: String?
  }

  /// The registry's host.
  let host: String
  /// Who logs in, the latest first.
  var logins: [Login] = []
  /// What was written into files of Docker.
  var written: [DockerEntry] = []

  private static let magic = "atmos-auth-registry 1"

  init(host: String) { self.host = host }

  private static func directory(_ paths: StatePaths) -> String { "\(paths.state)/registries" }

  private func path(_ paths: StatePaths) -> String {
    "\(Self.directory(paths))/\(FileName.encode(host))"
  }

  /// The record of a host; an empty one if there is none that only this person can have written.
  static func read(_ host: String, _ paths: StatePaths) -> RegistryRecord {
    var record = RegistryRecord(host: host)
    guard let bytes = FileSystem.readOwn(record.path(paths), limit: 1 << 18) else { return record }
    record.take(bytes)
    return record
  }

  /// All records, by host.
  static func all(_ paths: StatePaths) -> [RegistryRecord] {
    let names = ((try? FileSystem.list(directory(paths))) ?? nil) ?? []
    return names.filter { !$0.hasPrefix(".") }.compactMap { Percent.decode($0.utf8) }
      .map { read($0, paths) }
      .filter { !$0.logins.isEmpty || !$0.written.isEmpty }
  }

  /// Changes a record while nobody else does.
  static func change<Result>(
    _ host: String, _ paths: StatePaths, _ body: (inout RegistryRecord) throws(AuthError) -> Result
  ) throws(AuthError) -> Result {
    try FileLock.withLock("\(paths.state)/registries.lock") { () throws(AuthError) -> Result in
      var record = read(host, paths)
      let before = record
      let result: Swift.Result<Result, AuthError>
      do throws(AuthError) {
        result = .success(try body(&record))
      } catch {
        result = .failure(error)
      }
      // What was done before a failure is written down, too.
      if record != before { try record.write(paths) }
      return try result.get()
    }
  }

  /// Writes it down; an empty one is removed.
  func write(_ paths: StatePaths) throws(AuthError) {
    guard !logins.isEmpty || !written.isEmpty else {
      try FileSystem.remove(path(paths))
      return
    }
    var lines = [Self.magic]
    for login in logins {
      lines.append(
        Self.line("login", login.identity, login.integration, login.fingerprint ?? "-"))
      lines += login.arguments.map { Self.line("argument", $0) }
      if let realm = login.realm { lines.append(Self.line("realm", realm)) }
      if let variables = login.variables {
        lines.append("variables")
        lines += variables.sorted { $0.key < $1.key }.map { Self.line("variable", $0, $1) }
      }
    }
    for entry in written {
      let (word, value) =
        switch entry.content {
        case .helper(let name): ("helper", name)
        case .password(let hash): ("password", hash)
        }
      lines.append(
        Self.line(
          word, entry.path, value, entry.madeSection ? "section" : "-",
          entry.madeFile ? "file" : "-"))
    }
    let text = lines.joined(separator: "\n") + "\n"
    try FileSystem.writeAtomically(path(paths), text.utf8)
  }

  private static func line(_ fields: String...) -> String {
    fields.map(Percent.encode).joined(separator: "\t")
  }

  private mutating func take(_ bytes: [UInt8]) {
    var lines = Fields(bytes[...], separator: UInt8(ascii: "\n"))
    guard lines.next().map({ $0.elementsEqual(Self.magic.utf8) }) == true else { return }
    while let line = lines.next() {
      var fields = Fields(line, separator: UInt8(ascii: "\t"))
      var texts: [String] = []
      while let text = fields.nextText() { texts.append(text) }
      switch (texts.first, texts.count) {
      case ("login", 4):
        logins.append(
          Login(
            identity: texts[1], integration: texts[2],
            fingerprint: texts[3] == "-" ? nil : texts[3], arguments: []))
      case ("argument", 2) where !logins.isEmpty:
        logins[logins.count - 1].arguments.append(texts[1])
      case ("realm", 2) where !logins.isEmpty:
        logins[logins.count - 1].realm = texts[1]
      case ("variables", 1) where !logins.isEmpty:
        logins[logins.count - 1].variables = [:]
      case ("variable", 3) where !logins.isEmpty:
        logins[logins.count - 1].variables?[texts[1]] = texts[2]
      case ("helper", 5), ("password", 5):
        written.append(
          DockerEntry(
            path: texts[1], host: host,
            content: texts[0] == "helper" ? .helper(texts[2]) : .password(hash: texts[2]),
            madeSection: texts[3] == "section", madeFile: texts[4] == "file"))
      default: continue
      }
    }
  }
}
