import Core
import Model
import XML

/// An answer of AWS that says no, or an answer that cannot have come from AWS.
struct ServiceError: Error, Equatable, CustomStringConvertible {
  /// The HTTP status.
  var status: Int
  /// AWS' code, such as `AccessDenied`; `HTTP 502` when the answer has none.
  var code: String
  /// AWS' sentence, fit for a terminal; empty when the answer has none.
  var message: String
  /// AWS' name for the request, which its support asks for.
  var requestID: String?
  /// The server's clock, when the answer shows it.
  var date: Instant?
  /// How long the server asks to wait before trying again.
  var retryAfter: Duration?

  var description: String {
    let sentence = message.isEmpty ? code : "\(code): \(message)"
    return requestID.map { "\(sentence) (request \($0))" } ?? sentence
  }

  /// Reads the answer of a service of the query protocol that is not a success.
  ///
  /// Proxies and load balancers answer in HTML or not at all; then the status is what is left.
  init(_ response: HTTPResponse) {
    status = response.status
    date = response.header("Date").flatMap { UTCDate.httpDate($0) }
    let root = XMLElement.parse(response.body)
    let error = root?["Error"] ?? root?["Errors", "Error"]
    code = error?["Code"]?.text.trimmed ?? ""
    message = DisplayText.sanitized((error?["Message"]?.text ?? "").trimmed, limit: 1000)
    if code.isEmpty {
      // Services that are asked through the wrong front door answer with this header only.
      let type = response.header("x-amzn-ErrorType") ?? ""
      code = type.prefix { $0 != ":" }.split(separator: "#").last.map(String.init) ?? ""
    }
    code = DisplayText.sanitized(code, limit: 80)
    if code.isEmpty { code = "HTTP \(status)" }
    let id =
      root?["RequestId"]?.text ?? root?["RequestID"]?.text ?? response.header("x-amzn-RequestId")
    requestID = id.map { DisplayText.sanitized($0.trimmed, limit: 80) }
      .flatMap { $0.isEmpty ? nil : $0 }
  }
}
