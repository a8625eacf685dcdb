/// What a field's value has to look like.
public enum FieldType: Sendable, Hashable {
  /// Any text that is not empty.
  case text
  /// `true` or `false`.
  case bool
  /// A list of texts.
  case texts
  /// A map from text to text.
  case map
  /// Anything; the kind's `check` looks at it.
  case any
  /// Seconds, or a Go duration such as `1h30m`, or days such as `2d`.
  case duration
  /// A cloud region, such as `eu-west-1`.
  case region
  /// An absolute `http` or `https` address.
  case url
  /// Twelve digits, quoted or not.
  case accountID
  /// An ARN of the given service, and resource type when one is given: `("iam", "role")`.
  case arn(service: String, resource: String?)
  /// One of these words.
  case oneOf([String])
}
