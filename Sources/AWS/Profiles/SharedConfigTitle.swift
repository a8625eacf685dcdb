import Core

/// What a section's title says it is.
public enum SharedConfigTitle: Sendable, Hashable {
  /// A profile of this name.
  case profile(String)
  /// A sign-in session of IAM Identity Center.
  case session(String)
  /// A set of endpoints.
  case services(String)
  /// Something that botocore does not read; why.
  case other(String)

  /// Reads a title of `~/.aws/config`, as botocore does: it looks at how the title begins, and
  /// splits it like a shell into exactly two words.
  public init(config title: String) {
    if title == "default" {
      self = .profile("default")
      return
    }
    let kinds: [(String, (String) -> Self)] = [
      ("profile", Self.profile), ("sso-session", Self.session), ("services", Self.services),
    ]
    guard let (kind, make) = kinds.first(where: { title.hasPrefix($0.0) }) else {
      self = .other(
        title.withoutPythonBlanks != title
          ? "the AWS CLI reads no title that begins with a blank"
          : title.contains(" ")
            ? "no tool reads sections of the kind `\(title.prefix { $0 != " " })`"
            : "a profile's title is `[profile \(title)]` in this file")
      return
    }
    guard let words = ShellWords.command(title, .shlex) else {
      self = .other("its quotes are not closed")
      return
    }
    switch words.count {
    case 2 where !words[1].isEmpty: self = make(words[1])
    case 0...2: self = .other("it has no name: `[\(kind) NAME]`")
    default:
      let name = words.dropFirst().joined(separator: " ")
      self = .other("a name with blanks needs quotes: `[\(kind) \"\(name)\"]`")
    }
  }

  /// Reads a title of `~/.aws/credentials`, where it is the profile's name as it stands.
  public init(credentials title: String) {
    if title.hasPrefix("profile "), let name = ShellWords.command(title, .shlex)?.last {
      self = .other("in this file a profile's title is `[\(name)]`, without `profile`")
    } else {
      self = .profile(title)
    }
  }

  /// The names of a profile that any tool could take a title of `~/.aws/config` for.
  public static func profiles(config title: String) -> Set<String> {
    var names: Set<String> = []
    let trimmed = title.withoutPythonBlanks
    for title in [title, trimmed] {
      if case .profile(let name) = SharedConfigTitle(config: title) { names.insert(name) }
    }
    if let blank = trimmed.firstIndex(where: \.isWhitespace), trimmed[..<blank] == "profile" {
      names.insert(String(trimmed[blank...]).withoutPythonBlanks)
    }
    return names
  }
}
