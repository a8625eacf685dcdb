import Core
import Model
package import Terminal

/// What `why` shows: each link, what it would do, and how it ends.
package struct WhyReport {
  package var identity: String
  package var forecast: ChainForecast
  package var stream: Stream
  /// Why there has to be a login first; `nil` if there does not.
  var ended: String?

  /// Creates it from its parts.
  package init(identity: String, forecast: ChainForecast, ended: String? = nil, stream: Stream) {
    self.identity = identity
    self.forecast = forecast
    self.ended = ended
    self.stream = stream
  }

  package var text: String {
    var table = Table()
    for (index, step) in forecast.steps.enumerated() {
      table.append(["\(index + 1)", step.state.name, step.state.kind, words(step)])
    }
    let remarks = ended.map { [DisplayText.sanitized($0) + "; log in to begin another one"] } ?? []
    return ([headline] + remarks + [""] + table.lines(indent: 2)).joined(separator: "\n") + "\n"
  }

  private var headline: String {
    let name = stream.styled(DisplayText.sanitized(identity), .strong)
    guard let last = forecast.steps.last else { return name }
    switch last.action {
    case .used, .passedBy:
      guard let left = last.lasts else { return "\(name): the existing session will be used." }
      return
        "\(name): the existing session will be used; it ends in \(Remaining.text(seconds: left))."
    case .asks, .renewed:
      let asking = forecast.steps.filter { $0.action == .asks }.map { Self.question($0.state) }
      let how = asking.isEmpty ? "you are not asked" : asking.joined(separator: ", then ")
      let length =
        last.lasts.map { "lasts \(Remaining.text(seconds: $0))" }
        ?? "lasts as long as the cloud says"
      return "\(name): a new session, which \(length); \(how)."
    }
  }

  private func words(_ step: ChainForecast.Step) -> String {
    let detail = step.state.traits.first {
      ["role", "permission_set", "root_of", "aws_login"].contains($0.name)
    }
    var words: [String] = []
    switch step.action {
    case .passedBy: words.append("not needed now")
    case .used:
      words.append(
        "existing session, "
          + (step.lasts.map { "\(Remaining.text(seconds: $0)) left" } ?? "does not end"))
    case .asks: words.append(Self.question(step.state))
    case .renewed: words.append("renews without asking")
    }
    if let (age, limit) = step.oldCode {
      words.append(
        "MFA is \(DurationText.text(age)) old, `\(DisplayText.sanitized(identity))` takes "
          + "\(DurationText.text(limit)) at most")
    }
    if step.action == .asks || step.action == .renewed {
      if let lasts = step.lasts { words.append("lasts \(Remaining.text(seconds: lasts))") }
      if let cap = step.expectation.cap { words.append(cap) }
    }
    if let detail { words.append(detail.value) }
    return words.joined(separator: "; ")
  }

  private static func question(_ step: ChainState.Step) -> String {
    if let command = step.traits.first(where: { $0.name == "log_in_with" })?.value {
      return "needs `\(DisplayText.sanitized(command))`"
    }
    if let device = ChainState.device(step) { return "asks for a code of \(device)" }
    return step.session?.mfaAt != nil ? "asks for a code" : "asks for a login in the browser"
  }
}
