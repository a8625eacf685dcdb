/// An expression, read as far as it can have a value here.
indirect enum HCLExpression {
  /// A text, put together from its parts.
  case text([Part])
  case number(String)
  case bool(Bool)
  case null
  /// A name that stands for something, such as `local`.
  case name(String)
  /// `.name` behind something.
  case member(HCLExpression, String)
  /// `[…]` behind something.
  case element(HCLExpression, HCLExpression)
  /// A function with its arguments.
  case call(String, [HCLExpression], isSpread: Bool)
  case list([HCLExpression])
  /// Keys, and values that are read when they are asked for.
  case object([(key: Key, value: HCLText)])
  case not(HCLExpression)
  case operation(Operation, HCLExpression, HCLExpression)
  case condition(HCLExpression, HCLExpression, HCLExpression)

  /// A part of a text.
  enum Part {
    case literal(String)
    case expression(HCLExpression)
  }

  /// A key of an object.
  enum Key {
    case name(String)
    case expression(HCLExpression)
  }

  /// What has a value here between two expressions.
  enum Operation: String {
    case or = "||"
    case and = "&&"
    case equal = "=="
    case unequal = "!="
  }
}
