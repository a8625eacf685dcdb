import Core
import Testing

@testable import Application
@testable import Commands

@Suite struct OutputTests {
  @Test(arguments: [
    (-5, "expired"), (0, "expired"), (30, "30s"), (60, "1m"), (3599, "59m"), (3600, "1h"),
    (7500, "2h5m"), (7200, "2h"),
  ])
  func `time left is told as atmos tells it`(seconds: Int64, text: String) {
    #expect(Remaining.text(seconds: seconds) == text)
  }

  @Test(arguments: [(0, "1s ago"), (-3, "1s ago"), (90, "1m ago")])
  func `what happened just now has not expired`(seconds: Int64, text: String) {
    #expect(Remaining.age(seconds: seconds) == text)
  }

  @Test func `YAML keeps every text quoted`() {
    let json = #"{"a":{"b":"true","c":[],"d":["x: y","no"]},"e":1,"f":{}}"#
    #expect(
      JSONToYAML.text(json) == """
        "a":
          "b": "true"
          "c": []
          "d":
            - "x: y"
            - "no"
        "e": 1
        "f": {}

        """)
  }

  @Test func `an error shows its causes and every hint on the way`() {
    let inner = AuthError(.unavailable, "no route").hint("check the network")
    let error = AuthError(.refused, "cannot log in", hints: ["try again"], cause: inner)
    #expect(
      ErrorReport.json(error) == """
        {"error":{"code":"refused","message":"cannot log in","hints":["try again"],\
        "cause":"no route"}}

        """)
    #expect(
      error.report == """
        error: cannot log in
          cause: no route
          hint: try again
          hint: check the network

        """)
  }
}
