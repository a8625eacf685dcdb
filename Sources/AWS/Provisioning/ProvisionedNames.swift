import Core

/// Names for the identities that a login opens: `Account/PermissionSet`, as atmos names them.
enum ProvisionedNames {
  /// A permission set in an account, with a name of its own.
  struct Identity: Equatable {
    var name: String
    var accountID: String
    var accountName: String
    var role: String
  }

  /// Names all of them; no two names are equal, whatever their case, and all fit in a shell.
  ///
  /// Accounts that would have one name get their number in it, all of them, so that nobody takes
  /// the one for the other. Names are stable: they depend on the accounts alone, not on their order.
  static func identities(of entries: [PortalInventory.Entry]) -> [Identity] {
    let sorted = entries.sorted { $0.account.accountId < $1.account.accountId }
    var byName: [String: Int] = [:]
    for entry in sorted { byName[cleaned(entry.account).lowercased(), default: 0] += 1 }
    var taken: Set<String> = []
    var result: [Identity] = []
    for entry in sorted {
      let id = entry.account.accountId
      let plain = cleaned(entry.account)
      let isShared = byName[plain.lowercased(), default: 0] > 1
      for role in Set(entry.roles).sorted() {
        let end = cleaned(role)
        guard !end.isEmpty else { continue }
        var name = joined(plain, id, end, isPlain: !isShared)
        // A slash in an account's name can make two different pairs look the same.
        if taken.contains(name.lowercased()) { name = joined(plain, id, end, isPlain: false) }
        guard IdentityName.isShellSafe(name), taken.insert(name.lowercased()).inserted else {
          continue
        }
        result.append(
          Identity(
            name: name, accountID: id, accountName: entry.account.accountName ?? id, role: role))
      }
    }
    return result.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private static func cleaned(_ account: SSOPortalClient.Account) -> String {
    let name = cleaned(account.accountName ?? "")
    return name.isEmpty ? account.accountId : name
  }

  /// `account/role`, or `account-id/role` unless `isPlain`; what would be too long loses the end of
  /// the account's name, and has its number instead.
  private static func joined(
    _ account: String, _ id: String, _ role: String, isPlain: Bool
  ) -> String {
    let name = isPlain ? "\(account)/\(role)" : "\(account)-\(id)/\(role)"
    guard name.utf8.count > IdentityName.limit else { return name }
    let room = max(1, IdentityName.limit - role.utf8.count - id.utf8.count - 2)
    return "\(account.prefix(room))-\(id)/\(role)"
  }

  /// The text with everything that no identity's name has replaced by hyphens.
  static func cleaned(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let isPlain =
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "/", "@", "+", ":", " ", "-": true
        default: false
        }
      if isPlain {
        result.unicodeScalars.append(scalar)
      } else if !result.hasSuffix("-") {
        result.append("-")
      }
    }
    func isLetterOrDigit(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber)
    }
    while let first = result.first, !isLetterOrDigit(first) { result.removeFirst() }
    while let last = result.last, last == " " || last == "-" { result.removeLast() }
    return result
  }
}
