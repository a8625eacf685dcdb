/// What a text in another language than HCL stands for.
///
/// This target knows no YAML, so whoever reads a unit brings a ``YAMLDecoder``.
public indirect enum DecodedValue: Equatable, Sendable {
  /// A text.
  case text(String)
  /// A number, as it was written.
  case number(String)
  /// A word for yes or no.
  case bool(Bool)
  /// Nothing.
  case null
  /// A list.
  case list([DecodedValue])
  /// A map.
  case object([String: DecodedValue])
  /// Something that others may take for another value.
  case unknown
}

/// Reads a text in YAML; `nil` for one that is not read.
public typealias YAMLDecoder = ([UInt8]) -> DecodedValue?

extension HCLValue {
  init(_ decoded: DecodedValue, at place: HCLPlace) {
    switch decoded {
    case .text(let text): self = .text(text)
    case .number(let text): self = .number(text)
    case .bool(let isTrue): self = .bool(isTrue)
    case .null: self = .null
    case .list(let elements): self = .list(elements.map { HCLValue($0, at: place) })
    case .object(let entries): self = .object(entries.mapValues { HCLValue($0, at: place) })
    case .unknown: self = .ambiguous(place)
    }
  }
}
