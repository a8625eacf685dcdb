public import Core

/// An AWS account as an accounts file says it.
public struct AccountEntry: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Its number: twelve digits.
  public var id: String
  /// The name or ARN of the role to assume there, unless another one is asked for.
  public var role: String?
  /// The region.
  public var region: String?
  /// The external id that the role asks for.
  public var externalID: String?
  /// The name of the session.
  public var sessionName: String?
  /// How long the session lasts, as a duration.
  public var duration: String?
  /// The MFA device that the role asks for.
  public var mfaDevice: String?
}

/// A file that lists AWS accounts by name, as pipelines keep them: `accounts.json`.
///
/// Nobody has standardised such files, so several forms are read: `{name: id}`, `{name: {id, role, …}}`, lists of
/// objects with a name, any of these below `accounts`, by organization or not, and what
/// `aws organizations list-accounts` prints. Case, `_` and `-` in the names of members do not matter.
public struct AccountsFile: Sendable {
  /// The accounts, by name.
  public private(set) var entries: [AccountEntry] = []

  private let path: String
  private var nameless = 0

  /// The largest file that is read; an organization has at most some ten thousand accounts.
  public static let limit = 8 << 20

  /// Reads a file.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` if it is not such a file, or holds keys.
  public init(_ bytes: [UInt8], path: String) throws(AuthError) {
    self.path = DisplayText.sanitized(path)
    guard let value = JSONValue.read(bytes) else { throw fault("is not JSON") }
    if Self.holdsKeys(value) {
      throw fault(
        "holds access keys; nothing of it is used",
        hint: "keep account numbers there and keys elsewhere, and replace those keys")
    }
    try read(value, defaults: Settings())
    entries.sort { $0.name < $1.name }
    guard !entries.isEmpty else { throw fault("lists no AWS account") }
  }

  /// The account of a name, in any case, or of a number.
  public func entry(_ name: String) -> AccountEntry? {
    entries.first { $0.name == name }
      ?? entries.first { $0.name.lowercased() == name.lowercased() }
      ?? entries.first { $0.id == name }
  }

  /// Whether a text is the number of an account.
  public static func isID(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private func fault(_ what: String, hint: String? = nil) -> AuthError {
    AuthError(
      .badConfiguration, "the accounts file \(path) \(what)", hints: hint.map { [$0] } ?? [])
  }

  // MARK: Members

  /// What is said for all accounts of an object, or for one.
  private struct Settings {
    var role: String?
    var region: String?
    var externalID: String?
    var sessionName: String?
    var duration: String?
    var mfaDevice: String?

    static let names: Set<String> = [
      "defaultrole", "role", "rolename", "rolearn", "region", "defaultregion", "externalid",
      "sessionname", "rolesessionname", "duration", "durationseconds", "mfaserial", "mfaarn",
    ]

    /// These, and what `members` says in their place.
    func over(_ members: [String: JSONValue]) -> Settings {
      func first(_ names: String...) -> String? {
        names.lazy.compactMap { members[$0]?.word }.first { !$0.isEmpty }
      }
      var result = self
      result.role = first("rolearn", "role", "rolename", "defaultrole") ?? role
      result.region = first("region", "defaultregion") ?? region
      result.externalID = first("externalid") ?? externalID
      result.sessionName = first("sessionname", "rolesessionname") ?? sessionName
      result.duration = first("duration", "durationseconds") ?? duration
      result.mfaDevice = first("mfaserial", "mfaarn") ?? mfaDevice
      return result
    }
  }

  private static let lists = ["accounts", "awsaccounts"]
  private static let ids = [
    "id", "accountid", "account", "accountnumber", "number", "awsaccountid",
  ]
  private static let nameMembers = ["name", "accountname", "alias", "accountalias"]

  private mutating func read(_ value: JSONValue, defaults: Settings) throws(AuthError) {
    switch value {
    case .array(let elements):
      for element in elements { try add(element, named: nil, defaults) }
    case .object(let object):
      let members = value.members
      let settings = defaults.over(members.filter { $0.value.word != nil })
      if let list = Self.lists.lazy.compactMap({ members[$0] }).first(where: { $0.word == nil }) {
        return try read(list, defaults: settings)
      }
      for (name, member) in object.sorted(by: { $0.key < $1.key }) {
        if name.hasPrefix("$") || name.hasPrefix("_") { continue }
        let below = member.members
        if Self.lists.contains(where: { below[$0] != nil && below[$0]?.word == nil }) {
          // An organization with accounts of its own.
          try read(member, defaults: settings)
        } else if member.word != nil, Settings.names.contains(JSONValue.folded(name)) {
          continue
        } else {
          try add(member, named: name, settings)
        }
      }
    default: throw fault("is not a map or a list")
    }
  }

  private mutating func add(
    _ value: JSONValue, named key: String?, _ defaults: Settings
  ) throws(AuthError) {
    let members = value.members
    let name = key ?? Self.nameMembers.lazy.compactMap { members[$0]?.word }.first
    guard let name, !name.isEmpty else {
      throw fault("has an account without a name", hint: "give it `name`")
    }
    var settings = defaults.over(members)
    // What an organization no longer has cannot be reached.
    if let status = members["status"]?.word, status.uppercased() != "ACTIVE" { return }
    var id: String?
    if let word = value.word {
      id = self.id(word)
      if id == nil, let account = Self.account(ofRole: word) {
        (id, settings.role) = (account, word)
      }
    } else {
      id = Self.ids.lazy.compactMap { members[$0]?.word }.first.flatMap { self.id($0) }
      for arn in [members["arn"]?.word, settings.role].compactMap({ $0 }) {
        guard let account = Self.account(ofRole: arn) else { continue }
        if members["arn"]?.word == arn { settings.role = arn }
        id = id ?? account
      }
    }
    guard let id else {
      throw fault(
        "has no account number for `\(DisplayText.sanitized(name, limit: 60))`",
        hint: "an AWS account has twelve digits, such as \"012345678901\"")
    }
    entries.append(
      AccountEntry(
        name: name, id: id, role: settings.role, region: settings.region,
        externalID: settings.externalID, sessionName: settings.sessionName,
        duration: settings.duration, mfaDevice: settings.mfaDevice))
  }

  /// Twelve digits; a number in JSON has lost the zeros in front.
  private func id(_ word: String) -> String? {
    let digits = word.filter { $0 != "-" }
    guard (9...12).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return String(repeating: "0", count: 12 - digits.utf8.count) + digits
  }

  private static func account(ofRole arn: String) -> String? {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[5].hasPrefix("role/"),
      isID(String(parts[4]))
    else { return nil }
    return String(parts[4])
  }

  // MARK: Keys

  private static let secrets: Set<String> = [
    "secretaccesskey", "awssecretaccesskey", "secretkey", "awssecretkey", "sessiontoken",
    "awssessiontoken", "accesskeyid", "awsaccesskeyid", "accesskey", "privatekey", "password",
  ]

  private static func holdsKeys(_ value: JSONValue) -> Bool {
    switch value {
    case .object(let object):
      object.contains { key, member in
        secrets.contains(JSONValue.folded(key)) && member.word?.isEmpty == false
          || holdsKeys(member)
      }
    case .array(let elements): elements.contains(where: holdsKeys)
    case .text(let text):
      text.utf8.count == 20 && (text.hasPrefix("AKIA") || text.hasPrefix("ASIA"))
    default: false
    }
  }
}
