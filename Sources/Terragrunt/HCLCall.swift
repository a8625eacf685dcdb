internal import Core

/// A function with its arguments.
///
/// Source: https://terragrunt.gruntwork.io/docs/reference/hcl/functions/ and, for those of OpenTofu,
/// https://opentofu.org/docs/language/functions/
struct HCLCall {
  let name: String
  let arguments: [HCLExpression]
  let place: HCLEvaluation.Place
  let evaluation: HCLEvaluation

  init(
    _ name: String, _ arguments: [HCLExpression], _ place: HCLEvaluation.Place,
    _ evaluation: HCLEvaluation
  ) {
    self.name = name
    self.arguments = arguments
    self.place = place
    self.evaluation = evaluation
  }

  private var scope: HCLScope { place.scope }

  /// How many folders terragrunt looks through.
  private static let maximumFolders = 100

  /// What it gives.
  func value() throws(HCLFault) -> HCLValue {
    switch name {
    case "find_in_parent_folders": return .text(try findInParentFolders())
    case "get_env": return .text(try variable())
    case "get_terragrunt_dir": return .text(scope.directory)
    case "get_original_terragrunt_dir":
      // What is read for a unit by another file is not told apart here.
      throw place.unread("`\(name)()`")
    case "get_parent_terragrunt_dir":
      return .text(try include().map(Paths.parent) ?? scope.directory)
    case "path_relative_to_include":
      return .text(
        try include().map { Paths.relative(scope.directory, to: Paths.parent(of: $0)) } ?? ".")
    case "path_relative_from_include":
      return .text(
        try include().map { Paths.relative(Paths.parent(of: $0), to: scope.directory) } ?? ".")
    case "get_repo_root": return .text(try repository())
    case "get_path_from_repo_root":
      return .text(Paths.relative(scope.directory, to: try repository()))
    case "get_path_to_repo_root":
      return .text(Paths.relative(try repository(), to: scope.directory))
    case "read_terragrunt_config": return try readConfiguration()
    case "file":
      return .text(String(decoding: try contents(try text(0)).bytes, as: UTF8.self))
    case "jsondecode": return try decoded()
    case "yamldecode": return try decodedYAML()
    case "try": return try attempted()
    default: return try HCLLibrary(self).value()
    }
  }

  // MARK: Arguments

  /// An argument, read.
  func argument(_ index: Int) throws(HCLFault) -> HCLValue {
    guard arguments.indices.contains(index) else {
      throw place.mistake("`\(name)()` with too few arguments")
    }
    return try evaluation.simple(try evaluation.value(of: arguments[index], place))
  }

  /// An argument as text.
  func text(_ index: Int) throws(HCLFault) -> String {
    let text = try evaluation.text(try argument(index), place)
    try evaluation.spend(text.utf8.count, for: place.text.place)
    return text
  }

  /// An argument as a list.
  func list(_ index: Int) throws(HCLFault) -> [HCLValue] {
    guard case .list(let elements) = try argument(index) else {
      throw place.unread("`\(name)()` of something else than a list")
    }
    try evaluation.spend(10 * elements.count, for: place.text.place)
    return elements
  }

  // MARK: Paths

  private func findInParentFolders() throws(HCLFault) -> String {
    let wanted = arguments.isEmpty ? nil : try text(0)
    var directory = scope.directory
    for _ in 0..<Self.maximumFolders where directory != "/" {
      directory = Paths.parent(of: directory)
      for name in wanted.map({ [$0] }) ?? ["terragrunt.hcl", "terragrunt.hcl.json"] {
        let path = Paths.absolute(name, from: directory)
        if FileSystem.exists(path) { return path }
      }
    }
    if arguments.count > 1 { return try text(1) }
    throw place.mistake("`\(name)()`, which finds nothing")
  }

  private func variable() throws(HCLFault) -> String {
    let name = try text(0)
    if let value = evaluation.environment[name] { return value }
    if arguments.count > 1 { return try text(1) }
    throw place.mistake("`get_env()` of a variable that is not set")
  }

  private func include() throws(HCLFault) -> String? {
    guard arguments.isEmpty else {
      let name = try text(0)
      guard let include = scope.includes.first(where: { $0.name == name }) else {
        throw place.mistake("`\(self.name)()` of an include that is not there")
      }
      return include.path
    }
    guard scope.includes.count < 2 else {
      throw place.mistake("`\(name)()` without the name of an include")
    }
    return scope.includes.first?.path
  }

  private func repository() throws(HCLFault) -> String {
    var directory = scope.directory
    while !FileSystem.exists("\(directory)/.git") {
      guard directory != "/", directory != "." else {
        throw place.mistake("`\(name)()` outside of a repository")
      }
      directory = Paths.parent(of: directory)
    }
    return directory
  }

  // MARK: Files

  private func contents(_ path: String) throws(HCLFault) -> HCLFile {
    let path = Paths.absolute(path, from: scope.file.directory)
    guard let file = try evaluation.file(path, for: place.text.place) else {
      throw place.mistake("`\(name)()` of a file that is not there")
    }
    return file
  }

  private func readConfiguration() throws(HCLFault) -> HCLValue {
    let path = Paths.absolute(try text(0), from: scope.directory)
    guard let read = try evaluation.scope(path, unit: path, for: place.text.place) else {
      if arguments.count > 1 { return try argument(1) }
      throw place.mistake("`\(name)()` of a file that is not there")
    }
    try TerragruntFile(read, evaluation).noteIncludes()
    return .file(read)
  }

  // JSON values are expressions of HCL, but for templates in texts.
  private func decoded() throws(HCLFault) -> HCLValue {
    let bytes = Array(try text(0).utf8)
    guard bytes.count <= HCLEvaluation.fileLimit else { throw place.unread("`jsondecode()`") }
    let file = HCLFile(path: scope.file.path, bytes)
    do throws(HCLFault) {
      return try evaluation.value(
        of: HCLText(file: file, range: 0..<bytes.count), in: scope, hasTemplates: false)
    } catch {
      throw place.unread("`jsondecode()`")
    }
  }

  private func decodedYAML() throws(HCLFault) -> HCLValue {
    let bytes = Array(try text(0).utf8)
    // To make the values of it takes longer than to look at it.
    try evaluation.spend(20 * bytes.count, for: place.text.place)
    guard bytes.count <= HCLEvaluation.fileLimit, let value = evaluation.yaml(bytes) else {
      throw place.unread("`yamldecode()`")
    }
    return HCLValue(value, at: place.text.place)
  }

  // Where we cannot read the first, terragrunt may well.
  private func attempted() throws(HCLFault) -> HCLValue {
    for index in arguments.indices.dropLast() {
      do throws(HCLFault) {
        return try argument(index)
      } catch {
        guard error.kind == .mistake else { throw error }
      }
    }
    return try argument(arguments.count - 1)
  }
}
