import Core
import Model
import Testing

@testable import AuthConfiguration

/// Every key of every schema, changed by a checkout over the person's own configuration.
///
/// The identity is the checkout's then, unless a list here says why not. The keys are those of the
/// registry, so that none of a new kind is forgotten.
@Suite struct SchemaKeyTests {
  /// How a checkout has a part in a value.
  enum Way: String, CaseIterable {
    /// The person's own files do not have the key.
    case set
    /// They have another value.
    case merged
    /// They have one, and the checkout takes it away.
    case unset
    /// As `merged`, from a file that the checkout includes.
    case included
    /// As `merged`, in a profile.
    case profile
  }

  /// Keys of definitions that change nothing about an identity.
  private static let withoutEffect = [
    "default": "a choice, which is allowed by the name that was asked for",
    "alias": "a choice, too", "tags": "a choice, too",
    "required": "is for atmos' components", "provider": "is written by atmos, and not read",
  ]

  /// Settings of `auth` that change nothing about an identity.
  private static let harmless = [
    "providers": "are definitions", "identities": "are definitions",
    "integrations": "are definitions", "extensions": "are definitions",
    "logs.level": "says how much is told on standard error", "logs.file": "is not used",
    "keyring.spec.timeout": "says how long is waited",
    "accounts": "names a file, whose accounts are asked about by themselves",
    "console.isolated": "chooses a window for what is allowed",
    "console.container": "chooses a window, too",
    "stacks": "chooses, and each choice is asked for by itself",
  ]

  /// Settings that only the person's own configuration says, by the name that `status` gives them.
  private static func ownOnly(_ path: String) -> String? {
    if path == "keyring.spec.unlock_for" { return path }
    return ["shell", "trust", "audit"].first { path == $0 || path.hasPrefix("\($0).") }
  }

  // MARK: Values

  /// Two values of a field, the second one no tighter than the first.
  private static func values(_ field: Field, _ section: Kind.Section?) -> (String, String) {
    switch field.path.joined(separator: ".") {
    case "env": return ("[{key: A, value: a}]", "[{key: A, value: b}]")
    case "kind": return ("", "moved")
    case "via.provider": return ("p1", "p2")
    case "via.identity": return ("i1", "i2")
    case "audit": return ("required", "{mode: off}")
    case "audit.max_size": return ("1MB", "2MB")
    case "audit.keep": return ("30d", "45d")
    case "trust": return ("strict", "{directories: [/srv]}")
    case "shell.symbol": return ("a", "b")
    case "mfa.policy": return ("plans-and-applies", "never")
    case "idle": return ("30m", "0")
    case "shell.color": return ("auto", "never")
    case "mfa.sources": return ("[{command: [cat, a]}]", "[{command: [cat, b]}]")
    case "spec.cluster.kubeconfig.mode": return ("'0600'", "'0644'")
    default: break
    }
    switch field.type {
    case .bool: return ("true", "false")
    case .texts: return ("[a1]", "[b2]")
    case .map: return ("{a: a1}", "{a: b2}")
    case .duration: return ("30m", "45m")
    case .region: return ("eu-west-1", "eu-west-2")
    case .url: return ("https://a1.example.com", "https://b2.example.com")
    case .accountID: return ("'111122223333'", "'444455556666'")
    case .arn(let service, let resource):
      let start = "arn:aws:\(service)::111122223333:\(resource.map { "\($0)/" } ?? "")"
      return ("\(start)a1", "\(start)b2")
    case .oneOf(let words): return (words[0], words.count > 1 ? words[1] : "other")
    case .text, .any: return ("a1", "b2")
    }
  }

  /// A value below keys, in YAML's flow style: `{a: {b: value }}`.
  private static func nested(_ path: [String], _ value: String) -> String {
    path.reversed().reduce(value) { "{\($1): \($0) }" }
  }

  /// A map of several values below keys.
  private static func tree(_ values: [(path: [String], value: String)]) -> String {
    var keys: [String] = []
    for (path, _) in values where !keys.contains(path[0]) { keys.append(path[0]) }
    let parts = keys.map { key in
      let below = values.filter { $0.path[0] == key }
      let leaf = below.first { $0.path.count == 1 }?.value
      return "\(key): "
        + (leaf ?? tree(below.map { (path: Array($0.path.dropFirst()), value: $0.value) }))
    }
    return "{\(parts.joined(separator: ", ")) }"
  }

