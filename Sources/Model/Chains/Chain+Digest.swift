extension Chain {
  /// The bytes whose SHA-256 tells one chain's sessions from another's: the realm and
  /// what each link would do, each line with its length before it, so that no value can pass for
  /// two lines.
  ///
  /// What is remembered under a digest is used only while the chain up to that link would still do
  /// the same things. A key that a cloud refuses to mix up (role, serial, duration, tags, endpoint)
  /// is a trait of its link, so it is in here.
  public func digestInput(through index: Int) -> [UInt8] {
    Self.digestInput(realm: realm, links: links[...index].map(\.digestInput))
  }

  /// The same for a chain whose links' ``Link/digestInput`` are known, the root's first.
  public static func digestInput(realm: String, links: [[UInt8]]) -> [UInt8] {
    var bytes = Array("atmos-auth session 1\n".utf8)
    bytes.appendCounted(realm)
    for link in links { bytes += link }
    return bytes
  }

  /// The bytes whose SHA-256 tells one shared login from another: what the link does, without its
  /// name and realm.
  ///
  /// It begins like no chain, whose first line is a realm and thus has no blank in it.
  public static func digestInput(ofShared link: Link, login: String) -> [UInt8] {
    var bytes = Array("atmos-auth session 1\n".utf8)
    bytes.appendCounted("shared login \(login)")
    bytes.appendCounted("kind", link.kind.name)
    for trait in link.source.traits { bytes.appendCounted(trait.name, trait.value) }
    return bytes
  }
}

extension Link {
  /// The link's part of ``Chain/digestInput(through:)``, which is the same in every chain.
  public var digestInput: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    bytes.appendCounted("link", kind.name, name.lowercased())
    for trait in source.traits { bytes.appendCounted(trait.name, trait.value) }
    return bytes
  }
}

extension [UInt8] {
  /// Appends a line of fields with tabs between them, its length before it.
  fileprivate mutating func appendCounted(_ fields: String...) {
    var count = fields.count - 1
    for field in fields { count += field.utf8.count }
    self += String(count).utf8
    append(UInt8(ascii: ":"))
    for (index, field) in fields.enumerated() {
      if index > 0 { append(UInt8(ascii: "\t")) }
      self += field.utf8
    }
    append(UInt8(ascii: "\n"))
  }
}
