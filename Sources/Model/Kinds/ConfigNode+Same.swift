extension ConfigNode {
  /// Whether it holds the same, wherever it stands.
  public func isSame(as other: ConfigNode) -> Bool {
    switch (content, other.content) {
    case (.null, .null): expression == other.expression
    case (.scalar(let left, let isQuoted), .scalar(let right, let isOtherQuoted)):
      left == right && isQuoted == isOtherQuoted && expression == other.expression
    case (.sequence(let left), .sequence(let right)):
      left.elementsEqual(right, by: { $0.isSame(as: $1) })
    case (.mapping(let left), .mapping(let right)):
      left.elementsEqual(right, by: { $0.isSame(as: $1) })
    default: false
    }
  }
}

extension ConfigNode.Entry {
  /// Whether key and value are the same, wherever they stand.
  public func isSame(as other: ConfigNode.Entry) -> Bool {
    key == other.key && value.isSame(as: other.value)
  }
}
