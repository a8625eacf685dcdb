import Core
import Model
import Testing

@testable import Application
@testable import Commands

@Suite struct ChainForecastTests {
  private static let now = Instant(secondsSince1970: 1_800_000_000)

  private static func step(
    _ name: String, left: Int64? = nil, lifetime: Int64? = 3600, asks: Bool = false,
    chained: Int64? = nil
  ) -> ChainState.Step {
    let session = left.map { left in
      Credential(
        .aws(
          AWSKeys(
            accessKeyID: "ASIA", secretAccessKey: Secret("s"), sessionToken: nil, origin: .role)),
        issuedAt: now.advanced(bySeconds: -3600), expiresAt: now.advanced(bySeconds: left))
    }
    return ChainState.Step(
      name: name, kind: "mock/aws", traits: [], isRemembered: true, session: session,
      need: asks ? .present : .unneeded,
      expect: { note in
        note == "role" && chained != nil
          ? Expectation(lifetime: chained, note: "role", cap: "capped")
          : Expectation(lifetime: lifetime, note: "role")
      })
  }

  private func forecast(_ steps: ChainState.Step...) -> ChainForecast {
    ChainForecast(ChainState(steps: steps), now: Self.now)
  }

  @Test func `a session that lasts is used and nothing before it`() {
    let forecast = forecast(Self.step("a", asks: true), Self.step("b", left: 3000))
    #expect(forecast.steps.map(\.action) == [.passedBy, .used])
    #expect(forecast.steps[1].lasts == 3000 && !forecast.asksPerson)
  }

  @Test func `a chain goes on from the last link that lasts`() {
    let forecast = forecast(
      Self.step("a", left: 3000, asks: true), Self.step("b", left: -5), Self.step("c"))
    #expect(forecast.steps.map(\.action) == [.used, .renewed, .renewed])
  }

  @Test func `a session within its margin is renewed`() {
    let forecast = forecast(Self.step("a", left: 100))
    #expect(forecast.steps.map(\.action) == [.renewed])
    #expect(forecast.steps[0].lasts == 3600)
  }

  @Test func `nobody is asked while what there is still works`() {
    #expect(
      forecast(Self.step("a", left: 100, asks: true), Self.step("b")).steps.map(\.action)
        == [.used, .renewed])
    #expect(
      forecast(Self.step("a", asks: true), Self.step("b", left: 100)).steps.map(\.action)
        == [.passedBy, .used])
    #expect(forecast(Self.step("a", left: 5, asks: true)).steps.map(\.action) == [.asks])
  }

  @Test func `whoever asks is named`() {
    let forecast = forecast(Self.step("a", asks: true), Self.step("b"))
    #expect(forecast.steps.map(\.action) == [.asks, .renewed] && forecast.asksPerson)
  }

  @Test func `the cap follows from what the link before gives`() {
    let forecast = forecast(Self.step("a"), Self.step("b", lifetime: 14400, chained: 3600))
    #expect(forecast.steps[1].lasts == 3600 && forecast.steps[1].expectation.cap == "capped")
  }
}
