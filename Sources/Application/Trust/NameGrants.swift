import AuthConfiguration
import Core

/// What a person allowed of one configuration by name, in `trust/DEVICE-INODE.names`.
///
/// It belongs to the configuration's directory, known by its real path, device and inode, and obeys
/// the rules of a ``Core/Grant``: whoever writes it holds ``Core/TrustLock``. docs/protocol.md has the
/// format.
struct NameGrants {
  /// What was allowed of one name.
  struct Entry {
    /// The name as it was asked for, in lower case; a provider's has `provider:` in front.
    var name: String
    /// Every fingerprint that was allowed, the latest last.
    var fingerprints: [String] = []
    /// The lines of the latest, for showing what changed.
    var traits: [String] = []

    /// Whether something is only tighter than what has a fingerprint, as far as that is the latest:
    /// the lines of one that was taken away count no more than it does.
    func isTightened(from fingerprint: String, to trust: TrustDescription) -> Bool {
      Tightening.isAll(from: traits, to: trust.traits)
        && TrustDescription.fingerprint(of: traits) == fingerprint
    }
  }

  private static let magic = "atmos-auth-names 1"

  /// The configuration's directory, its real path.
  let directory: String
  private let path: String
  private let device: UInt64
  private let inode: UInt64
  private(set) var entries: [Entry] = []

  /// Reads what was allowed of the configuration in `directory`; `nil` if that is not there.
  init?(of directory: String, _ paths: StatePaths) {
    guard let real = FileSystem.realPath(directory), let stamp = FileSystem.stamp(real) else {
      return nil
    }
    self.directory = real
    device = stamp.device
    inode = stamp.inode
    path = "\(paths.trustDirectory)/\(device)-\(inode).names"
    // What was allowed of another directory that had these numbers does not count.
    if let stored = Self(stored: path), ByteText(stored.directory) == ByteText(real),
      stored.device == device, stored.inode == inode
    {
      entries = stored.entries
    }
  }

  private init?(stored path: String) {
    guard let bytes = FileSystem.readOwn(path, limit: 4 << 20) else { return nil }
    var lines = Fields(bytes[...], separator: UInt8(ascii: "\n"))
    guard lines.next().map({ $0.elementsEqual(Self.magic.utf8) }) == true,
      let second = lines.next()
    else { return nil }
    var place = Fields(second, separator: UInt8(ascii: "\t"))
    guard place.nextText() == "configuration", let directory = place.nextText(),
      let device = place.nextUnsigned(), let inode = place.nextUnsigned(), place.isAtEnd
    else { return nil }
    self.path = path
    (self.directory, self.device, self.inode) = (directory, device, inode)
    var isWhole = false
    while let line = lines.next(), !isWhole {
      var fields = Fields(line, separator: UInt8(ascii: "\t"))
      guard let word = fields.nextText(), let value = fields.nextText(), fields.isAtEnd else {
        return nil
      }
      switch word {
      case "name": entries.append(Entry(name: value))
      case "fingerprint" where !entries.isEmpty:
        entries[entries.count - 1].fingerprints.append(value)
      case "trait" where !entries.isEmpty: entries[entries.count - 1].traits.append(value)
      case "end":
        guard value == Hash.hex(Hash.fnv1a(bytes[..<line.startIndex])) else { return nil }
        isWhole = true
      default: return nil
      }
    }
    guard isWhole else { return nil }
  }

  /// Every configuration of which something was allowed.
  static func all(_ paths: StatePaths) throws(AuthError) -> [NameGrants] {
    let directory = paths.trustDirectory
    return (try FileSystem.list(directory) ?? []).filter { $0.hasSuffix(".names") }
      .compactMap { NameGrants(stored: "\(directory)/\($0)") }
  }

  /// What was allowed of a name; `nil` if nothing was.
  func entry(_ name: String) -> Entry? {
    let name = ByteText(name)
    return entries.first { ByteText($0.name) == name }
  }

  /// Whether something was allowed of a name, or is only tighter than what was allowed of it last.
  func allows(_ name: String, _ trust: TrustDescription) -> Bool {
    guard let entry = entry(name) else { return false }
    return entry.fingerprints.contains(trust.fingerprint)
      || entry.fingerprints.contains { entry.isTightened(from: $0, to: trust) }
  }

  /// Allows a fingerprint of a name.
  mutating func allow(_ name: String, _ fingerprint: String, traits: [String]) {
    var entry = entry(name) ?? Entry(name: name)
    entries.removeAll { ByteText($0.name) == ByteText(name) }
    entry.fingerprints.removeAll { $0 == fingerprint }
    entry.fingerprints.append(fingerprint)
    if !traits.isEmpty { entry.traits = traits }
    entries.append(entry)
  }

  /// Takes away what was allowed: everything of one name, or fingerprints of it; everything for `nil`.
  ///
  /// - Returns: What was taken away.
  mutating func remove(_ name: String?, only fingerprints: Set<String>? = nil) -> [Entry] {
    var removed: [Entry] = []
    entries = entries.compactMap { entry in
      guard name.map({ ByteText($0) == ByteText(entry.name) }) ?? true else { return entry }
      var (rest, gone) = (entry, entry)
      rest.fingerprints = entry.fingerprints.filter { fingerprint in
        fingerprints.map { !$0.contains(fingerprint) } ?? false
      }
      gone.fingerprints = entry.fingerprints.filter { !rest.fingerprints.contains($0) }
      if !gone.fingerprints.isEmpty { removed.append(gone) }
      return rest.fingerprints.isEmpty ? nil : rest
    }
    return removed
  }

  /// The names that stand for what leads to an identity: stacks, and units of terragrunt's.
  var choices: [String] {
    entries.map(\.name).filter { Self.stack(of: $0) != nil || Self.unit(of: $0) != nil }
  }

  /// The state of its file; `nil` if there is none.
  var stamp: FileStamp? { FileSystem.stamp(path) }

  /// Whether its directory is still the one that was meant.
  var isCurrent: Bool {
    guard let stamp = FileSystem.stamp(directory) else { return false }
    return stamp.device == device && stamp.inode == inode
  }

  /// Stores it; nothing stays of nothing.
  func store() throws(AuthError) {
    guard !entries.isEmpty else {
      try FileSystem.remove(path)
      return
    }
    var text = "\(Self.magic)\nconfiguration\t\(Percent.encode(directory))\t\(device)\t\(inode)\n"
    for entry in entries {
      text += "name\t\(Percent.encode(entry.name))\n"
      for fingerprint in entry.fingerprints {
        text += "fingerprint\t\(Percent.encode(fingerprint))\n"
      }
      for trait in entry.traits { text += "trait\t\(Percent.encode(trait))\n" }
    }
    try FileSystem.writeAtomically(path, "\(text)end\t\(Hash.hex(Hash.fnv1a(text)))\n".utf8)
  }
}
