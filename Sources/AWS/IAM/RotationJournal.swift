import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How far a rotation of access keys got, kept in the keyring beside the keys.
///
/// It is written before a new key is made, and again with the new secret before anything depends on
/// it: whenever the process dies, the next one knows what there is at IAM and why.
struct RotationJournal: Equatable {
  /// When the rotation began, by the local clock.
  var began: Instant
  /// The key that is to be replaced.
  var oldID: String
  /// Every key the user had before; `nil` when that could not be seen.
  var knownIDs: [String]?
  /// The key that is to replace it, once it was made.
  var newID: String?
  /// The secret of the new key, as long as it is stored nowhere else.
  var newSecret: Secret?

  /// What is left to do.
  enum Stage: Equatable {
    /// A key may have been made whose secret nobody has.
    case making
    /// The new key was made, and is to be verified and stored instead of the old one.
    case made(AWSKeys)
    /// The new key is stored; the old one is to go.
    case switched
    /// Somebody stored other keys meanwhile.
    case superseded
  }

  /// What is left to do when the stored keys have this id.
  func stage(storedID: String) -> Stage {
    if storedID == newID { return .switched }
    guard storedID == oldID else { return .superseded }
    guard let newID, let newSecret else { return .making }
    return .made(
      AWSKeys(
        accessKeyID: newID, secretAccessKey: newSecret, sessionToken: nil, origin: .longLived))
  }
}

extension RotationJournal {
  private struct Fields: Codable {
    var began: Int64
    var old: String
    var known: [String]?
    var new: String?
    var secret: String?
  }

  /// Reads an entry; `nil` for one that this release does not understand.
  init?(entry: Secret) {
    guard let fields = entry.withBytes({ try? JSONDecoder().decode(Fields.self, from: Data($0)) })
    else { return nil }
    self.init(
      began: Instant(secondsSince1970: fields.began), oldID: fields.old, knownIDs: fields.known,
      newID: fields.new, newSecret: fields.secret.map { Secret($0) })
  }

  /// The entry to store.
  func entry() -> Secret {
    let fields = Fields(
      began: began.secondsSince1970, old: oldID, known: knownIDs, new: newID,
      secret: newSecret?.revealed())
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding plain texts cannot fail.
    return Secret((try? encoder.encode(fields)) ?? Data())
  }
}
