internal import CGumbo

/// A page of HTML, read as browsers read it: unclosed tags, missing quotes and all.
public struct HTMLPage: Sendable {
  /// The elements in the order in which they begin.
  public let elements: [HTMLElement]

  /// The longest page, in bytes.
  public static let limit = 2 << 20
  /// The most `<` that a page may have: the parser calls itself for each level of the tree.
  private static let tagLimit = 20_000

  /// Reads a page.
  ///
  /// - Returns: `nil` for one that is larger than ``limit`` or has more tags than any page to sign in.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= Self.limit,
      bytes.lazy.filter({ $0 == UInt8(ascii: "<") }).count <= Self.tagLimit
    else { return nil }
    var builder = Builder()
    let isRead = bytes.withUnsafeBytes { buffer -> Bool in
      guard let base = buffer.bindMemory(to: CChar.self).baseAddress else { return true }
      var options = kGumboDefaultOptions
      guard let output = gumbo_parse_with_options(&options, base, buffer.count) else {
        return false
      }
      defer { gumbo_destroy_output(&options, output) }
      builder.read(output.pointee.root)
      return true
    }
    guard isRead else { return nil }
    elements = builder.elements
  }

  /// The first element with an id.
  public func element(id: String) -> HTMLElement? {
    elements.first { $0.attributes["id"] == id }
  }

  /// The text of the first element with an id, blanks at its ends left out; `nil` if it has none.
  public func text(id: String) -> String? {
    guard let element = element(id: id) else { return nil }
    let words = element.text.split(whereSeparator: \.isWhitespace)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// The forms, in order.
  public var forms: [HTMLForm] {
    var forms = elements.indices.filter { elements[$0].name == "form" }.map {
      HTMLForm(elements[$0])
    }
    var number = -1
    var places: [Int: Int] = [:]
    for index in elements.indices where elements[index].name == "form" {
      number += 1
      places[index] = number
    }
    for element in elements {
      guard let form = element.form.flatMap({ places[$0] }), let field = HTMLField(element) else {
        continue
      }
      forms[form].fields.append(field)
    }
    return forms
  }

  /// The address that relative ones are relative to, as `<base>` says.
  public var base: String? {
    elements.first { $0.name == "base" }?.attributes["href"]
  }

  /// Walks over the parser's tree without calling itself.
  private struct Builder {
    var elements: [HTMLElement] = []

    private struct Step {
      var node: UnsafeMutablePointer<GumboNode>
      var form: Int?
      var parents: [Int]
    }

    mutating func read(_ root: UnsafeMutablePointer<GumboNode>?) {
      guard let root else { return }
      var rest = [Step(node: root, form: nil, parents: [])]
      while let step = rest.popLast() {
        switch step.node.pointee.type {
        case GUMBO_NODE_TEXT, GUMBO_NODE_WHITESPACE, GUMBO_NODE_CDATA:
          let text = String(cString: step.node.pointee.v.text.text)
          // Only the nearest ones: text of a whole page is of no use.
          for parent in step.parents.suffix(4) { elements[parent].text += text }
        case GUMBO_NODE_ELEMENT, GUMBO_NODE_TEMPLATE:
          let element = step.node.pointee.v.element
          let index = elements.count
          elements.append(HTMLElement(element, form: step.form))
          let form = elements[index].name == "form" ? index : step.form
          let parents = step.parents.suffix(3) + [index]
          for number in (0..<Int(element.children.length)).reversed() {
            guard
              let child = element.children.data?[number]?.assumingMemoryBound(to: GumboNode.self)
            else { continue }
            rest.append(Step(node: child, form: form, parents: Array(parents)))
          }
        default: break
        }
      }
    }
  }
}

/// An element of a page.
public struct HTMLElement: Sendable {
  /// The tag's name in lower case; empty for unknown tags.
  public var name: String
  /// The attributes, names in lower case.
  public var attributes: [String: String]
  /// The text in it and in elements up to three levels below.
  public var text = ""
  /// The place of the form around it among the page's elements.
  var form: Int?

  init(_ element: GumboElement, form: Int?) {
    name = String(cString: gumbo_normalized_tagname(element.tag))
    var attributes: [String: String] = [:]
    for number in 0..<Int(element.attributes.length) {
      guard
        let attribute = element.attributes.data?[number]?
          .assumingMemoryBound(to: GumboAttribute.self).pointee
      else { continue }
      attributes[String(cString: attribute.name).lowercased()] = String(cString: attribute.value)
    }
    self.attributes = attributes
    self.form = form
  }
}
