public import Core

/// The code with which a shell's snippet is told what to do.
///
/// It consists of calls of the snippet's functions (in fish also of `set`) with quoted literals,
/// and ends with a sentinel, without which the snippet does not evaluate it. docs/protocol.md
/// has the functions.
public struct ShellAnswer {
  /// When and where a segment is seen.
  public struct Moment: Sendable {
    /// The time.
    public var now: Instant
    /// Seconds since the system started; negative where shells cannot ask for them.
    public var uptime: Int64
    /// The terminal's width.
    public var columns: Int

    /// Creates a moment.
    public init(now: Instant, uptime: Int64, columns: Int) {
      self.now = now
      self.uptime = uptime
      self.columns = columns
    }
  }

  /// The last bytes of a complete answer.
  public static let sentinel = "#atmos-auth-ok"

  private let shell: ShellKind
  private let environment: (String) -> String?
  private let moment: Moment?
  private var marker: Marker?
  private var code: [UInt8] = []

  /// Begins an answer.
  ///
  /// - Parameters:
  ///   - shell: The shell; one of ``Core/ShellKind/hooked``.
  ///   - environment: The environment as the shell exports it.
  ///   - active: The digest of the activation that the shell says it has, empty if it knows of none,
  ///     because it is new or nobody is active; `nil` when it was not asked.
  ///   - moment: When and where the answer will be seen, if it is to contain the segment as it is
  ///     then; else the shell draws it itself.
  public init(
    shell: ShellKind, environment: @escaping (String) -> String?, active: String? = nil,
    moment: Moment? = nil
  ) {
    self.shell = shell
    self.environment = environment
    self.moment = moment
    let marker = environment(Marker.variable).flatMap(Marker.init(text:))
    self.marker = marker
    guard let active, let marker else { return }
    if active.isEmpty {
      // Another shell made these changes, and this one carries on.
      adopt(marker)
    } else if active != Hash.hex(marker.digest) {
      // Someone else wrote the mark; what the shell knows itself is right.
      self.marker = nil
      call("restore")
    }
  }

  /// The answer, complete.
  public var text: String { String(decoding: code, as: UTF8.self) + Self.sentinel + "\n" }

  // The shell learns what the other shell changed: what is ours still, and what was before.
  private mutating func adopt(_ marker: Marker) {
    for entry in marker.entries where isOurs(entry) {
      switch entry.earlier {
      case .exported(let value): call("adopt", [entry.name, "x", value])
      // What was withheld cannot come back here; better nothing than something wrong.
      case .absent, .withheld: call("adopt", [entry.name, "", ""])
      }
    }
  }

  /// Makes an identity active.
  ///
  /// What an earlier one changed is put back first. If the very same one is active for the same
  /// reason, only what its session changes is touched, and what the person changed since stays.
  ///
  /// - Parameters:
  ///   - activation: What the identity does to the shell.
  ///   - facts: The facts of its session, or `nil` if there are none.
  ///   - source: Why it becomes active.
  public mutating func activate(
    _ activation: Activation, facts: Facts?, by source: Marker.Source
  ) {
    let digest = activation.digest
    var next = Marker(
      source: source, digest: digest, pane: environment("TMUX_PANE") ?? "",
      activation: activation, entries: [])
    let isRenewal = source == .directory && marker?.source == source && marker?.digest == digest
    if isRenewal, let marker {
      next.entries = marker.entries
    } else {
      pin(source, activation.identity)
      change(activation, source, &next)
    }
    setExpiration(facts, &next, isRenewal: isRenewal)
    mark(next)
    show(next, facts)
  }

  // From one identity to another the shell is told of what differs only, since a variable more
  // costs it more than all our work on it.
  private mutating func change(
    _ activation: Activation, _ source: Marker.Source, _ next: inout Marker
  ) {
    var wanted: [EnvironmentChange] = []
    for variable in activation.set
    where ShellQuoting.isVariableName(variable.name)
      // Set by hand, it is the person's.
      && (variable.name != "ATMOS_IDENTITY" || source != .environment)
    {
      wanted.append(.set(name: variable.name, value: variable.value))
    }
    for name in activation.unset where ShellQuoting.isVariableName(name) {
      // What is not exported reaches no tool, so it is left alone.
      if environment(name) != nil || marker?.entry(name) != nil {
        wanted.append(.unset(name: name))
      }
    }
    for entry in marker?.entries ?? [] where !wanted.contains(where: { $0.name == entry.name }) {
      if entry.name == activation.expiryVariable, isOurs(entry) {
        next.entries.append(entry)
      } else {
        call("back", [entry.name])
      }
    }
    for change in wanted { apply(change, &next) }
  }