  // MARK: Definitions

  /// A key of a kind, and the definition in which it is changed.
  private struct Key {
    var section: Kind.Section
    var kind: Kind
    var field: Field
    var name: String

    /// The identity that depends on it; a provider stands for itself.
    var dependent: String {
      guard section == .integration else { return name }
      // The one that the checkout moves it to.
      return path == "via.identity" ? "i2" : "of-\(name)"
    }
    var path: String { field.path.joined(separator: ".") }
  }

  private static let sections: [Kind.Section] = [.provider, .identity, .integration]

  private static let keys: [Key] = sections.flatMap { section in
    World.kinds.names(section).flatMap { name -> [Key] in
      guard let kind = World.kinds.kind(name, section) else { return [] }
      var seen: Set<[String]> = []
      return (CommonFields.of(section) + kind.fields).filter { seen.insert($0.path).inserted }
        .enumerated().map { index, field in
          Key(
            section: section, kind: kind, field: field,
            name: "\(section.rawValue.prefix(2))-\(name.replacing("/", with: "-"))-\(index)")
        }
    }
  }

  /// What the person's own files say of a definition; its key has `value`, or is not there.
  private static func definition(_ key: Key, _ value: String?) -> String {
    var values: [(path: [String], value: String)] = [(["kind"], key.kind.name)]
    if key.section == .integration { values.append((["via", "identity"], "of-\(key.name)")) }
    for field in key.kind.fields where field.isRequired {
      values.append((field.path, Self.values(field, key.section).0))
    }
    if key.path != "kind" {
      values.removeAll { $0.path == key.field.path }
      if let value { values.append((key.field.path, value)) }
    }
    return tree(values)
  }

  private static func configuration(_ definitions: [(Key, String)], more: String = "") -> String {
    var text = "auth:\n"
    for section in sections {
      let entries = definitions.filter { $0.0.section == section }
      text += "  \(section == .identity ? "identities" : "\(section.rawValue)s"):\n"
      for (key, definition) in entries { text += "    \(key.name): \(definition)\n" }
      if section == .provider, !more.isEmpty {
        text += "    p1: {kind: mock/aws}\n    p2: {kind: mock/aws}\n"
      }
      if section == .identity { text += more }
      if entries.isEmpty, more.isEmpty || section == .integration { text += "    {}\n" }
    }
    return text
  }

  /// A world whose own configuration has every key, and whose checkout changes `changes`.
  private func world(_ way: Way, _ keys: [Key], _ value: (Key) -> String) throws -> World {
    let dependents = Self.keys.filter { $0.section == .integration }
      .map { "    of-\($0.name): {kind: mock/aws}\n" }.joined()
    let more = "    i1: {kind: mock/aws}\n    i2: {kind: mock/aws}\n" + dependents
    let own = Self.keys.map { key in
      (key, Self.definition(key, way == .set ? nil : Self.values(key.field, key.section).0))
    }
    let world = try World(["home/.atmos/atmos.yaml": Self.configuration(own, more: more)])
    let changes = try keys.map { key in
      var text = way == .unset ? "!unset" : value(key)
      if way == .included {
        try world.write("repo/values/\(key.name).yaml", text + "\n")
        text = "!include values/\(key.name).yaml"
      }
      // An identity takes the place of the earlier one whole; others are merged key by key.
      return (
        key,
        key.section == .identity && key.path != "kind"
          ? Self.definition(key, text) : Self.nested(key.field.path, text)
      )
    }
    let file = way == .profile ? "repo/profiles/p/atmos.yaml" : "repo/atmos.yaml"
    try world.write("repo/atmos.yaml", "auth: {}\n")
    try world.write(file, Self.configuration(changes))
    return world
  }

  private func isOwn(
    _ key: Key, _ catalog: Catalog, _ providers: [String: ProviderRecord]
  ) throws -> Bool {
    if key.section == .provider { return try #require(providers[key.name]).isOwn }
    let record = try catalog.identity(named: key.dependent)
    // What a checkout only adds is an offer, which needs allowing apart from the identity.
    return record.isOwn && record.offers.isEmpty
  }

  private func catalog(_ world: World, _ way: Way) throws -> (Catalog, [String: ProviderRecord]) {
    let catalog = try world.catalog(world.request(profiles: way == .profile ? ["p"] : []))
    let providers = catalog.providers.map { ($0.name, $0) }
    return (catalog, Dictionary(providers, uniquingKeysWith: { $1 }))
  }

  @Test func `there are many keys`() {
    #expect(Self.keys.count > 300)
    #expect(Set(Self.withoutEffect.keys).isSubset(of: Set(Self.keys.map(\.path))))
    #expect(
      Tightening.durations
        == Set(Self.keys.filter { $0.field.type == .duration }.map(\.path)))
    #expect(Set(Tightening.policies).isSubset(of: Set(Self.keys.map(\.path))))
  }

