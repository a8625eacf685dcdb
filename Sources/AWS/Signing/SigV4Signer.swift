import Core
import Crypto
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// AWS Signature Version 4.
///
/// What is signed is byte for byte what is sent: the signer sets `Host` itself, and the transport
/// changes nothing. Every try gets a new signature, since a signature is good for five minutes.
/// Source: "AWS Signature Version 4 for API requests", IAM User Guide; vectors from botocore.
struct SigV4Signer {
  /// The keys to sign with.
  var keys: AWSKeys
  /// The signing region; a custom endpoint does not change it.
  var region: String
  /// The signing name, such as `sts`.
  var service: String

  /// Returns `request` with `Host`, `X-Amz-Date`, `X-Amz-Security-Token` for keys that have a
  /// token, and `Authorization`.
  ///
  /// - Returns: `nil` when the address cannot be taken apart.
  func signed(_ request: HTTPRequest, at instant: Instant) -> HTTPRequest? {
    guard let address = Address(request.url) else { return nil }
    let date = UTCDate(instant).basic
    var result = request
    let ours = ["host", "x-amz-date", "x-amz-security-token", "authorization"]
    result.headers.removeAll { ours.contains($0.name.lowercased()) }
    result.headers.append((name: "Host", value: address.hostHeader))
    result.headers.append((name: "X-Amz-Date", value: date))
    if let token = keys.sessionToken {
      result.headers.append((name: "X-Amz-Security-Token", value: token.revealed()))
    }

    let headers = CanonicalHeaders(result.headers)
    let bodyHash = result.body.withBytes { Hex.lowercase(SHA256.hash(data: $0)) }
    let canonical = Self.canonicalRequest(
      method: result.method, address: address,
      query: Self.fields(ofQuery: address.query ?? ""), headers: headers, bodyHash: bodyHash)
    let signature = signature(of: canonical, date: date)
    let authorization =
      "AWS4-HMAC-SHA256 Credential=\(keys.accessKeyID)/\(scope(date)), "
      + "SignedHeaders=\(headers.names), Signature=\(signature)"
    result.headers.append((name: "Authorization", value: authorization))
    return result
  }

  /// An address that carries its signature in the query, for a `GET` with an empty body.
  ///
  /// - Parameters:
  ///   - url: The address with the operation's own query.
  ///   - headers: Further headers that the caller will send, signed too.
  ///   - seconds: How long the address works, 1...604800.
  ///   - instant: The time of the signature.
  /// - Returns: `nil` when the address cannot be taken apart.
  func presigned(
    _ url: String, headers: [(name: String, value: String)] = [], for seconds: Int,
    at instant: Instant
  ) -> String? {
    guard let address = Address(url) else { return nil }
    let date = UTCDate(instant).basic
    let canonicalHeaders = CanonicalHeaders(
      headers + [(name: "Host", value: address.hostHeader)])
    var query = Self.fields(ofQuery: address.query ?? "")
    query += [
      (name: "X-Amz-Algorithm", value: "AWS4-HMAC-SHA256"),
      (name: "X-Amz-Credential", value: "\(keys.accessKeyID)/\(scope(date))"),
      (name: "X-Amz-Date", value: date),
      (name: "X-Amz-Expires", value: String(seconds)),
      (name: "X-Amz-SignedHeaders", value: canonicalHeaders.names),
    ]
    if let token = keys.sessionToken {
      query.append((name: "X-Amz-Security-Token", value: token.revealed()))
    }
    let canonical = Self.canonicalRequest(
      method: "GET", address: address, query: query, headers: canonicalHeaders,
      bodyHash: Hex.lowercase(SHA256.hash(data: [UInt8]())))
    let path = address.path.isEmpty ? "/" : address.path
    return "\(address.origin)\(path)?\(PercentEncoding.form(query))"
      + "&X-Amz-Signature=\(signature(of: canonical, date: date))"
  }

  /// The text whose hash is signed.
  static func canonicalRequest(
    method: String, address: Address, query: [(name: String, value: String)],
    headers: CanonicalHeaders, bodyHash: String
  ) -> String {
    let pairs =
      query
      .map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
      .sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
    return [
      method, canonicalPath(address.path),
      pairs.map { "\($0.0)=\($0.1)" }.joined(separator: "&"),
      headers.lines, headers.names, bodyHash,
    ].joined(separator: "\n")
  }

  /// The path without dots and doubled slashes, encoded once more than it is on the wire, as
  /// every service but S3 wants it.
  static func canonicalPath(_ path: String) -> String {
    var segments: [Substring] = []
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    for part in parts {
      switch part {
      case ".": continue
      case "..": _ = segments.popLast()
      default: segments.append(part)
      }
    }
    let isDirectory = path.hasSuffix("/") || parts.last == "." || parts.last == ".."
    let normalized = "/" + segments.joined(separator: "/")
    let ending = isDirectory && !segments.isEmpty ? "/" : ""
    return PercentEncoding.encode(normalized + ending, keepingSlashes: true)
  }

  private static func fields(ofQuery query: String) -> [(name: String, value: String)] {
    query.split(separator: "&").map { pair in
      let name = pair.prefix { $0 != "=" }
      return (
        name: PercentEncoding.decode(name),
        value: PercentEncoding.decode(pair.dropFirst(name.count + 1))
      )
    }
  }

  private func scope(_ date: String) -> String {
    "\(date.prefix(8))/\(region)/\(service)/aws4_request"
  }

  private func signature(of canonicalRequest: String, date: String) -> String {
    let hash = Hex.lowercase(SHA256.hash(data: Array(canonicalRequest.utf8)))
    let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope(date))\n\(hash)"

    var first = Array("AWS4".utf8) + keys.secretAccessKey.withBytes { Array($0) }
    defer { for index in first.indices { first[index] = 0 } }
    var key = SymmetricKey(data: first)
    for part in [String(date.prefix(8)), region, service, "aws4_request"] {
      let code = HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: key)
      key = SymmetricKey(data: code)
    }
    return Hex.lowercase(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
  }
}

/// The headers that take part in a signature.
struct CanonicalHeaders {
  /// `name:value\n` for each, sorted by name.
  var lines: String
  /// The names, joined by semicolons.
  var names: String

  /// What proxies and clients rewrite on the way, and so is never signed; botocore's list.
  private static let unsigned: Set<String> = [
    "authorization", "connection", "content-length", "expect", "keep-alive",
    "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    "user-agent", "x-amzn-trace-id",
  ]

  /// Lower-cases names, trims values and folds their inner spaces, joins repeated names.
  init(_ headers: [(name: String, value: String)]) {
    var values: [String: [String]] = [:]
    for header in headers {
      let name = header.name.lowercased()
      guard !Self.unsigned.contains(name) else { continue }
      let folded = header.value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
      values[name, default: []].append(folded)
    }
    let sorted = values.sorted { $0.key < $1.key }
    lines = sorted.map { "\($0.key):\($0.value.joined(separator: ","))\n" }.joined()
    names = sorted.map(\.key).joined(separator: ";")
  }
}
