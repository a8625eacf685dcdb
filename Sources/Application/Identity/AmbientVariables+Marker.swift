package import Core
import Hook
import Model

extension AmbientVariables {
  /// The environment without what an active identity changed in it.
  ///
  /// The hook's marker knows the values before, and ``Carried`` those of programs that `exec`
  /// started. The marker holds no secrets; those are only named.
  package init(without paths: StatePaths, _ environment: [String: String]) {
    self.init(values: environment)
    let isInside = environment["AWS_CONFIG_FILE"]?.hasPrefix("\(paths.state)/aws/") ?? false
    if isInside {
      // A profile chosen by hand while our file is in force is one of ours as well.
      for name in Self.ofFiles { values[name] = nil }
    }
    Carried.putBack(&values, isInside: isInside)
    guard let marker = environment[Marker.variable].flatMap(Marker.init(text:)) else { return }
    for entry in marker.entries
    where marker.isOurs(entry, now: environment[entry.name])
      || isInside && Self.ofFiles.contains(entry.name)
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

  /// Variables that are about our configuration file while that is in force.
  static let ofFiles: Set<String> = [
    "AWS_CONFIG_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_PROFILE", "AWS_SDK_LOAD_CONFIG",
    "AWS_SHARED_CREDENTIALS_FILE",
  ]
}

/// What the surroundings offered a program before `exec`, `shell` or `env` changed its environment,
/// handed on in a variable: its `credential_process` runs us again, and a chain that starts with
/// `aws/ambient` starts there.
enum Carried {
  /// The variable: `NAME=VALUE`, percent-encoded, with blanks between them.
  package static let variable = "ATMOS_AUTH_SURROUNDINGS"

  /// The variable's value; `nil` if none of `names` has a value.
  ///
  /// - Parameters:
  ///   - names: The variables that the program loses.
  ///   - environment: Their values.
  ///   - withSecrets: Whether secrets among them go with it: only where the variable is put into
  ///     the environment of a program that would have had them there in any case.
  /// - Returns: The text, or `nil`.
  package static func text(
    _ names: Set<String>, of environment: [String: String], withSecrets: Bool
  ) -> String? {
    let pairs = names.sorted().compactMap { name in
      withSecrets || Marker.isPlain(name)
        ? environment[name].map { "\(name)=\(Percent.encode($0))" } : nil
    }
    return pairs.isEmpty ? nil : pairs.joined(separator: " ")
  }

  /// Puts back what the variable holds; what a program has set for itself since stays, unless it is about
  /// our own file (`isInside`).
  static func putBack(_ environment: inout [String: String], isInside: Bool) {
    guard let text = environment.removeValue(forKey: variable) else { return }
    for pair in text.split(separator: " ") {
      guard let equals = pair.firstIndex(of: "="),
        let value = Percent.decode(pair[pair.index(after: equals)...].utf8)
      else { continue }
      let name = String(pair[..<equals])
      guard ShellQuoting.isVariableName(name) else { continue }
      let isRegion = name == "AWS_REGION" || name == "AWS_DEFAULT_REGION"
      if environment[name] == nil || isInside && isRegion { environment[name] = value }
    }
  }
}
