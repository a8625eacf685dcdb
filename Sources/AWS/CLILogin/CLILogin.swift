import Core
import Model

/// A login that the AWS CLI's `aws login` keeps in a file: keys, and what renews them.
///
/// Source: `LoginCredentialFetcher` in `credentials.py` of botocore 1.43.
struct CLILogin {
  /// The account that was signed in to.
  private(set) var account: String?
  /// When the keys end; `nil` for a time that cannot be read.
  private(set) var expiresAt: Instant?
  /// What renews the keys; it changes with each use.
  private(set) var refreshToken: Secret
  /// The client that it was issued to.
  let clientID: String

  private(set) var accessKeyID: String
  private var secretAccessKey: Secret
  private var sessionToken: Secret
  private let pem: Secret
  /// All of the file, so that what is not known here stays.
  private var document: [String: JSONValue]

  /// How long keys have to last, in seconds, not to be renewed; it is botocore's.
  private static let margin: Int64 = 300
  /// How long they have to last, in seconds, to be used where they cannot be renewed.
  private static let leastLeft: Int64 = 60

  /// Reads a file's content.
  ///
  /// - Throws: ``Fault`` if a member is missing or is not a text.
  init(_ bytes: [UInt8]) throws(Fault) {
    guard case .object(let document)? = JSONValue.read(bytes) else { throw Fault("it is not JSON") }
    func text(_ value: JSONValue?, _ name: String) throws(Fault) -> String {
      guard case .text(let text)? = value, !text.isEmpty else { throw Fault("it has no `\(name)`") }
      return text
    }
    guard case .object? = document["accessToken"] else { throw Fault("it has no `accessToken`") }
    let keys = document["accessToken"]
    accessKeyID = try text(keys?["accessKeyId"], "accessKeyId")
    secretAccessKey = Secret(try text(keys?["secretAccessKey"], "secretAccessKey"))
    sessionToken = Secret(try text(keys?["sessionToken"], "sessionToken"))
    expiresAt = UTCDate.ofProgram(try text(keys?["expiresAt"], "expiresAt"))
    account = keys?["accountId"]?.word
    refreshToken = Secret(try text(document["refreshToken"], "refreshToken"))
    clientID = try text(document["clientId"], "clientId")
    pem = Secret(try text(document["dpopKey"], "dpopKey"))
    self.document = document
  }

  /// The login that somebody signed in to here; `nil` if it cannot be renewed.
  init?(
    _ token: SignInClient.Token, _ key: ProofKey, clientID: String, of session: String,
    at now: Instant
  ) {
    guard let refreshToken = token.refreshToken else { return nil }
    self.clientID = clientID
    self.refreshToken = refreshToken
    account = ARN.account(session)
    pem = key.pem
    (accessKeyID, secretAccessKey) = (token.accessKeyID, token.secretAccessKey)
    sessionToken = token.sessionToken
    document = [
      "tokenType": .text("aws_sigv4"), "clientId": .text(clientID),
      "dpopKey": .text(pem.revealed()),
    ]
    if let account { document["accessToken"] = .object(["accountId": .text(account)]) }
    if let idToken = token.idToken { document["idToken"] = .text(idToken.revealed()) }
    take(token, at: now)
  }

  /// What is wrong with a file.
  struct Fault: Error {
    /// As in "it is not JSON".
    let text: String

    init(_ text: String) { self.text = text }
  }

  /// Whether the keys need no renewing.
  func isFresh(at now: Instant) -> Bool { lasts(Self.margin, now) }

  /// Whether the keys still work, though they may have to be renewed.
  func isUsable(at now: Instant) -> Bool { lasts(Self.leastLeft, now) }

  private func lasts(_ seconds: Int64, _ now: Instant) -> Bool {
    expiresAt.map { now.advanced(bySeconds: seconds) < $0 } ?? false
  }

  /// What signs the requests for new keys; `nil` if it is not a key on P-256.
  var key: ProofKey? { ProofKey(pem: pem) }

  /// The same login with the keys that were given for its refresh token.
  func renewed(_ token: SignInClient.Token, at now: Instant) -> CLILogin {
    var login = self
    login.take(token, at: now)
    return login
  }

  private mutating func take(_ token: SignInClient.Token, at now: Instant) {
    let end = now.advanced(bySeconds: token.expiresIn)
    (accessKeyID, secretAccessKey) = (token.accessKeyID, token.secretAccessKey)
    (sessionToken, expiresAt) = (token.sessionToken, end)
    refreshToken = token.refreshToken ?? refreshToken
    var keys: [String: JSONValue] = [:]
    if case .object(let before)? = document["accessToken"] { keys = before }
    keys["accessKeyId"] = .text(accessKeyID)
    keys["secretAccessKey"] = .text(secretAccessKey.revealed())
    keys["sessionToken"] = .text(sessionToken.revealed())
    keys["expiresAt"] = .text(Timestamp.rfc3339(end))
    document["accessToken"] = .object(keys)
    document["refreshToken"] = .text(refreshToken.revealed())
  }

  /// The file's content.
  var bytes: [UInt8] { JSONValue.object(document).bytes }

  /// The keys as those of a sign-in.
  ///
  /// - Parameters:
  ///   - session: Whose they are.
  ///   - region: Where was signed in.
  ///   - previous: What renewed the keys before. The login stays the same only with the same key.
  ///   - now: The time.
  /// - Returns: The keys, with what renews them where that is the same login.
  func credential(
    of session: String, region: String, _ previous: Renewal?, _ now: Instant
  ) -> Credential {
    var credential = credential(of: session, region: region, at: now)
    if var renewal = previous, key?.secret == renewal.key {
      renewal.refreshToken = refreshToken
      credential.renewal = renewal
    }
    return credential
  }

  /// The keys, for whoever the login is of.
  func credential(of session: String, region: String?, at now: Instant) -> Credential {
    let isRole = session.contains(":assumed-role/")
    return Credential(
      .aws(
        AWSKeys(
          accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
          origin: isRole ? .role : .userSession)),
      issuedAt: now, expiresAt: expiresAt, region: region, account: account ?? ARN.account(session),
      principal: session)
  }
}
