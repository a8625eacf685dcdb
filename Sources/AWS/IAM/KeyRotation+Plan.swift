public import Core
import Model

extension KeyRotation {
  /// What ``run()`` would do, one step a line; nothing is changed.
  ///
  /// - Throws: ``AuthError`` for everything that ``run()`` would find out before it changes
  ///   something.
  public func plan() async throws(AuthError) -> [String] {
    let stored = try await rotatable()
    let services = try UserServices(keys.settings, keys: stored, effects: effects)
    let journal = try await journal()
    let removing = removal == .delete ? "delete" : "deactivate"
    let user = try await services.user(of: stored.longLived)
    var steps: [String] = []
    let new: String
    switch (journal, journal?.stage(storedID: stored.accessKeyID)) {
    case (let journal?, .made):
      new = AWSKeys.masked(journal.newID ?? "")
      steps.append("finish the rotation of \(Timestamp.rfc3339(journal.began))")
    case (let journal?, .switched):
      return [
        "finish the rotation of \(Timestamp.rfc3339(journal.began))",
        "\(removing) access key \(AWSKeys.masked(journal.oldID)) of user `\(user.name)`",
      ]
    default:
      new = "the new key"
      if journal != nil { steps.append("delete what an interrupted rotation left at IAM") }
      if obstacle != nil || journal == nil {
        let signer = try await keys.signer(stored.longLived, stored: stored, as: user, services)
        if let other = try await existing(stored, user, signer, services)?.obstacle {
          steps.append("delete access key \(other.maskedID)")
        }
      }
      steps.append("make an access key for user `\(user.name)` (\(user.arn))")
    }
    return steps + [
      "wait until \(new) works",
      "store \(new) in the \(effects.keyring.name) keyring, replacing "
        + AWSKeys.masked(stored.accessKeyID),
      "\(removing) access key \(AWSKeys.masked(stored.accessKeyID))",
    ]
  }
}
