import Core
import Kubernetes

/// What was written into a kubeconfig, so that exactly that can be taken back: a file of `clusters/`
/// in the state directory.
struct ClusterRecord: Equatable {
  /// The kubeconfig.
  var path: String
  /// What the entries are called.
  var names: KubeconfigNames
  /// The context that was the current one before; `nil` if there was none.
  var previous: String?
  /// Whether the file was made for it.
  var madeFile: Bool
  /// Whose entries they are; `nil` in records of earlier releases.
  var owner: IntegrationOwner?

  private static let magic = "atmos-auth-cluster 1"

  private static func directory(_ paths: StatePaths) -> String { "\(paths.state)/clusters" }

  /// Where the record of an owner is.
  static func path(_ owner: IntegrationOwner, _ paths: StatePaths) -> String {
    let whose = "\(owner.realm)\u{0}\(owner.identity.lowercased())"
    let key = Hash.hex(Hash.fnv1a(whose))
    return "\(directory(paths))/\(FileName.encode("\(owner.integration).\(key)"))"
  }

  /// All records and where they are, by the integrations' names.
  static func all(_ paths: StatePaths) -> [(place: String, record: ClusterRecord)] {
    let names = ((try? FileSystem.list(directory(paths))) ?? nil) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().compactMap { name in
      let place = "\(directory(paths))/\(name)"
      return read(place).map { (place: place, record: $0) }
    }
  }

  /// The integration that a record of an earlier release is about, which its file's name says.
  static func integration(ofPlace place: String) -> String {
    let name = place.split(separator: "/").last ?? ""
    let text = name.split(separator: ".").dropLast().joined(separator: ".")
    return Percent.decode(text.utf8) ?? text
  }

  /// Reads a record; `nil` if there is none that only this person can have written.
  static func read(_ path: String) -> ClusterRecord? {
    guard let bytes = FileSystem.readOwn(path, limit: 1 << 16) else { return nil }
    var lines = Fields(bytes[...], separator: UInt8(ascii: "\n"))
    guard lines.next().map({ $0.elementsEqual(magic.utf8) }) == true, let line = lines.next() else {
      return nil
    }
    let texts = Self.texts(line)
    guard texts.count == 6 else { return nil }
    var record = ClusterRecord(
      path: texts[0],
      names: KubeconfigNames(context: texts[1], cluster: texts[2], user: texts[3]),
      previous: texts[4].isEmpty ? nil : texts[4], madeFile: texts[5] == "file")
    if let line = lines.next() {
      let texts = Self.texts(line)
      if texts.count == 4, texts[0] == "owner" {
        record.owner = IntegrationOwner(
          realm: texts[1], identity: texts[2], integration: texts[3])
      }
    }
    return record
  }

  private static func texts(_ line: ArraySlice<UInt8>) -> [String] {
    var fields = Fields(line, separator: UInt8(ascii: "\t"))
    var texts: [String] = []
    while let text = fields.nextText() { texts.append(text) }
    return texts
  }

  /// Writes it down.
  func write(_ place: String) throws(AuthError) {
    var lines = [
      Self.magic,
      Self.line([
        path, names.context, names.cluster, names.user, previous ?? "", madeFile ? "file" : "-",
      ]),
    ]
    if let owner {
      lines.append(Self.line(["owner", owner.realm, owner.identity, owner.integration]))
    }
    try FileSystem.writeAtomically(place, (lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func line(_ fields: [String]) -> String {
    fields.map(Percent.encode).joined(separator: "\t")
  }
}
