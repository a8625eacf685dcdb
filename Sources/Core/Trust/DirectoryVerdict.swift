/// What an identity file makes of a directory: the one decision about trust, for the hook, for
/// commands, and for what explains it.
public enum DirectoryVerdict: Equatable, Sendable {
  /// There is no file.
  case absent
  /// There is one that must not be believed, for this reason.
  case refused(path: String, reason: String)
  /// There is one that nobody can read, at this line, for this reason.
  case invalid(DirectoryFile, IdentityFile.Fault)
  /// It says that nobody is to be active; that needs no trust.
  case nobody(DirectoryFile)
  /// It names what was never allowed here.
  case untrusted(DirectoryFile, IdentityFile)
  /// A person refused it.
  case denied(DirectoryFile, IdentityFile)
  /// It was allowed, but would now do something else.
  case changed(DirectoryFile, IdentityFile, Grant.Selection)
  /// It was allowed, but what it rests on has changed: see ``verified(by:)``.
  case unverified(DirectoryFile, IdentityFile, Grant.Selection)
  /// It was allowed and does what was allowed, but no directory alone may select the identity.
  case protected(DirectoryFile, IdentityFile, Grant.Selection)
  /// It was allowed, and does what was allowed.
  case trusted(DirectoryFile, IdentityFile, Grant.Selection)

  /// Decides.
  ///
  /// - Parameters:
  ///   - outcome: What became of opening the file.
  ///   - path: The path it was looked for under.
  ///   - grant: The grant that is stored for the file's directory, if there is one; asked for only if
  ///     the file needs one.
  ///   - environment: The environment without what an active identity changed in it.
  ///   - stamp: The state of a file; `nil` if it is missing.
  public init(
    _ outcome: DirectoryFile.Outcome, at path: String, grant: (DirectoryFile) -> Grant?,
    environment: (String) -> String?, stamp: (String) -> FileStamp?
  ) {
    switch outcome {
    case .absent: self = .absent
    case .refused(let reason): self = .refused(path: path, reason: reason)
    case .safe(let file):
      switch IdentityFile.parse(file.bytes) {
      case .failure(let fault): self = .invalid(file, fault)
      case .success(let content) where content.isNobody: self = .nobody(file)
      case .success(let content):
        guard let grant = grant(file), grant.isOf(file) else {
          self = .untrusted(file, content)
          return
        }
        guard grant.decision == .allow else {
          self = .denied(file, content)
          return
        }
        guard let selection = grant.selection(for: content) else {
          self = .untrusted(file, content)
          return
        }
        self =
          selection.isCurrent(environment: environment, stamp: stamp)
          ? Self(file, content, selection) : .unverified(file, content, selection)
      }
    }
  }

  private init(_ file: DirectoryFile, _ content: IdentityFile, _ selection: Grant.Selection) {
    self =
      if selection.isChanged {
        .changed(file, content, selection)
      } else if selection.activation.isProtected {
        .protected(file, content, selection)
      } else {
        .trusted(file, content, selection)
      }
  }

  /// The verdict once the configuration was read again.
  ///
  /// - Parameter now: What the file would select now; `nil` if that cannot be found out.
  /// - Returns: ``trusted(_:_:_:)``, ``protected(_:_:_:)`` or ``changed(_:_:_:)`` for a verdict that
  ///   was ``unverified(_:_:_:)``; any other as it is.
  public func verified(by now: Grant.Selection?) -> Self {
    guard case .unverified(let file, let content, let selection) = self else { return self }
    return Self(file, content, selection.renewed(by: now))
  }

  /// The file; `nil` if there is none to believe.
  public var file: DirectoryFile? {
    switch self {
    case .absent, .refused: nil
    case .invalid(let file, _), .nobody(let file), .untrusted(let file, _), .denied(let file, _),
      .changed(let file, _, _), .unverified(let file, _, _), .protected(let file, _, _),
      .trusted(let file, _, _):
      file
    }
  }

  /// What the file says; `nil` if there is none to believe, or if it has a fault.
  public var content: IdentityFile? {
    switch self {
    case .absent, .refused, .invalid: nil
    case .nobody: IdentityFile(isNobody: true)
    case .untrusted(_, let content), .denied(_, let content), .changed(_, let content, _),
      .unverified(_, let content, _), .protected(_, let content, _), .trusted(_, let content, _):
      content
    }
  }

  /// What was allowed; `nil` if nothing was.
  public var selection: Grant.Selection? {
    switch self {
    case .absent, .refused, .invalid, .nobody, .untrusted, .denied: nil
    case .changed(_, _, let selection), .unverified(_, _, let selection),
      .protected(_, _, let selection), .trusted(_, _, let selection):
      selection
    }
  }
}

extension Grant.Selection {
  // Whether every file and variable is as it was when the fingerprint was made.
  fileprivate func isCurrent(
    environment value: (String) -> String?, stamp: (String) -> FileStamp?
  ) -> Bool {
    inputs.allSatisfy { stamp($0.path) == $0.stamp }
      && environment.allSatisfy { $0.hash == value($0.name).map { Hash.fnv1a($0) } }
  }

  /// The same selection after a look at the configuration: what it does now if that is what was
  /// allowed or only tighter, or else what was allowed, marked as changed.
  ///
  /// - Parameter now: What it would do now; `nil` if that cannot be found out.
  /// - Returns: `now` or this selection. Marked as changed, it holds what the look depended on, so
  ///   that the next one is taken when that changes: the fault may have been a passing one.
  public func renewed(by now: Grant.Selection?) -> Self {
    guard var now else {
      var selection = self
      selection.isChanged = true
      return selection
    }
    let allowed = [fingerprint] + known
    guard allowed.contains(now.fingerprint) || Tightening.isAll(from: traits, to: now.traits) else {
      var selection = self
      selection.isChanged = true
      selection.inputs = now.inputs
      selection.environment = now.environment
      return selection
    }
    now.known = allowed.filter { $0 != now.fingerprint }
    return now
  }
}
