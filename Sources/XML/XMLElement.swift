internal import CExpat

/// An element of an XML answer: local names, attributes and text, namespaces left out.
public struct XMLElement: Equatable {
  /// The name without its prefix.
  public var name: String
  /// The attributes by their names without prefixes.
  public var attributes: [String: String] = [:]
  /// The text directly inside.
  public var text = ""
  /// The elements directly inside.
  public var children: [XMLElement] = []

  /// The first element on a path of names from here, or `nil`.
  public subscript(_ path: String...) -> XMLElement? {
    var element = self
    for name in path {
      guard let child = element.children.first(where: { $0.name == name }) else { return nil }
      element = child
    }
    return element
  }

  /// All elements called `name` directly inside.
  public func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// Reads a document.
  ///
  /// - Returns: Its root, or `nil` when it is not well-formed, nests deeper than 32 elements, or
  ///   declares a document type: nothing that speaks for AWS does, and entities can be bombs.
  public static func parse(_ document: [UInt8]) -> XMLElement? {
    guard let parser = XML_ParserCreateNS("UTF-8", separator) else { return nil }
    defer { XML_ParserFree(parser) }
    let builder = Builder(parser: parser)
    return withExtendedLifetime(builder) {
      XML_SetUserData(parser, Unmanaged.passUnretained(builder).toOpaque())
      XML_SetElementHandler(
        parser,
        { data, name, attributes in Builder.of(data)?.open(name, attributes) },
        { data, _ in Builder.of(data)?.close() })
      XML_SetCharacterDataHandler(parser) { data, text, count in
        Builder.of(data)?.add(text, count)
      }
      XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in Builder.of(data)?.stop() }

      let status = document.withUnsafeBytes { bytes in
        XML_Parse(
          parser, bytes.bindMemory(to: CChar.self).baseAddress, Int32(clamping: bytes.count), 1)
      }
      return status == XML_STATUS_OK ? builder.root : nil
    }
  }

  /// Stands between a namespace and a local name; no namespace of AWS holds it.
  private static let separator = CChar(bitPattern: UInt8(ascii: "|"))

  /// Builds the tree from the parser's events.
  private final class Builder {
    private let parser: XML_Parser
    private var open: [XMLElement] = []
    private(set) var root: XMLElement?

    init(parser: XML_Parser) {
      self.parser = parser
    }

    static func of(_ data: UnsafeMutableRawPointer?) -> Builder? {
      data.map { Unmanaged<Builder>.fromOpaque($0).takeUnretainedValue() }
    }

    /// `attributes` are names and values by turns, NULL after the last one.
    func open(
      _ name: UnsafePointer<CChar>?,
      _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) {
      guard let name, open.count < 32 else { return stop() }
      var element = XMLElement(name: Self.localName(name))
      var next = attributes
      while let key = next?[0], let value = next?[1] {
        element.attributes[Self.localName(key)] = String(cString: value)
        next = next?.advanced(by: 2)
      }
      open.append(element)
    }

    private static func localName(_ name: UnsafePointer<CChar>) -> String {
      let full = String(cString: name)
      return full.split(separator: "|").last.map(String.init) ?? full
    }

    func close() {
      guard let element = open.popLast() else { return stop() }
      if open.isEmpty {
        root = element
      } else {
        open[open.count - 1].children.append(element)
      }
    }

    func add(_ text: UnsafePointer<CChar>?, _ count: Int32) {
      guard let text, !open.isEmpty else { return }
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      open[open.count - 1].text += String(decoding: bytes, as: UTF8.self)
    }

    func stop() {
      root = nil
      XML_StopParser(parser, 0)
    }
  }
}