  @Test func `without the checkout all of it is the person's own`() throws {
    let (catalog, providers) = try catalog(world(.merged, []) { _ in "" }, .merged)
    for key in Self.keys { #expect(try isOwn(key, catalog, providers), "\(key.name)") }
  }

  @Test(arguments: Way.allCases)
  func `a key that a checkout changes makes the identity the checkout's`(way: Way) throws {
    let world = try world(way, Self.keys) { Self.values($0.field, $0.section).1 }
    let (catalog, providers) = try catalog(world, way)
    for key in Self.keys {
      // Without `via` an integration is nobody's, and one that does nothing changes nobody.
      if key.dependent == "i2", way == .unset || key.kind.makeIntegration == nil { continue }
      var isOwn = Self.withoutEffect[key.path] != nil
      if key.section == .integration, key.kind.makeIntegration == nil { isOwn = true }
      if way == .set, key.section == .identity, Tightening.policies.contains(key.path) {
        isOwn = true
      }
      // That is for the person's own configuration to say, and a checkout's does not count.
      if way == .set, key.kind.name == "aws/user", key.path == "spec.store" { isOwn = true }
      #expect(
        try self.isOwn(key, catalog, providers) == isOwn,
        "\(key.section.rawValue) \(key.kind.name): \(key.path)")
    }
  }

  @Test func `what is only tighter stays the person's own`() throws {
    let tighter = Self.keys.filter {
      $0.section != .integration && ($0.field.type == .duration || $0.path == Tightening.protection)
    }
    let world = try world(.merged, tighter) { $0.field.type == .duration ? "20m" : "true" }
    let (catalog, providers) = try catalog(world, .merged)
    for key in tighter {
      #expect(try isOwn(key, catalog, providers), "\(key.kind.name): \(key.path)")
    }
  }

  // MARK: Settings

  @Test(
    arguments: AuthSettings.allFields.map { $0.path.joined(separator: ".") }, Way.allCases)
  func `a setting is allowed with an identity, or own only, or harmless`(
    path: String, way: Way
  ) throws {
    let field = try #require(
      AuthSettings.allFields.first { $0.path.joined(separator: ".") == path })
    if Self.harmless[path] == "are definitions" { return }
    let (own, other) = Self.values(field, nil)
    let world = try World(["home/.atmos/atmos.yaml": userAndRole, "repo/atmos.yaml": "auth: {}\n"])
    if way != .set {
      try world.write("system/atmos.yaml", "auth: \(Self.nested(field.path, own))\n")
    }
    let alone = try world.catalog()
    #expect(try alone.identity(named: "dev/admin").isOwn)
    var text = way == .unset ? "!unset" : other
    if way == .included {
      try world.write("repo/value.yaml", text + "\n")
      text = "!include value.yaml"
    }
    try world.write(
      way == .profile ? "repo/profiles/p/atmos.yaml" : "repo/atmos.yaml",
      "auth: \(Self.nested(field.path, text))\n")
    let catalog = try world.catalog(world.request(profiles: way == .profile ? ["p"] : []))
    let isOwn = try catalog.identity(named: "dev/admin").isOwn
    guard let name = Self.ownOnly(path) else {
      #expect(isOwn == (Self.harmless[path] != nil))
      #expect(catalog.ignoredSettings.isEmpty)
      return
    }
    #expect(isOwn && catalog.shell == alone.shell && catalog.trust == alone.trust)
    #expect(catalog.keyring.unlockFor <= alone.keyring.unlockFor)
    // What a checkout says where it would change nothing is not worth a note.
    #expect(Set(catalog.ignoredSettings).isSubset(of: [name]))
    if ![.set, .unset].contains(way), path != "trust.mode" {
      #expect(catalog.ignoredSettings == [name])
    }
  }
}
