/// A file of terragrunt's with what it includes.
struct TerragruntFile {
  let scope: HCLScope
  let evaluation: HCLEvaluation

  init(_ scope: HCLScope, _ evaluation: HCLEvaluation) {
    self.scope = scope
    self.evaluation = evaluation
  }

  /// Whether an included file's attributes count.
  private struct Merged {
    var include: HCLScope.Include
    var block: HCLBody.Block
  }

  /// Finds out which files are included, which functions go by.
  func noteIncludes() throws(HCLFault) { _ = try included() }

  private func included() throws(HCLFault) -> [Merged] {
    let blocks = scope.body.blocks.filter { $0.type == "include" }
    guard blocks.count <= 16 else {
      throw HCLFault(kind: .unread, place: blocks[16].name.place, what: "too many includes")
    }
    scope.includes = []
    var merged: [Merged] = []
    for block in blocks {
      guard let text = block.body.attributes["path"] else {
        throw HCLFault(kind: .mistake, place: block.name.place, what: "an include without `path`")
      }
      let place = HCLEvaluation.Place(text, scope)
      let path = try evaluation.text(try evaluation.value(of: text, in: scope), place)
      merged.append(
        Merged(
          include: HCLScope.Include(
            name: block.labels.first ?? "", path: Paths.absolute(path, from: scope.directory)),
          block: block))
    }
    scope.includes = merged.map(\.include)
    return merged
  }

  /// The files whose attributes count after those of this file: the lower include is the stronger
  /// one.
  ///
  /// Source: pkg/config/include.go of terragrunt: shallow and deep merging are the same for attributes.
  func mergedFiles() throws(HCLFault) -> [HCLScope] {
    var scopes: [HCLScope] = []
    for one in try included() {
      if let text = one.block.body.attributes["merge_strategy"] {
        let place = HCLEvaluation.Place(text, scope)
        let strategy = try evaluation.text(try evaluation.value(of: text, in: scope), place)
        if strategy == "no_merge" { continue }
      }
      guard
        let file = try evaluation.scope(
          one.include.path, unit: scope.unit, for: one.block.name.place)
      else {
        throw HCLFault(
          kind: .mistake, place: one.block.name.place,
          what: "an include of a file that is not there")
      }
      file.includes = [one.include]
      scopes.append(file)
    }
    return scopes.reversed()
  }
}
