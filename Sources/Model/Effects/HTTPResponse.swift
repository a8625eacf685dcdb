/// A server's answer, read to its end.
public struct HTTPResponse: Sendable {
  /// The status, 100...599.
  public var status: Int
  /// Header fields in order of arrival.
  public var headers: [(name: String, value: String)]
  /// The body, at most 4 MiB.
  public var body: [UInt8]

  /// Creates a response.
  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of a header field, its name compared without case.
  public func header(_ name: String) -> String? {
    let lowered = name.lowercased()
    return headers.first { $0.name.lowercased() == lowered }?.value
  }
}
