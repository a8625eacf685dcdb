import Application

/// Turns the three forms of `--identity` into the two that an option parser understands.
///
/// As in atmos, `--identity` may stand alone: as the last argument or before another option it
/// means "let me choose", even when there is a default. `--identity=` means the same as leaving it
/// out. Everything after `--` belongs to the command that is run and is left alone.
///
/// Options that every command takes may come before it, as in atmos; they are moved behind it. What
/// is `atmos auth login` there is `atmos-auth login` here, and `atmos-auth auth login` as well.
enum ArgumentRewriting {
  /// Options whose value may be left out, with what is put in its place.
  private static let optional: [String: String] = [
    GlobalOption.identity.long: IdentityChoice.select, "-i": IdentityChoice.select,
    "--identities": "*", "--providers": "*",
  ]

  static func rewritten(_ arguments: [String]) -> [String] {
    // What is being completed is a person's line, not our options.
    if arguments.first == "__complete" { return arguments }
    return withoutGroup(withoutAuth(behindCommand(withValues(arguments))))
  }

  private static func withoutAuth(_ arguments: [String]) -> [String] {
    guard arguments.first == "auth" else { return arguments }
    // Options that stood before `auth` stand before the command again.
    return arguments.count == 1 ? ["--help"] : behindCommand(Array(arguments.dropFirst()))
  }

  /// What atmos groups by cloud, with the names that it has here.
  private static let grouped = [
    ["aws", "ecr", "login"]: "ecr-login", ["aws", "eks", "token"]: "eks-token",
    ["aws", "eks", "update-kubeconfig"]: "eks-kubeconfig",
  ]

  private static func withoutGroup(_ arguments: [String]) -> [String] {
    guard arguments.first == "aws", let command = grouped[Array(arguments.prefix(3))] else {
      return arguments
    }
    return [command] + arguments.dropFirst(3)
  }

  private static func withValues(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      if argument == "--" { return result + arguments[(index - 1)...] }
      if argument == "--identity=" || argument == "-i=" { continue }
      // The parser takes an empty value as a word of its own only.
      if argument == "--profile=" {
        result += ["--profile", ""]
        continue
      }
      guard let standIn = optional[argument] else {
        // `-i=NAME` is what people type; the parser knows only `-i NAME`.
        result.append(
          argument.hasPrefix("-i=") ? "--identity=\(argument.dropFirst(3))" : argument)
        continue
      }
      let long = argument == "-i" ? "--identity" : argument
      if index < arguments.count, !arguments[index].hasPrefix("-") || arguments[index] == "-" {
        // An empty name, from a variable that is not set, is as good as none.
        if long != "--identity" || !arguments[index].isEmpty {
          result.append("\(long)=\(arguments[index])")
        }
        index += 1
      } else {
        result.append("\(long)=\(standIn)")
      }
    }
    return result
  }

  private static func behindCommand(_ arguments: [String]) -> [String] {
    var rest = arguments[...]
    while let word = rest.first, word.hasPrefix("-") {
      let name = word.prefix { $0 != "=" }
      guard let option = GlobalOption(name: String(name)) else { return arguments }
      rest = rest.dropFirst(option.takesValue && name == word ? 2 : 1)
    }
    let leading = arguments[..<rest.startIndex]
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    return rest.isEmpty ? arguments : Array(rest[..<end] + leading + rest[end...])
  }
}
