import Core
import Testing

struct DurationNotationTests {
  @Test(
    arguments: [
      (0, "0s"), (-5, "0s"), (45, "45s"), (60, "1m"), (90, "1m30s"), (3600, "1h"), (5400, "1h30m"),
      (3601, "1h1s"), (129_600, "36h"), (2_592_000, "720h"),
    ] as [(Int64, String)])
  func `a duration is written in the notation of configuration files`(seconds: Int64, text: String)
  {
    #expect(DurationText.text(seconds) == text)
    #expect(DurationText.seconds(text) == max(0, seconds))
  }
}
