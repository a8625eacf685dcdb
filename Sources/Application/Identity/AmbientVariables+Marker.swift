package import Core
import Hook
package import Model

extension AmbientVariables {
  /// The environment without what an active identity changed in it.
  ///
  /// The hook's marker knows the values before, and ``CarriedEnvironment`` those of programs that `exec`
  /// started. The marker holds no secrets; those are only named.
  package init(without paths: StatePaths, _ environment: [String: String], clouds: [Cloud]) {
    self.init(values: environment)
    let inForce = clouds.filter { $0.isInForce(in: environment, paths) }.map(\.variables)
    // A profile chosen by hand while our file is in force is also ours.
    let ofFiles = Set(inForce.flatMap(\.files))
    for name in ofFiles { values[name] = nil }
    CarriedEnvironment.putBack(&values, over: Set(inForce.flatMap(\.regions)))
    guard let marker = environment[Marker.variable].flatMap(Marker.init(text:)) else { return }
    for entry in marker.entries
    where marker.isOurs(entry, now: environment[entry.name])
      || ofFiles.contains(entry.name)
    {
      switch entry.earlier {
      case .exported(let value): values[entry.name] = value
      case .absent: values[entry.name] = nil
      case .withheld:
        values[entry.name] = nil
        withheld.append(entry.name)
      }
    }
  }
}

/// What the surroundings offered a program before `exec`, `shell` or `env` changed its environment,
/// handed on in a variable: its `credential_process` runs us again, and a chain that starts with
/// what the surroundings offer starts there.
enum CarriedEnvironment {
  /// The variable: `NAME=VALUE`, percent-encoded, with blanks between them.
  package static let variable = "ATMOS_AUTH_SURROUNDINGS"

  /// The variable's value; `nil` if none of `names` has a value.
  ///
  /// - Parameters:
  ///   - names: The variables that the program loses.
  ///   - environment: Their values.
  ///   - plain: Those that are never secret; `nil` lets secrets go with them, which is only for
  ///     the environment of a program that would have had them there in any case.
  /// - Returns: The text, or `nil`.
  package static func text(
    _ names: Set<String>, of environment: [String: String], plain: Set<String>?
  ) -> String? {
    let pairs = names.sorted().compactMap { name in
      plain?.contains(name) ?? true
        ? environment[name].map { "\(name)=\(Percent.encode($0))" } : nil
    }
    return pairs.isEmpty ? nil : pairs.joined(separator: " ")
  }

  /// What the variable holds.
  static func values(_ environment: [String: String]) -> [String: String] {
    var values: [String: String] = [:]
    for pair in (environment[variable] ?? "").split(separator: " ") {
      guard let equals = pair.firstIndex(of: "="),
        let value = Percent.decode(pair[pair.index(after: equals)...].utf8)
      else { continue }
      let name = String(pair[..<equals])
      if ShellQuoting.isVariableName(name) { values[name] = value }
    }
    return values
  }

  /// Puts back what the variable holds.
  ///
  /// What a program has set for itself since stays, apart from `ours`.
  static func putBack(_ environment: inout [String: String], over ours: Set<String>) {
    let values = values(environment)
    environment[variable] = nil
    for (name, value) in values where environment[name] == nil || ours.contains(name) {
      environment[name] = value
    }
  }
}
