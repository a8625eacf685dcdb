public import Core
internal import Model

/// Whom a stack of atmos acts as.
public enum StackChoice: Sendable, Equatable {
  /// This identity.
  case identity(String)
  /// Several are marked as default.
  case several([String])
  /// Nothing says.
  case nothing
  /// Only atmos can tell, for this reason.
  case unknown(String)
}

/// A stack of atmos, or one component of it.
public struct Stack: Sendable, Equatable {
  /// Its name, as in `-s NAME`.
  public var name: String
  /// The manifest, absolute.
  public var file: String
  /// Whom it acts as.
  public var choice: StackChoice
  /// Whether a checkout's files decide that.
  public var isChosenByCheckout = false
  /// Whether its name is known; else it is the manifest's path, and the stack may be any.
  public var hasName = true
}

extension FullConfiguration {
  /// The stacks that the configuration's manifests define, by name.
  ///
  /// - Parameter component: Only those with this component, and what it says itself beside what its
  ///   stack says.
  /// - Returns: None where the configuration names no directory of manifests.
  /// - Throws: ``AuthError`` with code `badConfiguration` when the manifests come to more than a reading
  ///   may take in, `system` if a directory cannot be read.
  public func stacks(component: String? = nil) throws(AuthError) -> [Stack] {
    guard let node = merged.stacks else { return [] }
    let log = InputLog(environment: request.environment, budget: ReadingBudget(Self.stackLimits))
    let settings = StackSettings(node, root: merged.stackRoot, variable: log.variable)
    var reader = ManifestReader(settings, log)
    var stacks: [Stack] = []
    for file in try reader.stacks() {
      let manifest = reader.read(file)
      if let excess = log.budget.excess { throw excess }
      switch manifest {
      case .failure(let fault):
        // Its name may be any, which matters when that is looked for.
        stacks.append(
          Stack(
            name: reader.shortPath(file), file: file, choice: .unknown(fault.reason),
            hasName: false))
      case .success(let manifest):
        stacks += StackReading(manifest, file, settings, reader.shortPath(file)).stacks(
          of: component, defaults: defaults)
      }
    }
    return stacks.map { stack in
      var stack = applyingPatterns(stack)
      stack.isChosenByCheckout = stack.isChosenByCheckout || !request.isOwn(stack.file)
      return stack
    }.sorted { ($0.name, $0.file) < ($1.name, $1.file) }
  }

  /// The stack called `name`.
  ///
  /// Its choice is ``StackChoice/unknown(_:)`` where several manifests have that name and choose
  /// differently, and where none has it but some have names that only atmos can tell.
  ///
  /// - Throws: ``AuthError`` with code `usage` if there is none.
  public func stack(named name: String, component: String? = nil) throws(AuthError) -> Stack {
    let all = try stacks(component: component)
    let found = all.filter { ByteText($0.name) == ByteText(name) }
    if var first = found.first {
      if found.contains(where: { $0.choice != first.choice }) {
        let files = found.map { DisplayText.sanitized($0.file) }.joined(separator: ", ")
        first.choice = .unknown("several manifests have that name: \(files)")
      }
      return first
    }
    if let nameless = all.first(where: { !$0.hasName }), case .unknown(let reason) = nameless.choice
    {
      return Stack(
        name: name, file: nameless.file,
        choice: .unknown("no manifest that can be read here has that name, and \(reason)"))
    }
    if let pattern = pattern(for: name) {
      return Stack(
        name: name, file: pattern.file, choice: .identity(pattern.identity),
        isChosenByCheckout: !request.isOwn(pattern.file))
    }
    let shown = DisplayText.sanitized(name, limit: 120)
    let near = Suggestion.didYouMean(name, among: all.lazy.map(\.name))
    let what = component.map { " with component `\(DisplayText.sanitized($0, limit: 80))`" } ?? ""
    throw AuthError(
      .usage, "stack not found: `\(shown)`\(what)",
      hints: [near, "`atmos-auth stacks` shows what there is"].compactMap { $0 })
  }

  /// The identities that the configuration itself marks as default.
  private var defaults: [String] {
    merged.identities.entries.filter { $0.node["default"]?.bool == true }.map(\.name)
  }

  // What `auth.stacks` says counts where the manifest says nothing.
  private func applyingPatterns(_ stack: Stack) -> Stack {
    switch stack.choice {
    case .identity, .several, .unknown: return stack
    case .nothing: break
    }
    guard let pattern = pattern(for: stack.name) else { return stack }
    var stack = stack
    stack.choice = .identity(pattern.identity)
    stack.isChosenByCheckout = !request.isOwn(pattern.file)
    return stack
  }

