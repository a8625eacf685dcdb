public import Core

/// What was made of a person's AWS profiles: definitions of an `auth:` section, and a report.
public struct ImportedConfiguration: Sendable {
  /// A value of a definition.
  public indirect enum Value: Sendable, Equatable {
    /// Text.
    case text(String)
    /// `true` or `false`.
    case flag(Bool)
    /// A map in order.
    case map([Member])
    /// A list.
    case list([Value])
  }

  /// A key with its value.
  public struct Member: Sendable, Equatable {
    /// The key.
    public var key: String
    /// Its value.
    public var value: Value
  }

  /// An entry of `providers` or `identities`.
  public struct Definition: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// What it holds.
    public var members: [Member]
  }

  /// Static keys that belong into the keyring.
  public struct Keys: Sendable {
    /// The identity of kind `aws/user` that they are for.
    public var identity: String
    /// The access key id.
    public var accessKeyID: String
    /// The other half.
    public var secretAccessKey: Secret
    /// Where they stand.
    public var place: String
  }

  /// A profile that became an identity.
  public struct Taken: Sendable, Equatable {
    /// The profile.
    public var profile: String
    /// The identity.
    public var identity: String
    /// What it does, in a few words.
    public var summary: String
    /// Where the profile stands: file and line.
    public var place: String
  }

  /// A line of the report.
  public struct Remark: Sendable, Equatable {
    /// What it is about: file and line.
    public var place: String
    /// What is to be said.
    public var text: String
  }

  /// The providers, in the order they were needed.
  public var providers: [Definition] = []
  /// The identities, each after what it comes from.
  public var identities: [Definition] = []
  /// The static keys of identities.
  public var keys: [Keys] = []
  /// What became of profiles.
  public var taken: [Taken] = []
  /// Profiles and settings that were left out, and why.
  public var leftOut: [Remark] = []
  /// What is good to know of what was taken.
  public var notes: [Remark] = []
}

extension ImportedConfiguration.Value {
  /// A map that leaves out what is not there.
  static func map(_ pairs: (String, ImportedConfiguration.Value?)...) -> Self? {
    let members = pairs.compactMap { key, value in
      value.map { ImportedConfiguration.Member(key: key, value: $0) }
    }
    return members.isEmpty ? nil : .map(members)
  }

  /// A text, or nothing.
  static func optional(_ text: String?) -> Self? { text.map { .text($0) } }
}
