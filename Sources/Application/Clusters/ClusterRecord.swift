import Core

/// What was written into a kubeconfig, so that exactly that can be taken back: `clusters/KEY` in the
/// state directory.
struct ClusterRecord: Equatable {
  /// The kubeconfig.
  var path: String
  /// The name of the context.
  var context: String
  /// The name of the cluster.
  var cluster: String
  /// The name of the user.
  var user: String
  /// The context that was the current one before; `nil` if there was none.
  var previous: String?
  /// Whether the file was made for it.
  var madeFile: Bool

  private static let magic = "atmos-auth-cluster 1"

  /// Where the record of an integration of a configuration is.
  static func path(_ integration: String, _ arguments: [String], _ paths: StatePaths) -> String {
    let key = Hash.hex(Hash.fnv1a(arguments.joined(separator: "\u{0}")))
    return "\(paths.state)/clusters/\(FileName.encode("\(integration).\(key)"))"
  }

  /// Reads a record; `nil` if there is none that only this person can have written.
  static func read(_ path: String) -> ClusterRecord? {
    guard let bytes = FileSystem.readOwn(path, limit: 1 << 16) else { return nil }
    var lines = Fields(bytes[...], separator: UInt8(ascii: "\n"))
    guard lines.next().map({ $0.elementsEqual(magic.utf8) }) == true, let line = lines.next() else {
      return nil
    }
    var fields = Fields(line, separator: UInt8(ascii: "\t"))
    var texts: [String] = []
    while let text = fields.nextText() { texts.append(text) }
    guard texts.count == 6 else { return nil }
    return ClusterRecord(
      path: texts[0], context: texts[1], cluster: texts[2], user: texts[3],
      previous: texts[4].isEmpty ? nil : texts[4], madeFile: texts[5] == "file")
  }

  /// Writes it down.
  func write(_ path: String) throws(AuthError) {
    let fields = [self.path, context, cluster, user, previous ?? "", madeFile ? "file" : "-"]
    let line = fields.map(Percent.encode).joined(separator: "\t")
    try FileSystem.writeAtomically(path, "\(Self.magic)\n\(line)\n".utf8)
  }
}
