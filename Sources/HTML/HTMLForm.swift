/// A form of a page.
public struct HTMLForm: Sendable {
  /// The form's id.
  public var id: String?
  /// Where it is sent to, as the page says; empty for the page itself.
  public var action: String
  /// Whether it is posted.
  public var isPosted: Bool
  /// What a browser would send with it, and what can be filled in, in order.
  public var fields: [HTMLField] = []
  /// The attributes, names in lower case.
  public var attributes: [String: String]

  init(_ element: HTMLElement) {
    id = element.attributes["id"]
    action = element.attributes["action"] ?? ""
    isPosted = element.attributes["method"]?.lowercased() == "post"
    attributes = element.attributes
  }

  /// The value of the first field with a name; `nil` if there is none.
  public func value(_ name: String) -> String? {
    fields.first { $0.name == name }?.value
  }

  /// The first field with a name, compared without case.
  public func field(_ name: String) -> HTMLField? {
    fields.first { $0.name.lowercased() == name.lowercased() }
  }

  /// Sets the field with a name, and adds it where there is none.
  public mutating func set(_ name: String, _ value: String) {
    if let index = fields.firstIndex(where: { $0.name == name }) {
      fields[index].value = value
      fields[index].isSent = true
    } else {
      fields.append(HTMLField(name: name, type: "hidden", value: value, isSent: true))
    }
  }

  /// Leaves out the fields with a name, as one unticks a box.
  public mutating func clear(_ name: String) {
    for index in fields.indices where fields[index].name == name { fields[index].isSent = false }
  }

  /// What a browser would send.
  public var sent: [(name: String, value: String)] {
    fields.filter { $0.isSent && !$0.name.isEmpty }.map { ($0.name, $0.value) }
  }
}

/// A field of a form.
public struct HTMLField: Sendable {
  /// Its name.
  public var name: String
  /// Its type in lower case, `text` where it says none; `button` for buttons, `select` for lists.
  public var type: String
  /// Its value.
  public var value: String
  /// Whether a browser sends it: no unchecked box, no button that nobody pressed.
  public var isSent: Bool

  init(name: String, type: String, value: String, isSent: Bool) {
    self.name = name
    self.type = type
    self.value = value
    self.isSent = isSent
  }

  /// The fields of an element of a form: none, one, or one for each option that is chosen.
  static func fields(of element: HTMLElement, options: [HTMLElement]) -> [HTMLField] {
    guard let name = element.attributes["name"] else { return [] }
    guard element.name == "select" else {
      return HTMLField(element, name).map { [$0] } ?? []
    }
    let isDisabled = element.attributes["disabled"] != nil
    let isMultiple = element.attributes["multiple"] != nil
    let usable = options.filter { $0.attributes["disabled"] == nil }
    var chosen = usable.filter { $0.attributes["selected"] != nil }
    // A list that shows one option has one.
    if !isMultiple { chosen = (chosen.last ?? usable.first).map { [$0] } ?? [] }
    guard !chosen.isEmpty else {
      return [HTMLField(name: name, type: "select", value: "", isSent: false)]
    }
    return chosen.map { option in
      let text = option.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return HTMLField(
        name: name, type: "select", value: option.attributes["value"] ?? text, isSent: !isDisabled)
    }
  }

  private init?(_ element: HTMLElement, _ name: String) {
    let attributes = element.attributes
    self.name = name
    switch element.name {
    case "input":
      type = attributes["type"]?.lowercased() ?? "text"
      value = attributes["value"] ?? (["checkbox", "radio"].contains(type) ? "on" : "")
      switch type {
      case "checkbox", "radio": isSent = attributes["checked"] != nil
      case "submit", "button", "image", "reset", "file": isSent = false
      default: isSent = true
      }
    case "button":
      type = "button"
      value = attributes["value"] ?? ""
      isSent = false
    case "textarea":
      type = "text"
      value = element.text
      isSent = true
    default: return nil
    }
    if attributes["disabled"] != nil { isSent = false }
  }
}
