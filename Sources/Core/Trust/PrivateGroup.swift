internal import CLibrary

/// Whether a group has nobody in it but one person, so that what it may write nobody else may.
enum PrivateGroup {
  /// Whether this machine's accounts say so of a group and a person's number.
  static func isOne(_ group: UInt32, of user: UInt32) -> Bool {
    func text(_ path: String) -> String? {
      (try? FileSystem.readFile(path, limit: 1 << 20)).flatMap { $0 }
        .map { String(decoding: $0, as: UTF8.self) }
    }
    guard let accounts = text("/etc/passwd"), let groups = text("/etc/group") else { return false }
    return isOne(
      group, of: user, accounts: accounts, groups: groups, sources: text("/etc/nsswitch.conf") ?? ""
    )
  }

  /// The same by the content of `/etc/passwd`, `/etc/group` and `/etc/nsswitch.conf`.
  ///
  /// Where accounts come from elsewhere, such as a directory of a company, nobody can tell who is in a
  /// group, and the answer is no.
  static func isOne(
    _ group: UInt32, of user: UInt32, accounts: String, groups: String, sources: String
  ) -> Bool {
    guard isLocal(sources) else { return false }
    let people = records(accounts, 7)
    guard let name = people.first(where: { $0[2] == "\(user)" })?[0],
      let members = records(groups, 4).first(where: { $0[2] == "\(group)" })?[3]
    else { return false }
    let listed = members.split(separator: ",")
    let primary = people.filter { $0[3] == "\(group)" }
    return listed.allSatisfy { $0 == name } && primary.allSatisfy { $0[0] == name }
      && !(listed.isEmpty && primary.isEmpty)
  }

  private static func records(_ text: String, _ count: Int) -> [[Substring]] {
    text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
      .filter { $0.count == count }
  }

  private static func isLocal(_ sources: String) -> Bool {
    sources.split(separator: "\n").allSatisfy { line in
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard let first = words.first, ["passwd:", "group:"].contains(first) else { return true }
      return words.dropFirst().allSatisfy { ["files", "compat", "systemd"].contains($0) }
    }
  }
}
