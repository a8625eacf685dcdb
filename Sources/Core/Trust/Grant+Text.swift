// The file: a line a thing, a word and its fields with tabs between them, fields percent-encoded,
// `-` where there is nothing. Lines after `selection` belong to it. docs/protocol.md has the words.
extension Grant {
  /// The file's first line.
  private static let magic = "atmos-auth-grant 2"
  /// What earlier releases wrote there.
  private static let earlierMagic = "atmos-auth-grant 1"

  /// The grant as text.
  public var text: String {
    var text = "\(Self.magic)\n"
    func line(_ fields: String...) { text += fields.joined(separator: "\t") + "\n" }
    func optional(_ value: String?) -> String {
      value == "-" ? "%2d" : value.map(Percent.encode) ?? "-"
    }
    func flag(_ value: Bool) -> String { value ? "1" : "0" }

    line("decision", decision.rawValue)
    line("directory", Percent.encode(directory), "\(device)", "\(inode)")
    for selection in selections {
      let file = selection.file
      line(
        "selection", optional(file.identity), flag(file.isNobody), optional(file.profile),
        optional(file.region))
      line("fingerprint", Percent.encode(selection.fingerprint), flag(selection.isChanged))
      for fingerprint in selection.known { line("fingerprint", Percent.encode(fingerprint), "0") }
      for trait in selection.traits { line("trait", Percent.encode(trait)) }
      for input in selection.inputs {
        line("input", Percent.encode(input.path), input.stamp?.text ?? "-")
      }
      for input in selection.environment {
        line("environment", Percent.encode(input.name), input.hash.map { "\($0)" } ?? "-")
      }
      let activation = selection.activation
      line(
        "identity", Percent.encode(activation.identity), Percent.encode(activation.realm),
        flag(activation.isProtected), Percent.encode(activation.factsPath))
      let style = activation.style
      line(
        "style", "\(style.warnBefore)", optional(style.symbol), flag(style.showsRegion),
        flag(style.usesColor), flag(style.isASCII))
      if let name = activation.expiryVariable { line("expires", Percent.encode(name)) }
      if let region = activation.region { line("region", Percent.encode(region)) }
      if selection.isOutdated { line("outdated") }
      for variable in activation.set {
        line(
          "set", Percent.encode(variable.name), Percent.encode(variable.value),
          flag(activation.plain.contains(variable.name)))
      }
      for name in activation.unset {
        line("unset", Percent.encode(name), flag(activation.plain.contains(name)))
      }
    }
    return text + "end\t\(Hash.hex(Hash.fnv1a(text)))\n"
  }

  /// Reads ``text``; `nil` for anything else, so that a damaged grant grants nothing.
  public init?(text: [UInt8]) {
    var lines = Fields(text[...], separator: UInt8(ascii: "\n"))
    guard let first = lines.next() else { return nil }
    let isOutdated = first.elementsEqual(Self.earlierMagic.utf8)
    guard isOutdated || first.elementsEqual(Self.magic.utf8) else { return nil }
    self.init(.deny, directory: "", device: 0, inode: 0)
    var hasDecision = false
    var isWhole = isOutdated
    while let line = lines.next() {
      // What begins so restricts nothing, and may be a later release's.
      if line.isEmpty || !isOutdated && line.first == UInt8(ascii: "+") { continue }
      var fields = Fields(line, separator: UInt8(ascii: "\t"))
      guard let word = fields.nextText() else { return nil }
      switch word {
      case "decision":
        guard let decision = fields.nextText().flatMap(Decision.init) else { return nil }
        self.decision = decision
        hasDecision = true
      case "directory":
        guard let path = fields.nextText(), let device = fields.nextUnsigned(),
          let inode = fields.nextUnsigned()
        else { return nil }
        directory = path
        self.device = device
        self.inode = inode
      case "selection":
        guard let identity = fields.nextOptional(), let isNobody = fields.nextFlag(),
          let profile = fields.nextOptional(), let region = fields.nextOptional()
        else { return nil }
        selections.append(
          Selection(
            file: IdentityFile(
              identity: identity.value, isNobody: isNobody, profile: profile.value,
              region: region.value),
            fingerprint: "", isOutdated: isOutdated, traits: [], inputs: [], environment: [],
            activation: Activation(identity: "", realm: "", isProtected: true, factsPath: "")))
      case "end" where !isOutdated:
        // A grant that was cut could lack what restricts it. The hash is not a seal: the file's owner
        // and mode are.
        let hash = text[..<line.startIndex].withUnsafeBufferPointer { Hash.fnv1a($0) }
        guard fields.next().flatMap({ Hash.value(hex: $0) }) == hash, fields.isAtEnd,
          lines.next()?.isEmpty == true, lines.isAtEnd
        else { return nil }
        isWhole = true
      default:
        guard !selections.isEmpty,
          selections[selections.count - 1].read(word, &fields, isOutdated: isOutdated)
        else { return nil }
      }
      guard isOutdated || fields.hasOptionalRest() else { return nil }
    }
    let isComplete = selections.allSatisfy {
      !$0.fingerprint.isEmpty && IdentityName.isShellSafe($0.activation.identity)
    }
    guard isWhole, hasDecision, !directory.isEmpty, isComplete else { return nil }
  }

