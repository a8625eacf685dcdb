import AWS
import AuthConfiguration
import Core
import Model

/// Where an accounts file is, and what it says of an account.
struct AccountsLookup {
  /// A file that was found.
  struct Found {
    var path: String
    /// Whether it is the person's own: no checkout can have written it.
    var isOwn: Bool
    var file: AccountsFile
  }

  /// The path that the command names.
  var named: String?
  let context: CommandContext

  /// The file: the one that is named, else that of `ACCOUNTS_FILE`, of `auth.accounts`, beside
  /// `atmos.yaml`, and the person's own of the habit; `nil` when there is none.
  ///
  /// - Throws: ``AuthError``: `usage` when one that is named is not there.
  func find() throws(AuthError) -> Found? {
    let request = context.configuration.request
    let environment = context.surroundings.environment
    let home = environment["HOME"] ?? ""
    func absolute(_ path: String) -> String {
      context.absolute(path)
    }
    if let named = named ?? environment["ACCOUNTS_FILE"].flatMap({ $0.isEmpty ? nil : $0 }) {
      let path = absolute(named)
      guard let found = try read(path, isOwn: request.isOwn(path, isNamed: true)) else {
        throw AuthError(
          .usage, "no such accounts file: \(DisplayText.sanitized(path))",
          hints: [NearPath.hint(for: path, typed: named) { FileSystem.exists($0) }].compactMap {
            $0
          })
      }
      return found
    }
    if let setting = try context.configuration.full().accounts {
      // Who wrote the list counts as well as who chose it.
      let isOwn = request.isOwn(setting.file) && request.isOwn(setting.path, isNamed: true)
      guard let found = try read(setting.path, isOwn: isOwn) else {
        throw AuthError(
          .badConfiguration,
          "the accounts file of `auth.accounts` is not there: "
            + DisplayText.sanitized(setting.path))
      }
      return found
    }
    let catalog = try context.configuration.readableCatalog(mayBeMissing: true)
    var directories = catalog.files.reversed().map { FileSystem.parent(of: $0) }
    directories.append(catalog.configurationDirectory)
    for directory in directories {
      let path = "\(directory)/accounts.json"
      if let found = try read(path, isOwn: request.isOwn(path)) { return found }
    }
    for path in ["\(home)/.aws/accounts.json", "\(home)/.aws/accounts"] {
      if let found = try read(path, isOwn: request.isOwn(path, isNamed: true)) { return found }
    }
    return nil
  }

  private func read(_ path: String, isOwn: Bool) throws(AuthError) -> Found? {
    guard let bytes = try FileSystem.readFile(path, limit: AccountsFile.limit) else { return nil }
    return Found(path: path, isOwn: isOwn, file: try AccountsFile(bytes, path: path))
  }

  /// The error for a name that is in no file.
  func unknown(_ name: String, in found: Found?) -> AuthError {
    let error = Self.unknown(name, in: found)
    // In granted, `assume` takes what an identity is here.
    guard let catalog = try? context.configuration.catalog(),
      let identity = catalog.find(name)
    else { return error }
    return error.hint(
      "it is an identity: `\(ShellQuoting.typed(command: ["atmos-auth", "use", identity.name]))`")
  }

  private static func unknown(_ name: String, in found: Found?) -> AuthError {
    let shown = DisplayText.sanitized(name, limit: 80)
    guard let found else {
      return AuthError(
        .usage, "unknown account `\(shown)`: there is no accounts file",
        hints: [
          "name one with `--accounts FILE`, or put an accounts.json beside atmos.yaml",
          "or name the account by its twelve digits, or the role by its ARN",
        ])
    }
    let names = found.file.entries.map(\.name)
    let near = NearName.all(near: name, in: names, limit: 5)
    let listed = near.isEmpty ? names.prefix(8).map { $0 } : near
    let text = listed.map { "`\(DisplayText.sanitized($0, limit: 60))`" }.joined(separator: ", ")
    let more = near.isEmpty && names.count > 8 ? " and \(names.count - 8) more" : ""
    return AuthError(
      .usage, "unknown account `\(shown)` in \(DisplayText.sanitized(found.path))",
      hints: [near.isEmpty ? "it has \(text)\(more)" : "did you mean \(text)?"])
  }
}
