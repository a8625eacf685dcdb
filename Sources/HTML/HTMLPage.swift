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
    var tree = HTMLTree(bytes)
    let isRead = bytes.withUnsafeBytes { buffer -> Bool in
      guard let base = buffer.bindMemory(to: CChar.self).baseAddress else { return true }
      var options = kGumboDefaultOptions
      guard let output = gumbo_parse_with_options(&options, base, buffer.count) else {
        return false
      }
      defer { gumbo_destroy_output(&options, output) }
      tree.read(output.pointee.document)
      return true
    }
    guard isRead else { return nil }
    elements = tree.withOwners()
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
    var forms: [HTMLForm] = []
    var numbers: [Int: Int] = [:]
    for index in elements.indices where elements[index].name == "form" {
      numbers[index] = forms.count
      forms.append(HTMLForm(elements[index]))
    }
    for index in elements.indices {
      guard let form = owner(of: elements[index]).flatMap({ numbers[$0] }) else { continue }
      forms[form].fields += HTMLField.fields(of: elements[index], options: options(of: index))
    }
    return forms
  }

  /// The form that a field belongs to: the one that it names, else the one that was open where it
  /// begins.
  private func owner(of element: HTMLElement) -> Int? {
    guard let id = element.attributes["form"] else { return element.form }
    // The first element of that name, and only if it is a form.
    return elements.firstIndex { !id.isEmpty && $0.attributes["id"] == id }
  }

  /// The options of a list, in order.
  private func options(of index: Int) -> [HTMLElement] {
    guard elements[index].name == "select" else { return [] }
    return elements[index...].filter { $0.name == "option" && $0.list == index }
  }

  /// The address that relative ones are relative to, as `<base>` says.
  public var base: String? {
    elements.first { $0.name == "base" }?.attributes["href"]
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
  /// The place among the page's elements of the form that was open where it begins, or is around it.
  var form: Int?
  /// The place of the list of options that it is in.
  var list: Int?

  init(_ element: GumboElement, form: Int?, list: Int?) {
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
    self.list = list
  }
}
