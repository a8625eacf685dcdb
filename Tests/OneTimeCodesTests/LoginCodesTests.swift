import Core
import Model
import Synchronization
import Testing

@testable import OneTimeCodes

private let wrong = CodeRefusal(remark: "the code was not accepted; wait for the next one")

/// Which source a login's code comes from, and what happens when it is not taken.
@Suite struct LoginCodesTests {
  private func next(
    _ codes: any CodeSupply, after refusal: CodeRefusal? = nil
  ) async throws -> String? {
    try await codes.next(after: refusal)?.revealed()
  }

  // MARK: The usual order

  @Test func `a code that is given comes first, from standard input before the variable`()
    async throws
  {
    let world = try CodeWorld()
    try await world.hasSeed()
    world.sets("ATMOS_AUTH_MFA_CODE", "222222")
    let codes = world.codes(given: "111 111", terminal: true)
    #expect(try await next(codes) == "111111")
    #expect(try await next(codes, after: wrong) == "222222")
    #expect(try await next(codes, after: wrong) == CodeWorld.code(0))
    #expect(try await next(codes, after: wrong) == nil)
    #expect(world.questions == [])
  }

  @Test func `a seed spares the person`() async throws {
    let world = try CodeWorld()
    try await world.hasSeed()
    #expect(try await next(world.codes(terminal: true)) == CodeWorld.code(0))
    #expect(world.questions == [])
    #expect(world.notices == [])
  }

  @Test func `without a seed the person is asked at the terminal`() async throws {
    let world = try CodeWorld()
    world.types(" 123 456\n")
    #expect(try await next(world.codes(terminal: true, desktop: true)) == "123456")
    #expect(world.questions == ["tty: Enter MFA code of \(CodeWorld.device): "])
  }

  @Test func `without a terminal the person is asked on the desktop`() async throws {
    let world = try CodeWorld()
    world.types("123456")
    #expect(try await next(world.codes(desktop: true)) == "123456")
    #expect(world.questions.first?.hasPrefix("window: ") == true)
  }

