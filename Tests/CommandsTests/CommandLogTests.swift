import Core
import Logging
import Synchronization
import Testing

@testable import Application
@testable import Commands

@Suite struct CommandLogTests {
  private final class Written: Sendable {
    let text = Mutex("")
  }

  private func line(_ body: (Logger) -> Void) -> String {
    let written = Written()
    let handler = CommandLog(
      levels: LogThreshold(stated: .debug), now: { Instant(secondsSince1970: 1_736_946_000) },
      process: 4711,
      write: { line in written.text.withLock { $0 += line } })
    body(Logger(label: "", factory: { _ in handler }))
    return written.text.withLock { $0 }
  }

  @Test func `a line is a moment, a process, a level, a message and facts in order`() {
    #expect(
      line { $0.debug("it happened", metadata: ["b": "two words", "a": "1", "c": ""]) }
        == "2025-01-15T13:00:00Z 4711 DEBU it happened a=1 b=\"two words\" c=\"\"\n")
    #expect(line { $0.error("x") }.contains(" ERRO "))
    #expect(line { $0.trace("x") } == "")
  }

  @Test func `hostile values stay on the line and within their quotes`() {
    #expect(
      line {
        $0.debug("a\nb", metadata: ["k": "x\n2025 ERRO fake\u{1B}[31m", "e": "a=b", "q": "\""])
      }
        == "2025-01-15T13:00:00Z 4711 DEBU a b e=\"a=b\" "
        + "k=\"x\\n2025 ERRO fake\\u001b[31m\" q=\"\\\"\"\n")
  }

  @Test(arguments: [
    ("Trace", Logger.Level.trace), ("debug", .debug), ("INFO", .info), ("warn", .warning),
    ("Warning", .warning), ("Error", .error), ("off", .critical),
  ])
  func `levels are read in any case`(text: String, threshold: Logger.Level) {
    #expect(LogsLevel(argument: text)?.threshold == threshold)
  }
}
