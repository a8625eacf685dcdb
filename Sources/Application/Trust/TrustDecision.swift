/// What speaks for and against using an identity, and who asks for it.
struct TrustQuestion: Equatable {
  /// Whether the person's own files alone say the same.
  var isOwn = false
  /// Whether the person allowed exactly this, in this configuration or for its realm in another.
  var isAllowed = false
  /// Whether it is for the account and principal of an identity of the person's own, with less
  /// restraint: that has to be allowed beforehand.
  var isLooser = false
  /// Why a file of the configuration must not be believed; `nil` if nothing speaks against it.
  var objection: String?
  /// Whether the surroundings are those of a CI job, in which a checkout counts as allowed.
  var isCI = false
  /// Whether a person typed the command, and is there to be asked.
  var canAsk = false
}

/// Whether an identity may be used.
///
/// It is the one decision about identities that are named, for all commands;
/// ``Core/DirectoryVerdict`` is that about directories.
enum TrustDecision: Equatable {
  /// It may.
  case use
  /// It may, with what belongs to the job alone: no stored session, key or seed of a person.
  case useInJob
  /// It may if the person says so now.
  case ask
  /// It may not: it was never allowed.
  case refuseUnknown
  /// It may not: others may have written a file, for this reason.
  case refuseFile(String)

  /// Decides; docs/trust.md has the table.
  init(_ question: TrustQuestion) {
    self =
      if question.isOwn {
        .use
      } else if question.isCI, question.isAllowed || !question.isLooser {
        question.isAllowed && question.objection == nil ? .use : .useInJob
      } else if let objection = question.objection {
        .refuseFile(objection)
      } else if question.isAllowed {
        .use
      } else {
        question.canAsk && !question.isLooser ? .ask : .refuseUnknown
      }
  }
}
