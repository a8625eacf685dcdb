internal import Core
internal import Locks
internal import Model

/// How each source gives a code.
extension LoginCodes {
  func taken(_ text: Secret, _ place: String) throws(Passed) -> Secret {
    guard let code = code(in: text) else {
      throw .over("what \(place) holds is not a code\(ofWhat)", [])
    }
    guard try take(code) else { throw .over("the code from \(place) has been used before", []) }
    return code
  }

  func typedCode(_ person: any Interaction, _ remark: String?) async throws(Passed)
    -> Secret?
  {
    var remark = remark
    while questions < Self.maximumQuestions {
      questions += 1
      if let remark { effects.notice(remark) }
      let text: Secret
      do throws(AuthError) {
        text = try await person.ask("Enter MFA code of \(device): ", hidden: false)
      } catch {
        // A desktop without a program to ask with is not a person who said no.
        throw error.code == .system ? .over(error.message, error.hints) : .stop(error)
      }
      guard let code = code(in: text) else {
        remark = whatIsOne
        continue
      }
      if try take(code) { return code }
      remark = "that code has been used; wait for the next one"
    }
    if sent > 0 { return nil }
    throw .stop(
      AuthError(
        .loginRequired, "no usable MFA code was typed for \(request.subject)",
        hints: ["\(whatIsOne); try again with `\(loginCommand)`"]))
  }

  func seedCode(isStated: Bool) async throws(Passed) -> Secret? {
    let totp: TOTP
    do throws(AuthError) {
      let entry = StoredSeed(of: request.device, in: effects.keyring)
      guard let stored = try await entry.read() else {
        if isStated {
          throw AuthError(
            .loginRequired, "the keyring has no seed of \(device)",
            hints: ["store it with `\(effects.typed("mfa", "add", "--device", request.device))`"])
        }
        return nil
      }
      try effects.origins.check(entry.entryName, for: request.name)
      totp = stored
    } catch {
      throw .over(error.message, error.hints)
    }
    do throws(AuthError) {
      let now = effects.now().advanced(bySeconds: clockSkew)
      let window = try ledger.takeWindow(of: totp, at: now)
      let start = totp.start(ofWindow: window).advanced(bySeconds: -clockSkew)
      try await wait(until: start)
      return totp.code(ofWindow: window)
    } catch {
      throw .stop(error)
    }
  }

  func programCode(_ source: CodeSource) async throws(Passed) -> Secret {
    let program = CodeProgram(source, request, effects)
    for tries in 1...Self.maximumCodes {
      let code = try await lockedCode(program)
      if let code { return code }
      guard tries < Self.maximumCodes else { break }
      // It comes again until its window ends.
      let now = effects.now().secondsSince1970
      try await stopping { () async throws(AuthError) in
        try await wait(until: Instant(secondsSince1970: (now / 30 + 1) * 30))
      }
    }
    throw .over("`\(source.name)` makes no code of \(device) that was not used before", [])
  }

  /// A new code of a program; `nil` if it was taken before.
  private func lockedCode(_ program: CodeProgram) async throws(Passed) -> Secret? {
    let lock = try await stopping { () async throws(AuthError) in
      try await HeldLock.acquire(ledger.programLock, within: .seconds(120))
    }
    defer { withExtendedLifetime(lock) {} }
    let text: Secret
    do throws(AuthError) {
      text = try await program.output()
    } catch {
      throw .over(error.message, error.hints)
    }
    guard let code = code(in: text) else {
      throw .over("`\(program.source.name)` printed no code\(ofWhat)", program.hints)
    }
    return try take(code) ? code : nil
  }

  /// Marks a code as used; `false` if it was.
  private func take(_ code: Secret) throws(Passed) -> Bool {
    if request.isReusable { return true }
    do throws(AuthError) {
      return try ledger.take(code)
    } catch {
      throw .stop(error)
    }
  }

  private func stopping<Result>(
    _ body: () async throws(AuthError) -> Result
  ) async throws(Passed) -> Result {
    do throws(AuthError) {
      return try await body()
    } catch {
      throw .stop(error)
    }
  }

  /// Waits for a window, and shows how long it takes.
  private func wait(until start: Instant) async throws(AuthError) {
    var left = effects.now().seconds(until: start)
    guard left > 0 else { return }
    effects.notice(
      "the present code of \(device) is used or about to end; the next one comes in \(DurationText.text(left))"
    )
    defer { effects.progress(nil) }
    while left > 0 {
      effects.progress("next code of \(device) in \(DurationText.text(left))")
      do {
        try await effects.sleep(.seconds(1))
      } catch {
        throw AuthError(.system, "cancelled while waiting for the next code of \(device)")
      }
      left = effects.now().seconds(until: start)
    }
  }

  private var ofWhat: String { request.form == .sixDigits ? " of six digits" : "" }

  private var whatIsOne: String {
    request.form == .sixDigits ? "a code has six digits" : "a code is one line without blanks"
  }

  private func code(in text: Secret) -> Secret? {
    Self.code(in: text) { line in
      guard request.form == .sixDigits else {
        return (1...Self.longestCode).contains(line.count)
          && line.allSatisfy { (0x21...0x7E).contains($0) }
      }
      return Self.isDigits(line) && line.count == 6
    }
  }

  /// The code in a text: the line that is one; `nil` if there is none, or several that differ.
  ///
  /// Blanks among digits do not count: apps show codes in groups, and people type them so.
  private static func code(in text: Secret, isCode: ([UInt8]) -> Bool) -> Secret? {
    var codes: [[UInt8]] = []
    text.withBytes { bytes in
      for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
        let trimmed = line.drop { isBlank($0) }.reversed().drop { isBlank($0) }.reversed()
        let joined = trimmed.filter { !isBlank($0) }
        let code = isDigits(joined) ? joined : Array(trimmed)
        if isCode(code), !codes.contains(code) { codes.append(code) }
      }
    }
    return codes.count == 1 ? Secret(codes[0]) : nil
  }

  /// No token shows or types a longer one; a YubiKey's has 44 letters.
  private static let longestCode = 128

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isDigits(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { (0x30...0x39).contains($0) }
  }
}
