import Core

/// Names made fit for identities or providers, each only once whatever its case.
struct FittedNames {
  private var used: Set<String> = []

  /// A name that is free, as near to `wanted` as the grammar of names allows.
  ///
  /// - Parameters:
  ///   - wanted: The name as it was.
  ///   - isProvider: Whether dots have to go too: atmos cannot read a provider's name with one.
  /// - Returns: The name, taken from now on.
  mutating func take(_ wanted: String, isProvider: Bool = false) -> String {
    var name = ""
    for scalar in wanted.unicodeScalars {
      let isPlain =
        STSText.isMade(scalar, of: isProvider ? "_-" : "._/@+: -") && name.count < 120
      if isPlain {
        name.unicodeScalars.append(scalar)
      } else if !name.isEmpty, !name.hasSuffix("-"), name.count < 120 {
        name += "-"
      }
    }
    while let first = name.unicodeScalars.first, !STSText.isMade(first, of: "") {
      name.unicodeScalars.removeFirst()
    }
    while name.hasSuffix("-") || name.hasSuffix(" ") { name.removeLast() }
    if name.isEmpty { name = "profile" }
    // `use none` and `--identity=off` mean nobody.
    if IdentityName.isOff(name) { name += "-profile" }
    var free = name
    var number = 2
    while !used.insert(free.lowercased()).inserted {
      free = "\(name)-\(number)"
      number += 1
    }
    return free
  }
}