  @Test func `where nobody can be asked the error says what would have answered`() async throws {
    let world = try CodeWorld()
    let error = try await #require(throws: AuthError.self) { try await next(world.codes()) }
    #expect(error.code == .loginRequired)
    #expect(
      error.report == """
        error: identity `jane` needs an MFA code of \(CodeWorld.device), and there is no terminal \
        to ask for it
          hint: run `atmos-auth login -i jane` in a terminal
          hint: give one code in ATMOS_AUTH_MFA_CODE, or store the device's seed with \
        `atmos-auth mfa add -i jane`

        """)
  }

  @Test func `for a provider everything that is said names the provider`() async throws {
    let world = try CodeWorld()
    let request = CodeRequest(provider: "corp", sources: nil, form: .any)
    let error = try await #require(throws: AuthError.self) {
      try await next(world.broker().codes(for: request, effects: world.effects()))
    }
    #expect(
      error.report == """
        error: provider `corp` needs an MFA code of saml/corp, and there is no terminal to ask for it
          hint: run `atmos-auth login --provider corp` in a terminal
          hint: give one code in ATMOS_AUTH_MFA_CODE, or store the device's seed with \
        `atmos-auth mfa add --device saml/corp`

        """)
  }

  @Test(arguments: [
    ("12345678", "12345678"), (" 123 456 \n", "123456"),
    (
      "cccccccbcjdifctrndncchkftchjlnbhvhtugdljibej", "cccccccbcjdifctrndncchkftchjlnbhvhtugdljibej"
    ),
    ("PIN-1234", "PIN-1234"),
  ])
  func `where a code may have another form it is taken as it is`(
    text: String, code: String
  ) async throws {
    for form in [CodeRequest.Form.any, .token] {
      let world = try CodeWorld()
      world.types("", "two words", text)
      let request = CodeRequest(provider: "corp", sources: nil, form: form)
      let codes = world.broker().codes(for: request, effects: world.effects(terminal: true))
      #expect(try await next(codes) == code)
      #expect(
        world.notices == Array(repeating: "a code is one line without blanks", count: 2))
    }
  }

  @Test func `no seed makes the code of a token`() async throws {
    let world = try CodeWorld()
    try await StoredSeed(of: "saml/corp", in: world.keyring).write(CodeWorld.totp)
    for (form, sources) in [
      (CodeRequest.Form.any, nil), (.token, nil), (.token, [CodeSource.keyring, .terminal]),
    ] as [(CodeRequest.Form, [CodeSource]?)] {
      world.types("12345678")
      let request = CodeRequest(provider: "corp", sources: sources, form: form)
      let effects = world.effects(terminal: true)
      let needsNobody = await world.broker().personNeed(for: request, effects: effects) == .unneeded
      #expect(needsNobody == (form == .any))
      let code = try await next(world.broker().codes(for: request, effects: effects))
      #expect((code == CodeWorld.code(0)) == (form == .any))
      world.state.withLock { $0.typed = [] }
      world.advance(601)
    }
  }

  @Test func `a keyring that is locked is said and passed over`() async throws {
    let world = try CodeWorld()
    world.state.withLock { $0.keyringFails = true }
    world.types("123456")
    #expect(try await next(world.codes(terminal: true)) == "123456")
    #expect(world.notices == ["the keyring is locked; trying `terminal`"])
  }

  // MARK: A person

  @Test func `a person is asked three times at most`() async throws {
    let world = try CodeWorld()
    world.types("111111", "12345", "222222", "333333")
    let codes = world.codes(terminal: true)
    #expect(try await next(codes) == "111111")
    #expect(try await next(codes, after: wrong) == "222222")
    #expect(world.notices == [wrong.remark, "a code has six digits"])
    #expect(try await next(codes, after: wrong) == nil)
    #expect(world.questions.count == 3)
  }

  @Test(arguments: ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "-12345"])
  func `what is no code is not sent`(text: String) async throws {
    let world = try CodeWorld()
    world.types(text, text, text)
    let error = try await #require(throws: AuthError.self) {
      try await next(world.codes(terminal: true))
    }
    #expect(error.message == "no usable MFA code was typed for identity `jane`")
    #expect(world.notices == ["a code has six digits", "a code has six digits"])
  }

  @Test func `a person who gives up is asked nothing else`() async throws {
    let world = try CodeWorld()
    let error = try await #require(throws: AuthError.self) {
      try await next(world.codes([.terminal, .desktop], terminal: true, desktop: true))
    }
    #expect(error.message == "the person gave up")
    #expect(world.questions.count == 1)
  }

  @Test func `trap 30: a code that was sent once is not sent again, whoever types it`()
    async throws
  {
    let world = try CodeWorld()
    world.types("111111")
    #expect(try await next(world.codes(terminal: true)) == "111111")
    world.types("111111", "222222")
    #expect(try await next(world.codes(terminal: true)) == "222222")
    #expect(world.notices == ["that code has been used; wait for the next one"])
  }

  @Test func `a given code that was used is passed over`() async throws {
    let world = try CodeWorld()
    world.sets("ATMOS_AUTH_MFA_CODE", "111111")
    #expect(try await next(world.codes()) == "111111")
    let error = try await #require(throws: AuthError.self) { try await next(world.codes()) }
    #expect(error.message.contains("the code from ATMOS_AUTH_MFA_CODE has been used before"))
    #expect(!error.report.contains("111111"))
  }

  @Test func `codes of the mock cloud may be used again`() async throws {
    let world = try CodeWorld()
    world.types("111111", "111111")
    var request = world.request()
    request.isReusable = true
    for _ in 0..<2 {
      let codes = world.broker().codes(for: request, effects: world.effects(terminal: true))
      #expect(try await next(codes) == "111111")
    }
  }

  // MARK: A seed

  @Test func `two logins with one device have two windows, and the second waits visibly`()
    async throws
  {
    let world = try CodeWorld()
    try await world.hasSeed()
    world.advance(12)
    #expect(try await next(world.codes()) == CodeWorld.code(0))
    #expect(try await next(world.codes()) == CodeWorld.code(1))
    #expect(world.now == CodeWorld.start + 30)
    #expect(
      world.notices == [
        "the present code of \(CodeWorld.device) is used or about to end; the next one comes in 18s"
      ]
    )
    let shown = world.state.withLock { $0.progress }
    #expect(shown.first == "next code of \(CodeWorld.device) in 18s")
    #expect(shown.count == 19 && shown.last == .some(nil))
  }

  @Test func `many logins at once have a window each`() async throws {
    let world = try CodeWorld()
    try await world.hasSeed()
    let codes = try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<8 { group.addTask { try await self.next(world.codes()) } }
      return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
    }
    #expect(codes == Set((0..<8).map { CodeWorld.code($0) }))
  }

  @Test func `a window about to end is not used`() async throws {
    let world = try CodeWorld()
    try await world.hasSeed()
    world.advance(29)
    #expect(try await next(world.codes()) == CodeWorld.code(1))
    #expect(world.now == CodeWorld.start + 30)
  }

  @Test func `a code that was typed is not made as well`() async throws {
    let world = try CodeWorld()
    world.types(CodeWorld.code(0))
    _ = try await next(world.codes([.terminal], terminal: true))
    try await world.hasSeed()
    #expect(try await next(world.codes()) == CodeWorld.code(1))
  }

  @Test func `a clock that was wrong for a while makes nobody wait for a year`() async throws {
    let world = try CodeWorld()
    try await world.hasSeed()
    world.advance(86400 * 365)
    _ = try await next(world.codes())
    world.advance(-86400 * 365)
    #expect(try await next(world.codes()) == CodeWorld.code(0))
    #expect(world.notices == [])
  }

  @Test func `a seed that is refused twice gives way to the person`() async throws {
    let world = try CodeWorld()
    try await world.hasSeed()
    world.types("123456")
    let codes = world.codes([.keyring, .terminal], terminal: true)
    #expect(try await next(codes) == CodeWorld.code(0))
    #expect(try await next(codes, after: wrong) == CodeWorld.code(1))
    #expect(try await next(codes, after: wrong) == "123456")
    #expect(try await next(codes, after: wrong) == nil)
  }

  @Test func `with the server's clock known, codes are made for its time`() async throws {
    let world = try CodeWorld()
    try await world.hasSeed()
    let codes = world.codes()
    _ = try await next(codes)
    let late = CodeRefusal(remark: "the clock is late", clockSkew: 300)
    #expect(try await next(codes, after: late) == CodeWorld.code(10))
    #expect(world.notices == ["the clock is late"])
  }

  @Test func `nothing that is written says a code that is still good`() async throws {
    let world = try CodeWorld()
    try await world.hasSeed()
    _ = try await next(world.codes())
    _ = try await next(world.codes())
    world.types("345678")
    _ = try await next(world.codes([.terminal], terminal: true))
    let text = try world.written()
    #expect(text.contains("window 30 ") && text.contains("code \(world.now) "))
    for code in (0..<4).map({ CodeWorld.code($0) }) + ["345678"] { #expect(!text.contains(code)) }
  }

  // MARK: What a login takes of a person

  @Test func `what a code takes of a person`() async throws {
    let world = try CodeWorld()
    func need(
      _ sources: [CodeSource]?, given: String? = nil, terminal: Bool = false, desktop: Bool = false
    ) async -> PersonNeed {
      await world.broker(given: given).personNeed(
        for: world.request(sources), effects: world.effects(terminal: terminal, desktop: desktop))
    }
    #expect(await need(nil) == .absent)
    #expect(await need(nil, terminal: true) == .present)
    #expect(await need(nil, desktop: true) == .present)
    #expect(await need([.desktop], terminal: true) == .absent)
    #expect(await need([.keyring]) == .absent)
    #expect(await need([.keyring, .terminal], terminal: true) == .present)
    #expect(await need([.yubiKey(account: nil), .terminal]) == .unneeded)
    #expect(await need([.terminal, .command(["x"])]) == .unneeded)
    #expect(await need(nil, given: "111111") == .unneeded)
    _ = try await world.codes(given: "111111").next(after: nil)
    #expect(await need(nil, given: "111111") == .absent)
    try await world.hasSeed()
    #expect(await need(nil) == .unneeded)
    #expect(await need(nil, terminal: true) == .unneeded)
    #expect(await need([.terminal], terminal: true) == .present)
  }
}
