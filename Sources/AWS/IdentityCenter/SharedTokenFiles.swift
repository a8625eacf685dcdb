import Core
import Crypto
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A token that another program keeps in a file.
struct SharedToken {
  var accessToken: Secret
  var expiresAt: Instant
  /// What renews it, where the file has that.
  var renewal: (refreshToken: Secret, client: BearerToken.Client)?

  /// The longest-lived token that can be used, if it is another than the one that is to be
  /// replaced.
  static func adoptable(
    _ found: [SharedToken], besides previous: BearerToken?, at now: Instant
  ) -> SharedToken? {
    found.filter { token in
      now.advanced(bySeconds: 300) < token.expiresAt && token.accessToken != previous?.accessToken
    }.max { $0.expiresAt < $1.expiresAt }
  }
}

/// The files in which the AWS CLI, the AWS SDKs and atmos keep tokens of a portal.
///
/// They are read, so that who logged in there need not log in here, and left as they are: they are
/// plain text. Only `share_token` has them written.
struct SharedTokenFiles {
  /// The portal whose tokens count.
  let portal: AccessPortal
  /// Where `HOME`, the directories and the person's own AWS configuration are looked up.
  let environment: [String: String]

  /// The AWS CLI's directory.
  private var cliDirectory: String? {
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return "\(home)/.aws/sso/cache"
  }

  /// atmos' file.
  private var atmosPath: String {
    let paths = StatePaths(environment: { environment[$0] })
    let name = Self.sha1("\(portal.written)|\(portal.region)")
    return "\(paths.sharedCache)/aws-sso/sessions/\(name).json"
  }

  private var paths: [String] {
    guard let cliDirectory, let names = try? FileSystem.list(cliDirectory) else {
      return [atmosPath]
    }
    return [atmosPath]
      + names.filter { $0.hasSuffix(".json") }.prefix(500).map { "\(cliDirectory)/\($0)" }
  }

  /// The tokens there are, usable or not.
  ///
  /// A file that cannot be read, or is something else, counts as absent: it is not ours.
  func read() -> [SharedToken] { paths.compactMap(token(at:)) }

  /// Removes the files that hold a token, or what another program made of it with its refresh
  /// token, after the login has ended.
  func remove(_ ended: BearerToken) {
    for path in paths {
      guard let found = token(at: path) else { continue }
      let isOfSameClient = found.renewal.map { $0.client.id == ended.client?.id } ?? false
      guard found.accessToken == ended.accessToken || isOfSameClient else { continue }
      // A token that has ended harms nobody.
      _ = try? FileSystem.remove(path)
    }
  }

  private func token(at path: String) -> SharedToken? {
    guard let bytes = try? FileSystem.readFile(path, limit: 256 << 10) else { return nil }
    return token(in: bytes)
  }

  private func token(in bytes: [UInt8]) -> SharedToken? {
    guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)),
      let accessToken = file.accessToken, !accessToken.isEmpty,
      let startURL = file.startUrl, AccessPortal.normalized(startURL) == portal.startURL,
      file.region?.lowercased() == portal.region,
      let end = file.expiresAt.flatMap(UTCDate.ofProgram)
    else { return nil }
    var token = SharedToken(accessToken: Secret(accessToken), expiresAt: end)
    if let refreshToken = file.refreshToken, !refreshToken.isEmpty, let id = file.clientId,
      let secret = file.clientSecret,
      let until = file.registrationExpiresAt.flatMap(UTCDate.ofProgram)
    {
      let client = BearerToken.Client(
        id: id, secret: Secret(secret), expiresAt: until,
        grant: SSOOIDCClient.Grant.deviceCode.rawValue)
      token.renewal = (Secret(refreshToken), client)
    }
    return token
  }

  /// Writes a token where the other programs look for it: for atmos, for profiles with this start
  /// URL, however they spell it, and for every `[sso-session]` of this portal.
  ///
  /// - Throws: ``AuthError`` with code `system` when a file cannot be written.
  func write(_ token: BearerToken, expiresAt: Instant) throws(AuthError) {
    var file = File()
    file.startUrl = portal.written
    file.region = portal.region
    file.accessToken = token.accessToken.revealed()
    file.expiresAt = Timestamp.rfc3339(expiresAt)
    file.refreshToken = token.refreshToken?.revealed()
    file.clientId = token.client?.id
    file.clientSecret = token.client?.secret.revealed()
    file.registrationExpiresAt = token.client.map { Timestamp.rfc3339($0.expiresAt) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(file) else { return }
    try FileSystem.writeAtomically(atmosPath, bytes)
    guard let cliDirectory else { return }
    let config = try? SharedConfig(environment: environment)
    let sessions = config?.sessions.filter { isOfPortal($1) }.map(\.key) ?? []
    let spellings =
      config?.profiles.values.filter(isOfPortal).compactMap { $0["sso_start_url"] } ?? []
    for name in Set([portal.written] + sessions + spellings) {
      try FileSystem.writeAtomically("\(cliDirectory)/\(Self.sha1(name)).json", bytes)
    }
  }

  private func isOfPortal(_ section: SharedConfig.Section) -> Bool {
    section["sso_start_url"].map(AccessPortal.normalized) == portal.startURL
      && section["sso_region"]?.lowercased() == portal.region
  }

  /// SHA-1 in hexadecimal digits; a name of files that others chose, nothing rests on it.
  static func sha1(_ text: String) -> String {
    Hex.lowercase(Insecure.SHA1.hash(data: Array(text.utf8)))
  }

  /// The names are the format's.
  private struct File: Codable {
    var startUrl: String?
    var region: String?
    var accessToken: String?
    var expiresAt: String?
    var clientId: String?
    var clientSecret: String?
    var registrationExpiresAt: String?
    var refreshToken: String?
  }
}
