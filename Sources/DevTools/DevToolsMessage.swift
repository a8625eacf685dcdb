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
    /// What the domain `Network` calls the request.
    var networkId: String?
    var request: Request?
  }

  /// What answers say.
  struct Result: Decodable {
    var errorText: String?
    var userAgent: String?
    var postData: String?
    var base64Encoded: Bool?

    /// The body that was asked for.
    var body: Secret? {
      guard let postData else { return nil }
      guard base64Encoded == true else { return Secret(postData) }
      guard var data = Data(base64Encoded: postData).map(Array.init) else { return nil }
      defer { data.wipe() }
      return Secret(data)
    }
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
    var hasPostData: Bool?
    var postDataEntries: [Entry]?

    /// Whether it has a body, which may have to be asked for.
    var isWithBody: Bool {
      hasPostData == true || postData?.isEmpty == false || postDataEntries?.isEmpty == false
    }

    /// A piece of a body, in base64.
    struct Entry: Decodable {
      var bytes: String?
    }

    /// The body as far as it came with the request; trap 54 of docs/traps.md: `postData` is missing from
    /// large ones, and pieces may be empty.
    var body: Secret? {
      if let postDataEntries, !postDataEntries.isEmpty {
        var bytes: [UInt8] = []
        for entry in postDataEntries {
          guard let text = entry.bytes, let data = Data(base64Encoded: text) else { return nil }
          bytes += data
        }
        defer { bytes.wipe() }
        return bytes.isEmpty ? nil : Secret(bytes)
      }
      return (postData ?? "").isEmpty ? nil : postData.map { Secret($0) }
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
