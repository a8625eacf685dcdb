import AWS
import Core
import Hook
import Model
import Testing

@testable import Application
@testable import Commands

@Suite struct AmbientVariablesTests {
  private let paths = StatePaths { $0 == "HOME" ? "/h" : nil }
  private var ours: String { "\(paths.state)/aws/k/config" }

  /// A marker's text with the fields of each variable: name, hash of our value, value before.
  private func marker(_ entries: [(String, String?, String)]) -> String {
    var text = "1 pin 0000000000000001 + +dev 0 +/f 900 - 0 1 0"
    for (name, value, earlier) in entries {
      text += " \(name) \(value.map { Hash.hex(Hash.fnv1a($0.utf8)) } ?? "-") \(earlier)"
    }
    return text
  }

  @Test func `without a marker nothing changes`() {
    let environment = ["AWS_PROFILE": "x", "AWS_CONFIG_FILE": "/etc/aws"]
    #expect(AmbientVariables(without: paths, environment, clouds: [.aws]).values == environment)
  }

  @Test func `what the hook changed is put back, what the person changed since stays`() {
    let ambient = AmbientVariables(
      without: paths,
      [
        "AWS_CONFIG_FILE": ours, "AWS_PROFILE": "other", "AWS_REGION": "mine", "KEEP": "1",
        Marker.variable: marker([
          ("AWS_CONFIG_FILE", ours, "+/c"), ("AWS_PROFILE", "dev", "+before"),
          ("AWS_REGION", "theirs", "+before"), ("AWS_ROLE_ARN", nil, "+arn"),
          ("AWS_SECRET_ACCESS_KEY", nil, "?"), ("AWS_SDK_LOAD_CONFIG", "1", "-"),
        ]),
      ], clouds: [.aws])
    var values = ambient.values
    values[Marker.variable] = nil
    #expect(
      values == [
        "AWS_CONFIG_FILE": "/c", "AWS_PROFILE": "before", "AWS_REGION": "mine", "KEEP": "1",
        "AWS_ROLE_ARN": "arn",
      ])
    #expect(ambient.withheld == ["AWS_SECRET_ACCESS_KEY"])
  }

  @Test func `what exec took away is carried`() throws {
    let before = ["AWS_ROLE_ARN": "a b", "AWS_SECRET_ACCESS_KEY": "s=%", "AWS_REGION": "eu-west-1"]
    let names = Set(before.keys)
    let text = try #require(CarriedEnvironment.text(names, of: before, plain: nil))
    let ambient = AmbientVariables(
      without: paths,
      [
        CarriedEnvironment.variable: text, "AWS_CONFIG_FILE": ours, "AWS_PROFILE": "x",
        "AWS_REGION": "us",
      ],
      clouds: [.aws])
    #expect(ambient.values == before)
    let plain = try #require(
      CarriedEnvironment.text(names, of: before, plain: Set(Cloud.aws.variables.plain)))
    #expect(!plain.contains("SECRET"))
    #expect(CarriedEnvironment.text(["X"], of: before, plain: nil) == nil)
  }
}
