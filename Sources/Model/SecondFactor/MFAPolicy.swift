internal import Core

/// `mfa` of an identity, or of `auth.shell`: when its commands ask for a code.
public struct MFAPolicy: Sendable, Equatable {
  /// `policy`; `nil` when it is not said.
  public var level: MFALevel?
  /// `max_age`: for how many seconds one code does; `nil` when it is not said.
  public var maximumAge: Int64?
  /// `unattended`: whether a source of codes that takes no person will do; `nil` when it is not said.
  public var isUnattended: Bool?

  /// Creates a policy.
  public init(level: MFALevel? = nil, maximumAge: Int64? = nil, isUnattended: Bool? = nil) {
    self.level = level
    self.maximumAge = maximumAge
    self.isUnattended = isUnattended
  }

  /// Reads the map that `node` is; what is written wrongly counts as the strictest.
  public init(_ node: ConfigNode?) {
    guard let node else { return }
    if let value = node["policy"], !value.isNull {
      level = MFALevel(rawValue: value.text?.trimmed.lowercased() ?? "") ?? .plansAndApplies
    }
    if let value = node["max_age"], !value.isNull {
      maximumAge = value.text.flatMap { DurationText.seconds($0.trimmed) } ?? 0
    }
    if let value = node["unattended"], !value.isNull { isUnattended = value.bool ?? false }
  }

  /// What holds for an identity that says this, given the person's own `auth.shell.mfa`.
  ///
  /// An identity of the person's own says it better than the default; what a checkout says can only
  /// tighten it.
  public func over(_ standard: MFAPolicy, isOwn: Bool) -> MFAPolicy {
    guard !isOwn, self != MFAPolicy(), standard != MFAPolicy() else {
      return MFAPolicy(
        level: level ?? standard.level, maximumAge: maximumAge ?? standard.maximumAge,
        isUnattended: isUnattended ?? standard.isUnattended)
    }
    return MFAPolicy(
      level: max(level ?? .never, standard.level ?? .never),
      maximumAge: min(maximumAge ?? standard.maximumAge ?? 0, standard.maximumAge ?? 0),
      isUnattended: (isUnattended ?? true) && standard.isUnattended == true)
  }
}
