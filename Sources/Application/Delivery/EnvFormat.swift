package import Core

/// A form in which variables are written.
package enum EnvFormat: String, CaseIterable {
  case bash
  case zsh
  case fish
  case powershell
  case json
  case dotenv
  case env
  case github

  package static var allNames: String { allCases.map(\.rawValue).joined(separator: ", ") }

  package init(argument: String) throws(AuthError) {
    guard let format = EnvFormat(rawValue: argument) else {
      throw AuthError(
        .usage, "invalid format: unsupported format: \(argument)",
        hints: ["use one of \(Self.allNames)"])
    }
    self = format
  }

  /// The variables in this form, sorted; forms that cannot remove a variable leave that out.
  package func text(_ delivery: Delivery) throws(AuthError) -> String {
    switch self {
    case .bash: return code(delivery, .bash)
    case .zsh: return code(delivery, .zsh)
    case .fish: return code(delivery, .fish)
    case .powershell: return code(delivery, .powershell)
    case .json:
      return JSONText.indented(
        JSONText.object(delivery.set.map { ($0.name, JSONText.string($0.value)) }))
    case .dotenv:
      return delivery.set.map { "\($0.name)=\(Self.quotedIfNeeded($0.value))\n" }.joined()
    case .env:
      for (name, value) in delivery.set where value.contains("\n") {
        throw AuthError(
          .usage, "\(name) holds a line break, which `--format env` cannot express",
          hints: ["use `--format json` or `--format github`"])
      }
      return delivery.set.map { "\($0.name)=\($0.value)\n" }.joined()
    case .github: return delivery.set.map { Self.github($0.name, $0.value) }.joined()
    }
  }

  private func code(_ delivery: Delivery, _ shell: ShellKind) -> String {
    ShellCode.lines(
      delivery.unset.map { .unset(name: $0) }
        + delivery.set.map { .set(name: $0.name, value: $0.value) },
      for: shell)
  }

  // What atmos does: single quotes only where a shell would need them.
  private static func quotedIfNeeded(_ value: String) -> String {
    let plain = value.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"),
        UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: ","):
        true
      default: false
      }
    }
    return plain && !value.isEmpty ? value : ShellQuoting.quote(value, for: .posix)
  }

  // https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings
  // The delimiter must not be a line of the value, or the value could set other variables.
  private static func github(_ name: String, _ value: String) -> String {
    guard value.contains(where: \.isNewline) else { return "\(name)=\(value)\n" }
    var delimiter = "ATMOS_EOF_\(name)"
    while value.contains(delimiter) { delimiter += "_" }
    return "\(name)<<\(delimiter)\n\(value)\n\(delimiter)\n"
  }
}
