internal import Core

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a browser says over its DevTools pipe: an answer or an event, as far as it is of use here.
///
/// Source: https://chromedevtools.github.io/devtools-protocol/
struct DevToolsMessage: Decodable {
  /// The number of the command that it answers; `nil` for events.
  var id: Int?
  /// The event; `nil` for answers.
  var method: String?
  /// The page that it is about; `nil` for the browser.
  var sessionId: String?
  var params: Parameters?
  var result: Result?

  /// What events say.
  struct Parameters: Decodable {
    var sessionId: String?
    var targetInfo: Target?
    var requestId: String?
    var request: Request?
  }

  /// What answers say.
  struct Result: Decodable {
    var errorText: String?
    var userAgent: String?
  }

  /// A page, a frame or a worker.
  struct Target: Decodable {
    var type: String
  }

  /// A request that waits for its fate.
  struct Request: Decodable {
    var url: String
    var method: String
    var postData: String?
    var postDataEntries: [Entry]?

    /// A piece of a body, in base64.
    struct Entry: Decodable {
      var bytes: String?
    }

    /// The body; trap 54 of docs/traps.md: `postData` is missing from large ones.
    var body: Secret? {
      if let postDataEntries, !postDataEntries.isEmpty {
        var bytes: [UInt8] = []
        for entry in postDataEntries {
          guard let text = entry.bytes, let data = Data(base64Encoded: text) else { return nil }
          bytes += data
        }
        defer { bytes.wipe() }
        return Secret(bytes)
      }
      return postData.map { Secret($0) }
    }
  }

  /// Reads a message; `nil` for what is not one.
  static func decode(_ bytes: some Collection<UInt8>) -> DevToolsMessage? {
    try? JSONDecoder().decode(DevToolsMessage.self, from: Data(bytes))
  }
}

/// A command for a browser.
struct DevToolsCommand: Equatable {
  var id: Int
  var method: String
  /// JSON.
  var parameters: String
  /// The page that it is for; `nil` for the browser.
  var session: String?

  /// The command as it is sent.
  var text: String {
    var members = [
      ("id", String(id)), ("method", JSONText.string(method)), ("params", parameters),
    ]
    if let session { members.append(("sessionId", JSONText.string(session))) }
    return JSONText.object(members)
  }
}