  private mutating func apply(_ change: EnvironmentChange, _ next: inout Marker) {
    let name = change.name
    let hash: UInt64? = if case .set(_, let value) = change { Hash.fnv1a(value) } else { nil }
    let before = marker?.entry(name)
    let earlier: Marker.Earlier
    if let before, isOurs(before) {
      earlier = before.earlier
      if before.ours == hash { return next.entries.append(before) }
    } else {
      if before != nil { call("back", [name]) }
      earlier = environment(name).map(Marker.Earlier.exported) ?? .absent
    }
    switch change {
    case .set(_, let value): call("put", [name, earlier == .absent ? "" : "x", value])
    case .unset:
      if before == nil, earlier == .absent { return }
      call("drop", [name])
    }
    next.entries.append(
      Marker.Entry(
        name: name, ours: hash, earlier: Marker.shareable(name, earlier, next.activation)))
  }

  private func isOurs(_ entry: Marker.Entry) -> Bool {
    marker?.isOurs(entry, now: environment(entry.name)) ?? false
  }

  // The expiry's variable follows the session. While the identity stays the same, a value that the
  // person put there is left alone.
  private mutating func setExpiration(_ facts: Facts?, _ next: inout Marker, isRenewal: Bool) {
    guard let name = next.activation.expiryVariable else { return }
    let index = next.entries.firstIndex { $0.name == name }
    if isRenewal, let index, !next.isOurs(next.entries[index], now: environment(name)) { return }
    let earlier =
      index.map { next.entries[$0].earlier }
      ?? Marker.shareable(name, earlier(name), next.activation)
    let value = facts.flatMap { $0.state == .valid ? $0.expiresAt : nil }.map(Timestamp.rfc3339)
    let hash = value.map { Hash.fnv1a($0) }
    if let index, next.entries[index].ours == hash { return }
    if let value {
      call("put", [name, earlier == .absent ? "" : "x", value])
    } else if earlier != .absent || index != nil {
      call("drop", [name])
    } else {
      return
    }
    let entry = Marker.Entry(name: name, ours: hash, earlier: earlier)
    if let index { next.entries[index] = entry } else { next.entries.append(entry) }
  }

  /// Tells the shell how the session of the active identity stands now.
  public mutating func refresh(facts: Facts?) {
    guard var next = marker, !next.activation.identity.isEmpty else { return }
    setExpiration(facts, &next, isRenewal: true)
    mark(next)
    show(next, facts)
  }

  /// Goes on with what another shell had pinned, in a fresh one.
  ///
  /// - Returns: Whether there is such a pin; none if it belongs to another pane.
  public mutating func continuePin() -> Bool {
    guard let marker, marker.source == .pin, marker.pane == environment("TMUX_PANE") ?? "" else {
      return false
    }
    pin(.pin, marker.activation.identity)
    if marker.activation.identity.isEmpty {
      mark(marker)
      call("state", [])
    } else {
      refresh(facts: Facts.read(marker.activation.factsPath))
    }
    return true
  }

  /// Makes nobody active.
  ///
  /// - Parameters:
  ///   - source: Why.
  ///   - watch: A file that the shell compares with `line` at each prompt, to ask again when it
  ///     changes; `nil` for none.
  ///   - line: Its first line, empty if it is missing.
  public mutating func nobody(by source: Marker.Source, watch: String? = nil, line: String = "") {
    call("restore")
    pin(source, "")
    let nothing = Activation(
      identity: "", realm: "", isProtected: false, factsPath: "")
    if source == .directory {
      mark(nil)
    } else {
      mark(
        Marker(
          source: source, digest: 0, pane: environment("TMUX_PANE") ?? "", activation: nothing,
          entries: []))
    }
    call("state", watch.map { [$0, line] } ?? [])
  }

