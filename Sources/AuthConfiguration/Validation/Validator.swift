internal import Core
internal import Model

/// What is wrong with a configuration, by what it makes unusable.
struct Validation {
  /// By place in the table.
  var providers: [[Diagnostic]]
  var identities: [[Diagnostic]]
  var integrations: [[Diagnostic]]
  /// Between definitions, and apart from them.
  var general: [Diagnostic]
  /// The identities that come from themselves, or from too many others.
  var chainless: Set<Int> = []

  /// Everything, by file and line.
  var all: [Diagnostic] {
    let faults = general + (providers + identities + integrations).joined()
    var seen: Set<Diagnostic> = []
    return faults.filter { seen.insert($0).inserted }.sorted(by: Self.isBefore)
  }

  private static func isBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
    guard let a = left.mark else { return right.mark != nil || left.message < right.message }
    guard let b = right.mark else { return false }
    return (a.file, a.line, a.column, left.message) < (b.file, b.line, b.column, right.message)
  }

  /// Whether a link is unusable by itself.
  func isBroken(_ step: ChainStep) -> Bool {
    let faults = step.section == .provider ? providers[step.index] : identities[step.index]
    return faults.contains { $0.severity == .error }
      || step.section == .identity && chainless.contains(step.index)
  }
}

/// Checks a whole configuration.
struct Validator {
  let configuration: MergedConfiguration
  let settings: AuthSettings
  let kinds: KindRegistry
  let chains: ChainMap

  /// Every fault of every file.
  func validate() -> Validation {
    var validation = Validation(
      providers: faults(of: configuration.providers),
      identities: faults(of: configuration.identities),
      integrations: faults(of: configuration.integrations),
      general: configuration.faults + settings.faults + configuration.aliasFaults)
    validation.general += defaultFaults()
    addCycles(&validation)
    return validation
  }

  private func faults(of table: DefinitionTable) -> [[Diagnostic]] {
    // One for all threads.
    let suggestions = Suggestion.Allowance()
    return Parallel.map(table.entries.count) { [configuration, kinds] part in
      let checker = DefinitionChecker(configuration, kinds, suggestions: suggestions)
      return table.entries[part].map { checker.faults(of: $0, table.section) }
    }
  }

  private func defaultFaults() -> [Diagnostic] {
    let marked = configuration.identities.entries.filter { $0.node["default"]?.bool == true }
    guard marked.count > 1 else { return [] }
    let shown = DefinitionChecker.list(marked.prefix(8).map(\.name))
    return [
      Diagnostic(
        .warning,
        "\(marked.count) identities are marked `default`: \(shown)\(marked.count > 8 ? ", …" : "")",
        mark: marked[marked.count - 1].node["default"]?.mark,
        suggestion: "without a terminal there is no way to choose; keep one",
        code: "several-defaults")
    ]
  }

  private func addCycles(_ validation: inout Validation) {
    var tooLong: [Int] = []
    for index in configuration.identities.entries.indices
    where !validation.chainless.contains(index) {
      do throws(ChainMap.Break) {
        _ = try chains.steps(to: index)
      } catch {
        switch error {
        case .cycle(let members): addCycle(members, &validation)
        case .tooLong: tooLong.append(index)
        case .missing: break
        }
      }
    }
    validation.chainless.formUnion(tooLong)
    if let first = tooLong.first {
      validation.general.append(lengthFault(first, others: tooLong.count - 1))
    }
  }

  /// That the chain of an identity, and of as many others, is longer than one may be.
  func lengthFault(_ index: Int, others: Int = 0) -> Diagnostic {
    let entry = configuration.identities.entries[index]
    let also = others == 0 ? "" : ", and so have \(others) others"
    return Diagnostic(
      .error,
      "identity `\(DisplayText.sanitized(entry.name, limit: 80))` has a chain of more than "
        + "\(chains.lengthLimit) links\(also)",
      mark: entry.node["via", "identity"]?.mark ?? entry.mark,
      suggestion: "let it come from one of the identities further up", code: "chain-too-long")
  }

  /// Adds a cycle, unless it is there.
  func addCycle(_ members: [Int], _ validation: inout Validation) {
    guard validation.chainless.isDisjoint(with: members) else { return }
    validation.chainless.formUnion(members)
    validation.general.append(cycleFault(members))
  }

  private func cycleFault(_ members: [Int]) -> Diagnostic {
    let entries = configuration.identities.entries
    // The path goes the way credentials would, so against `via`.
    let names = ([members[0]] + members.reversed()).map { entries[$0].name }
    let path = names.map { DisplayText.sanitized($0, limit: 60) }.joined(separator: " → ")
    return Diagnostic(
      .error, "circular dependency detected in identity chain: \(path)",
      mark: entries[members[0]].node["via", "identity"]?.mark ?? entries[members[0]].mark,
      suggestion: "a chain begins with a provider, or with an identity that needs nothing",
      code: "cycle")
  }
}
