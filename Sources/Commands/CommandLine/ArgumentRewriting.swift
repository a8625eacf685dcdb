/// Turns the three forms of `--identity` into the two that an option parser understands.
///
/// As in atmos, `--identity` may stand alone: as the last argument or before another option it
/// means "let me choose", even when there is a default. `--identity=` means the same as leaving it
/// out. Everything after `--` belongs to the command that is run and is left alone.
enum ArgumentRewriting {
  /// The value that stands for "let me choose"; atmos uses the same word.
  static let select = "__SELECT__"

  /// Options whose value may be left out, with what is put in its place.
  private static let optional: [String: String] = [
    "--identity": select, "-i": select, "--profile": select,
    "--identities": "*", "--providers": "*",
  ]

  static func rewritten(_ arguments: [String]) -> [String] {
    // What is being completed is a person's line, not options of ours.
    if arguments.first == "__complete" { return arguments }
    var result: [String] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      if argument == "--" { return result + arguments[(index - 1)...] }
      if argument == "--identity=" || argument == "-i=" { continue }
      guard let standIn = optional[argument] else {
        // `-i=NAME` is what people type; the parser knows only `-i NAME` and `-iNAME`.
        result.append(
          argument.hasPrefix("-i=") ? "--identity=\(argument.dropFirst(3))" : argument)
        continue
      }
      let long = argument == "-i" ? "--identity" : argument
      if index < arguments.count, !arguments[index].hasPrefix("-") || arguments[index] == "-" {
        result.append("\(long)=\(arguments[index])")
        index += 1
      } else {
        result.append("\(long)=\(standIn)")
      }
    }
    return result
  }
}