  /// Undoes a pin: from the next prompt on the directory decides again.
  public mutating func release() {
    call("restore")
    call("auto")
  }

  /// Shows a person one line, once a shell.
  ///
  /// - Parameter text: What to say; it is made fit for a terminal.
  public mutating func say(_ text: String) {
    let text = DisplayText.sanitized(text, limit: 400)
    call("say", [Hash.hex(Hash.fnv1a(text)), text])
  }

  /// Sends the shell to `atmos-auth`, since the hook cannot answer.
  ///
  /// - Parameter words: What to ask: `revalidate` and a directory, or `environment`.
  public mutating func next(_ words: [String]) {
    call("next", words)
  }

  /// The value of a variable without us; `nil` if it has none, or one that the mark withholds.
  public func valueBefore(_ name: String) -> String? {
    if case .exported(let value) = earlier(name) { value } else { nil }
  }

  private func earlier(_ name: String) -> Marker.Earlier {
    let value = environment(name)
    return marker?.earlier(name, now: value) ?? value.map(Marker.Earlier.exported) ?? .absent
  }

  private mutating func pin(_ source: Marker.Source, _ identity: String) {
    switch source {
    case .directory: break
    case .pin: call("pin", ["use", identity.isEmpty ? "none" : identity])
    case .environment: call("pin", ["environment", identity.isEmpty ? "none" : identity])
    }
  }

  // The mark is exported, so that other shells know what this one changed.
  private mutating func mark(_ marker: Marker?) {
    guard shell == .fish else { return call("mark", [marker?.text ?? ""]) }
    // A function of the snippet would cost fish more than what it does, at each switch.
    let words = marker.map { ["-gx", Marker.variable, $0.text] } ?? ["-ge", Marker.variable]
    statement("set", words)
  }

  // state WATCH LINE NAME DIGEST PROTECTED REGION EXPIRY RENEWABLE SESSION WARN SYMBOL COLOR, and
  // what the segment is now, to save the shell the work: TEXT LOOK FROM UNTIL UPTIME.
  private mutating func show(_ marker: Marker, _ facts: Facts?) {
    let activation = marker.activation
    let style = activation.style
    var line = facts?.line ?? ""
    if line.hasSuffix("\n") { line.removeLast() }
    var shown = facts
    if let own = activation.region { shown?.region = own }
    if let region = shown?.region { shown?.region = DisplayText.sanitized(region) }
    let segment = Segment(
      identity: activation.identity, isProtected: activation.isProtected, style: style,
      facts: shown)
    let symbol = Segment.symbol(style, environment: environment)
    var words = [
      activation.factsPath, line, activation.identity, Hash.hex(marker.digest),
      activation.isProtected ? "!" : "", style.showsRegion ? shown?.region ?? "" : "",
      "\(facts?.expiresAt?.secondsSince1970 ?? 0)",
      "\(min(max(0, facts?.renewableUntil.secondsSince1970 ?? 0), Segment.always))",
      facts?.state.rawValue ?? "unknown", "\(max(0, style.warnBefore))", symbol,
      style.usesColor ? "1" : "",
    ]
    if let moment {
      let span = segment.span(at: moment.now)
      // fish looks again within the minute in any case, should the clock be set back.
      let uptime =
        span.isEmpty || moment.uptime < 0
        ? "" : "\(moment.uptime + min(span.upperBound - moment.now.secondsSince1970, 60))"
      words += [
        segment.text(at: moment.now, columns: moment.columns, symbol: symbol),
        segment.look(at: moment.now).rawValue, "\(span.lowerBound)", "\(span.upperBound)", uptime,
      ]
    }
    call("state", words)
  }

  private mutating func call(_ function: String, _ words: [String] = []) {
    code += "__atmos_auth_".utf8
    statement(function, words)
  }

  private mutating func statement(_ command: String, _ words: [String]) {
    code += command.utf8
    for word in words {
      code.append(UInt8(ascii: " "))
      ShellQuoting.append(word, for: shell, to: &code)
    }
    // One line for fish, whose command substitution splits at line breaks.
    code += shell == .fish ? "; ".utf8 : "\n".utf8
  }
}
