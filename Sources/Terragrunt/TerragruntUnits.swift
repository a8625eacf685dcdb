internal import Core

/// The units of terragrunt's in a directory and below it, as `run --all` finds them.
public enum TerragruntUnits {
  /// How many directories are looked into.
  private static let maximumDirectories = 2_000
  /// How many units are read.
  private static let maximumUnits = 500

  /// Reads them all.
  ///
  /// What another unit includes is none, though it has a unit's name.
  ///
  /// - Parameters:
  ///   - directory: Where to start, absolute.
  ///   - environment: The variables that terragrunt will see.
  ///   - yaml: What reads YAML.
  /// - Returns: `nil` if there are more than are read, or a directory cannot be.
  public static func below(
    _ directory: String, environment: [String: String], yaml: @escaping YAMLDecoder
  ) -> [TerragruntUnit]? {
    var units: [TerragruntUnit] = []
    var open = [(path: directory, depth: 0)]
    var looked = 0
    while let (path, depth) = open.popLast() {
      looked += 1
      guard looked <= maximumDirectories, depth < 32,
        let names = (try? FileSystem.list(path)).flatMap({ $0 })
      else { return nil }
      for name in names {
        let below = "\(path)/\(name)"
        // What a stack is made of is there only once terragrunt made it.
        if name == "terragrunt.stack.hcl" { return nil }
        if name == TerragruntUnit.fileName || name == "\(TerragruntUnit.fileName).json" {
          guard units.count < maximumUnits,
            let unit = TerragruntUnit(below, environment: environment, yaml: yaml)
          else { return nil }
          units.append(unit)
        } else if !name.hasPrefix("."), FileSystem.isDirectory(below) {
          guard FileSystem.realPath(below) == FileSystem.realPath(path).map({ "\($0)/\(name)" })
          else { continue }
          open.append((below, depth + 1))
        }
      }
    }
    let included = Set(units.flatMap(\.includes))
    return units.filter { !included.contains($0.file) }
  }
}
