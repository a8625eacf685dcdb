internal import CGumbo

/// Reads the parser's tree, and finds the forms that fields belong to.
///
/// A field belongs to the form whose tag was read last and not closed, wherever in the tree it stands:
/// in a table, the tree has a form without anything in it. Only where none is open does the form
/// around a field count. Gumbo knows which form is open while it reads, and does not tell; so the
/// places of tags in the text are compared.
///
/// Source: "reset the form owner" and "form element pointer", HTML Standard.
struct HTMLTree {
  private let text: [UInt8]
  private var elements: [HTMLElement] = []
  /// Where each element begins in the text; `nil` for those that the parser added.
  private var starts: [Int?] = []
  /// Where the text has no tags of its own: scripts, comments, attributes.
  private var opaque: [Range<Int>] = []

  init(_ text: [UInt8]) { self.text = text }

  /// What is inside of these is not read as tags, or ends no form.
  private static let opaqueNames: Set<String> = [
    "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext",
    "select",
  ]

  private struct Step {
    var node: UnsafeMutablePointer<GumboNode>
    var form: Int?
    var list: Int?
    var parents: [Int] = []
  }

  /// Walks over the tree without calling itself.
  mutating func read(_ document: UnsafeMutablePointer<GumboNode>?) {
    guard let document else { return }
    var rest = Self.children(document.pointee.v.document.children).map { Step(node: $0) }
    while let step = rest.popLast() {
      switch step.node.pointee.type {
      case GUMBO_NODE_TEXT, GUMBO_NODE_WHITESPACE, GUMBO_NODE_CDATA:
        let text = String(cString: step.node.pointee.v.text.text)
        // Only the nearest ones: text of a whole page is of no use.
        for parent in step.parents.suffix(4) { elements[parent].text += text }
      case GUMBO_NODE_COMMENT:
        let text = step.node.pointee.v.text
        hide(Int(text.start_pos.offset), length: Int(text.original_text.length))
      case GUMBO_NODE_TEMPLATE:
        // It is not part of the page.
        let element = step.node.pointee.v.element
        let start = Int(element.start_pos.offset)
        hide(start, length: Int(element.end_pos.offset) - start)
      case GUMBO_NODE_ELEMENT: rest += add(step)
      default: break
      }
    }
  }

  private mutating func add(_ step: Step) -> [Step] {
    let element = step.node.pointee.v.element
    let index = elements.count
    elements.append(HTMLElement(element, form: step.form, list: step.list))
    let name = elements[index].name
    let start = Int(element.start_pos.offset)
    let isWritten = element.original_tag.length > 0
    starts.append(isWritten ? start : nil)
    if isWritten { hide(start, length: Int(element.original_tag.length)) }
    if Self.opaqueNames.contains(name) { hide(start, length: Int(element.end_pos.offset) - start) }
    let form = name == "form" ? index : step.form
    let list = name == "select" ? index : step.list
    let parents = Array(step.parents.suffix(3) + [index])
    return Self.children(element.children).map {
      Step(node: $0, form: form, list: list, parents: parents)
    }
  }

  private mutating func hide(_ start: Int, length: Int) {
    if length > 0 { opaque.append(start..<start + length) }
  }

  /// The nodes of a list, the last one first.
  private static func children(_ list: GumboVector) -> [UnsafeMutablePointer<GumboNode>] {
    (0..<Int(list.length)).reversed().compactMap {
      list.data?[$0]?.assumingMemoryBound(to: GumboNode.self)
    }
  }

  /// The elements in the order in which they begin, each with its form.
  func withOwners() -> [HTMLElement] {
    guard elements.contains(where: { $0.name == "form" }) else { return elements }
    var result = elements
    var ends = formEnds()[...]
    var open: Int?
    // The tree's order is not the text's where a table pushes something out of itself.
    let written = starts.indices.compactMap { index in starts[index].map { (start: $0, index) } }
      .sorted { $0.start < $1.start }
    for (start, index) in written {
      while let end = ends.first, end < start {
        open = nil
        ends.removeFirst()
      }
      if result[index].name == "form" { open = index }
      if let open { result[index].form = open }
    }
    return result
  }

  /// Where the text has `</form` as a tag.
  private func formEnds() -> [Int] {
    let tag = Array("</form".utf8)
    var hidden = opaque.sorted { $0.lowerBound < $1.lowerBound }[...]
    // Where all that is hidden and began before a place has ended: ranges may be inside of each other.
    var hiddenUntil = 0
    var ends: [Int] = []
    var place = 0
    while place + tag.count < text.count {
      defer { place += 1 }
      guard text[place] == tag[0],
        zip(text[place...], tag).allSatisfy({ $0 == $1 || $0 >= 0x41 && $0 | 0x20 == $1 }),
        [0x09, 0x0A, 0x0C, 0x0D, 0x20, 0x2F, 0x3E].contains(text[place + tag.count])
      else { continue }
      while let first = hidden.first, first.lowerBound <= place {
        hiddenUntil = max(hiddenUntil, first.upperBound)
        hidden.removeFirst()
      }
      if place >= hiddenUntil { ends.append(place) }
    }
    return ends
  }
}