  private func pattern(for name: String) -> (identity: String, file: String)? {
    let scalars = Array(name.unicodeScalars)
    for entry in merged.settings["stacks"]?.entries ?? [] {
      guard let identity = entry.value.text?.trimmed, !identity.isEmpty,
        entry.key.utf8.count <= Glob.nameLimit,
        Glob.matches(scalars[...], Array(entry.key.unicodeScalars)[...])
      else { continue }
      return (identity, entry.mark.file)
    }
    return nil
  }

  // Manifests are read when a person asks for a stack, never by `cd` or TAB.
  private static var stackLimits: Limits {
    var limits = Limits()
    limits.files = 10_000
    limits.bytes = 32 << 20
    limits.values = 2_000_000
    limits.expandedBytes = 128 << 20
    limits.imports = 100_000
    limits.names = 200_000
    return limits
  }
}

/// What one manifest with its imports says.
struct StackReading {
  private let manifest: ConfigNode
  private let file: String
  private let settings: StackSettings
  private let path: String

  init(_ manifest: ConfigNode, _ file: String, _ settings: StackSettings, _ path: String) {
    self.manifest = manifest
    self.file = file
    self.settings = settings
    self.path = path
  }

  private struct Component {
    var type: String
    var name: String
  }

  /// The stacks that it is: nearly always one, since all components have the same variables.
  func stacks(of component: String?, defaults: [String]) -> [Stack] {
    var components: [Component?] = ManifestReader.types.flatMap { type in
      (manifest["components", type]?.entries ?? []).map { Component(type: type, name: $0.key) }
    }
    if let component {
      components = components.filter { $0?.name == component }
    } else {
      components.append(nil)
    }
    var stacks: [Stack] = []
    var names: Set<ByteText> = []
    for one in components {
      var stack = Stack(name: path, file: file, choice: .nothing, hasName: false)
      do throws(StackFault) {
        guard let name = try name(of: one) else { continue }
        (stack.name, stack.hasName) = (name, true)
        stack.choice = try choice(of: component == nil ? nil : one, defaults: defaults)
      } catch {
        stack.choice = .unknown(error.reason)
      }
      if names.insert(ByteText(stack.name)).inserted { stacks.append(stack) }
    }
    return stacks
  }

  private func name(of component: Component?) throws(StackFault) -> String? {
    var variables: [String: String] = [:]
    var nodes = [manifest["vars"], manifest[component?.type ?? "terraform", "vars"]]
    if let component {
      nodes += try chain(of: component).map { $0["vars"] }
    }
    for node in nodes {
      for entry in node?.entries ?? [] {
        let text = entry.value.text ?? ""
        variables[entry.key] = text.contains("{{") || entry.value.expression != nil ? nil : text
      }
    }
    return try StackName.of(
      settings, stated: manifest["name"]?.text?.trimmed, path: path, variables)
  }

  // The components that one inherits from, and then itself.
  private func chain(of component: Component) throws(StackFault) -> [ConfigNode] {
    var nodes: [ConfigNode] = []
    var open = [(name: component.name, path: [String]())]
    while let (name, path) = open.popLast() {
      guard let node = manifest["components", component.type]?[name] else { continue }
      guard !name.contains("{{"), nodes.count < 100, !path.contains(name) else {
        throw StackFault("cannot find out what `\(component.name)` inherits from")
      }
      nodes.append(node)
      let inherited = node["metadata", "inherits"]
      let names = inherited?.text.map { [$0] } ?? inherited?.elements.compactMap(\.text) ?? []
      open += names.map { ($0, path + [name]) }
    }
    return nodes.reversed()
  }

  private func choice(of component: Component?, defaults: [String]) throws(StackFault)
    -> StackChoice
  {
    let type = component?.type ?? "terraform"
    var levels = [manifest["auth"], manifest[type, "auth"]]
    if let component { levels += try chain(of: component).map { $0["auth"] } }
    levels += [manifest["overrides", "auth"], manifest[type, "overrides", "auth"]]
    var auth: ConfigNode?
    for level in levels {
      if let level { auth = Merge.over(auth, level) }
    }
    var stated: [String] = []
    var denied: Set<String> = []
    for entry in auth?["identities"]?.entries ?? [] {
      guard let isDefault = entry.value["default"] else { continue }
      guard isDefault.expression == nil, let isTrue = isDefault.bool else {
        throw StackFault("whether `\(entry.key)` is its default is an expression")
      }
      if isTrue { stated.append(entry.key) } else { denied.insert(entry.key.lowercased()) }
    }
    // A default of the stack clears those of the configuration.
    let names = stated.isEmpty ? defaults.filter { !denied.contains($0.lowercased()) } : stated
    if stated.isEmpty, denied.isEmpty { return .nothing }
    guard names.count == 1, let name = names.first else {
      return names.isEmpty ? .nothing : .several(names)
    }
    let isChanged = auth?["identities", name]?.entries.contains { $0.key.lowercased() != "default" }
    if isChanged == true {
      throw StackFault("it changes identity `\(name)` itself, which is read from atmos.yaml only")
    }
    return .identity(name)
  }
}
