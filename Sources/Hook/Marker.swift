public import Core

/// What a shell's environment says of what we did to it: the variable `__ATMOS_AUTH_DIFF`.
///
/// It is exported, so that a shell that was started in an activated one, or took its place, can put
/// back what the other had changed. Children see it, so there is no secret in it: our values stand
/// there as hashes, and of the values before only those of variables that never hold a secret.
/// docs/protocol.md has the format.
public struct Marker: Equatable, Sendable {
  /// The variable.
  public static let variable = "__ATMOS_AUTH_DIFF"

  /// Why the identity is active.
  public enum Source: String, Sendable {
    /// The directory asks for it.
    case directory
    /// `atmos-auth use`.
    case pin
    /// `ATMOS_IDENTITY`, set by hand.
    case environment
  }

  /// What a variable was before.
  public enum Earlier: Equatable, Sendable {
    /// It was not exported.
    case absent
    /// It was exported with this value.
    case exported(String)
    /// It was exported, but the value may be a secret.
    case withheld
  }

  /// A variable that we changed.
  public struct Entry: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// ``Core/Hash/fnv1a(_:from:)`` of our value; `nil` if we took the variable away.
    public var ours: UInt64?
    /// What it was before.
    public var earlier: Earlier
  }

  /// Why the identity is active.
  public var source: Source
  /// A fingerprint of the activation; see ``Core/Activation/digest``.
  public var digest: UInt64
  /// The terminal multiplexer's pane, empty outside: a pin does not reach into other panes.
  public var pane: String
  /// The activation without its variables; its identity is empty if nobody is active.
  public var activation: Activation
  /// The variables.
  public var entries: [Entry]

  /// The entry of a variable.
  public func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

  /// What a variable would be without us.
  public func earlier(_ name: String, now value: String?) -> Earlier {
    if let entry = entry(name), isOurs(entry, now: value) { return entry.earlier }
    return value.map(Earlier.exported) ?? .absent
  }

  /// Whether a variable still is as we left it.
  public func isOurs(_ entry: Entry, now value: String?) -> Bool {
    entry.ours == value.map { Hash.fnv1a($0) }
  }

  /// What a variable was before, as children may read it.
  static func shareable(
    _ name: String, _ earlier: Earlier, _ activation: Activation
  ) -> Earlier {
    if case .exported = earlier, !activation.isPlain(name) { return .withheld }
    return earlier
  }
}

// Fields with blanks between them, percent-encoded: version, source, digest, pane, the activation's
// fields, then three a variable. Format 1 lacks the two fields before the variables.
extension Marker {
  /// The variable's value.
  public var text: String {
    let style = activation.style
    var text = "2 \(source.rawValue) \(Hash.hex(digest)) +"
    text += Percent.encode(pane)
    text += " +"
    text += Percent.encode(activation.identity)
    text += activation.isProtected ? " 1 +" : " 0 +"
    text += Percent.encode(activation.factsPath)
    text += " \(style.warnBefore) "
    func append(_ value: String?) {
      if let value { text += "+" + Percent.encode(value) } else { text += "-" }
    }
    append(style.symbol)
    text += style.showsRegion ? " 1" : " 0"
    text += style.usesColor ? " 1" : " 0"
    text += style.isASCII ? " 1 " : " 0 "
    append(activation.expiryVariable)
    text += " "
    append(activation.region)
    for entry in entries {
      text += " "
      text += entry.name
      text += " "
      text += entry.ours.map(Hash.hex) ?? "-"
      switch entry.earlier {
      case .absent: text += " -"
      case .exported(let value):
        text += " +"
        text += Percent.encode(value)
      case .withheld: text += " ?"
      }
    }
    return text
  }

  /// Reads ``text``; `nil` for anything else.
  ///
  /// The text comes from the environment, so nothing in it is believed to be more than a wish to
  /// put something back.
  public init?(text: String) {
    var fields = Fields(Array(text.utf8)[...], separator: UInt8(ascii: " "))
    guard let version = fields.nextUnsigned(), 1...2 ~= version,
      let source = fields.nextText().flatMap(Source.init),
      let digest = fields.nextHash(), case .value(let pane) = fields.nextMarked(),
      case .value(let identity) = fields.nextMarked(), let isProtected = fields.nextUnsigned(),
      case .value(let factsPath) = fields.nextMarked(), let warnBefore = fields.nextInteger(),
      let symbol = fields.nextMarked(), let showsRegion = fields.nextUnsigned(),
      let usesColor = fields.nextUnsigned(), let isASCII = fields.nextUnsigned(),
      identity.isEmpty || IdentityName.isShellSafe(identity),
      let expiry = version == 1 ? .nothing : fields.nextMarked(),
      let region = version == 1 ? .nothing : fields.nextMarked(),
      expiry.text.map(ShellQuoting.isVariableName) ?? true, fields.count % 3 == 0
    else { return nil }
    self.init(
      source: source, digest: digest, pane: pane,
      activation: Activation(
        identity: identity, realm: "", expiryVariable: expiry.text, region: region.text,
        isProtected: isProtected == 1, factsPath: factsPath,
        style: PromptStyle(
          warnBefore: warnBefore, symbol: symbol.text, showsRegion: showsRegion == 1,
          usesColor: usesColor == 1, isASCII: isASCII == 1)),
      entries: [])
    while !fields.isAtEnd {
      guard let name = fields.nextText(), ShellQuoting.isVariableName(name),
        let ours = fields.next(), let earlier = fields.nextMarked()
      else { return nil }
      let hash = Hash.value(hex: ours)
      guard hash != nil || ours.elementsEqual("-".utf8) else { return nil }
      entries.append(Entry(name: name, ours: hash, earlier: earlier.earlier))
      // Format 1 does not say which it is; all that wrote it had one name for it.
      if version == 1, name.hasSuffix("_CREDENTIAL_EXPIRATION") { activation.expiryVariable = name }
    }
  }
}

// A field whose first byte says what it is: `+` and a text, `-` for nothing, `?` for withheld.
private enum Marked {
  case value(String)
  case nothing
  case withheld

  var text: String? {
    if case .value(let text) = self { text } else { nil }
  }

  var earlier: Marker.Earlier {
    switch self {
    case .value(let text): .exported(text)
    case .nothing: .absent
    case .withheld: .withheld
    }
  }
}

extension Fields {
  fileprivate mutating func nextMarked() -> Marked? {
    guard let field = next(), let mark = field.first else { return nil }
    switch (mark, field.count) {
    case (UInt8(ascii: "+"), _): return Percent.decode(field.dropFirst()).map(Marked.value)
    case (UInt8(ascii: "-"), 1): return .nothing
    case (UInt8(ascii: "?"), 1): return .withheld
    default: return nil
    }
  }

  fileprivate mutating func nextHash() -> UInt64? {
    next().flatMap { Hash.value(hex: $0) }
  }
}

extension Activation {
  /// A fingerprint of everything the activation does to a shell.
  ///
  /// What only says how to treat the variables is not in it: it is the same for the same variables.
  public var digest: UInt64 {
    var hash = Hash.fnv1a(identity)
    func add(_ text: String) {
      hash = Hash.fnv1a(text, from: (hash ^ 0xff) &* 0x100_0000_01b3)
    }
    add(realm)
    add(factsPath)
    for variable in set {
      add(variable.name)
      add(variable.value)
    }
    for name in unset { add(name) }
    add(
      "\(isProtected) \(style.warnBefore) \(style.showsRegion) \(style.usesColor) \(style.isASCII)")
    add(style.symbol ?? "")
    return hash
  }
}
