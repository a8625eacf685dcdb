public import Core

/// A credential in the form of its cloud's own target, which alone looks into it.
public struct OpaqueCredential: Sendable, Equatable {
  /// A part of it.
  public struct Part: Sendable, Equatable {
    /// What the part is, in the cloud's numbering, which never changes.
    public var tag: UInt8
    /// The part's bytes.
    public var value: Secret

    /// Creates a part.
    public init(_ tag: UInt8, _ value: Secret) {
      self.tag = tag
      self.value = value
    }
  }

  /// Which cloud's it is, and of what form: `gcp/access-token`.
  public var format: String
  /// The parts, in the cloud's order.
  public var parts: [Part]

  /// Creates a credential.
  public init(format: String, parts: [Part]) {
    self.format = format
    self.parts = parts
  }

  /// The first part with a tag; `nil` if there is none.
  public subscript(_ tag: UInt8) -> Secret? { parts.first { $0.tag == tag }?.value }
}