  /// The grant of a directory; `nil` if there is none, if its file is damaged, or if that file is
  /// not this person's alone.
  public static func read(_ paths: StatePaths, device: UInt64, inode: UInt64) -> Grant? {
    FileSystem.readOwn(path(paths, device: device, inode: inode), limit: 1 << 20)
      .flatMap { Grant(text: $0) }
  }

  /// The grant in a file of the trust directory; `nil` if it is damaged, or not this person's alone.
  public static func read(_ paths: StatePaths, named name: String) -> Grant? {
    FileSystem.readOwn("\(paths.trustDirectory)/\(name)", limit: 1 << 20)
      .flatMap { Grant(text: $0) }
  }

  /// The grant of the directory that a file is in; `nil` if there is none that is meant for it.
  public static func read(_ paths: StatePaths, of file: DirectoryFile) -> Grant? {
    read(paths, device: file.device, inode: file.inode).flatMap { $0.isOf(file) ? $0 : nil }
  }

  /// Stores the grant instead of an earlier one of the same directory.
  ///
  /// Shells do not notice before ``Generation/advance(_:identities:)``. Whoever writes what depends on
  /// what was there holds ``TrustLock``.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public func write(_ paths: StatePaths) throws(AuthError) {
    try FileSystem.writeAtomically(Self.path(paths, device: device, inode: inode), text.utf8)
  }
}

extension Grant.Selection {
  /// Takes one line; `false` if it is not well-formed.
  ///
  /// Words of later releases make a grant void, since they may restrict it.
  fileprivate mutating func read(
    _ word: String, _ fields: inout Fields, isOutdated: Bool
  ) -> Bool {
    switch word {
    case "fingerprint":
      guard let value = fields.nextText(), let isChanged = fields.nextFlag() else { return false }
      guard fingerprint.isEmpty || isOutdated else {
        known.append(value)
        return !isChanged
      }
      fingerprint = value
      self.isChanged = isChanged
    case "trait":
      guard let trait = fields.nextText() else { return false }
      traits.append(trait)
    case "input":
      guard let path = fields.nextText(), let text = fields.next() else { return false }
      let stamp = FileStamp(text: text)
      guard stamp != nil || text.elementsEqual("-".utf8) else { return false }
      inputs.append(Grant.Input(path: path, stamp: stamp))
    case "environment":
      guard let name = fields.nextText(), let text = fields.next() else { return false }
      let hash = Decimal.unsigned(text)
      guard hash != nil || text.elementsEqual("-".utf8) else { return false }
      environment.append(Grant.EnvironmentInput(name: name, hash: hash))
    case "identity":
      guard let name = fields.nextText(), let realm = fields.nextText(),
        let isProtected = fields.nextFlag(), let factsPath = fields.nextText()
      else { return false }
      activation.identity = name
      activation.realm = realm
      activation.isProtected = isProtected
      activation.factsPath = factsPath
    case "style":
      guard let warnBefore = fields.nextInteger(), let symbol = fields.nextOptional(),
        let showsRegion = fields.nextFlag(), let usesColor = fields.nextFlag(),
        let isASCII = fields.nextFlag()
      else { return false }
      activation.style = PromptStyle(
        warnBefore: warnBefore, symbol: symbol.value, showsRegion: showsRegion,
        usesColor: usesColor, isASCII: isASCII)
    case "set":
      guard let name = fields.nextText(), let value = fields.nextText(),
        let isPlain = isOutdated ? false : fields.nextFlag()
      else { return false }
      activation.set.append(Activation.Variable(name, value))
      if isPlain { activation.plain.append(name) }
    case "unset":
      guard let name = fields.nextText(), let isPlain = isOutdated ? false : fields.nextFlag()
      else { return false }
      activation.unset.append(name)
      if isPlain { activation.plain.append(name) }
    case "expires" where !isOutdated:
      guard let name = fields.nextText(), ShellQuoting.isVariableName(name) else { return false }
      activation.expiryVariable = name
    case "region" where !isOutdated:
      guard let region = fields.nextText() else { return false }
      activation.region = region
    case "outdated" where !isOutdated: self.isOutdated = true
    default: return false
    }
    return true
  }
}

extension Fields {
  /// A field that may be absent, told from a field that is missing.
  fileprivate struct Optional {
    var value: String?
  }

  fileprivate mutating func nextOptional() -> Optional? {
    guard let field = next() else { return nil }
    if field.elementsEqual("-".utf8) { return Optional(value: nil) }
    return Percent.decode(field).map { Optional(value: $0) }
  }

  /// Whether what is left are fields that a reader may skip.
  fileprivate mutating func hasOptionalRest() -> Bool {
    while let field = next() {
      guard field.first == UInt8(ascii: "+") else { return false }
    }
    return true
  }

  fileprivate mutating func nextFlag() -> Bool? {
    switch nextUnsigned() {
    case 0: false
    case 1: true
    default: nil
    }
  }
}
