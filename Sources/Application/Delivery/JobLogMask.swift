/// Commands for a runner of GitHub Actions that keep secrets out of the job's log.
///
/// Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions#masking-a-value-in-a-log
enum JobLogMask {
  /// One command for each secret that is set.
  static func commands(for delivery: Delivery) -> String {
    delivery.set.filter { delivery.secret.contains($0.name) && !$0.value.isEmpty }
      .map { "::add-mask::\(escaped($0.value))\n" }.joined()
  }

  // A runner undoes this, and masks each line of a value as well as the whole.
  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "%": text += "%25"
      case "\r": text += "%0D"
      case "\n": text += "%0A"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
