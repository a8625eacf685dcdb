package import Core
package import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What `--policy`, `--read-only` and `--session-duration` say.
package struct NarrowingOptions: Sendable {
  /// Files and names of policies, as given.
  package var policies: [String] = []
  /// `--read-only`.
  package var isReadOnly = false
  /// `--session-duration`, as given.
  package var duration: String?

  /// Whether they say nothing.
  var isEmpty: Bool { policies.isEmpty && !isReadOnly && duration == nil }

  /// Creates options that say nothing.
  package init() {}

  /// The longest text of policies that STS takes, in characters.
  ///
  /// Source: "AssumeRole", AWS STS API Reference.
  private static let longestPolicy = 2048

  /// What they mean; `nil` if they say nothing.
  ///
  /// - Parameter directory: Where relative paths begin.
  /// - Returns: The narrowing.
  /// - Throws: ``AuthError`` with code `usage` for what cannot be a policy or a length.
  package func narrowing(in directory: String) throws(AuthError) -> SessionNarrowing? {
    var narrowing = SessionNarrowing(isReadOnly: isReadOnly)
    for policy in policies {
      if policy.hasPrefix("arn:") {
        guard Self.isPolicyName(policy) else {
          throw AuthError(
            .usage, "not the ARN of a policy: \(DisplayText.sanitized(policy, limit: 120))",
            hints: ["it looks like `arn:aws:iam::aws:policy/ReadOnlyAccess`"])
        }
        narrowing.policyNames.append(policy)
      } else {
        guard narrowing.policy == nil else {
          throw AuthError(
            .usage, "`--policy` takes one file", hints: ["put all statements into one"])
        }
        narrowing.policy = try Self.policy(in: policy, directory)
      }
    }
    if let duration {
      narrowing.duration = try ExecRequest.seconds(
        duration, in: 900...43200, of: "a session of a role")
    }
    return narrowing.isEmpty ? nil : narrowing
  }

  private static func isPolicyName(_ arn: String) -> Bool {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[2] == "iam" && parts[5].hasPrefix("policy/")
      && arn.utf8.allSatisfy { (0x21...0x7E).contains($0) } && arn.utf8.count <= longestPolicy
  }

  private static func policy(in name: String, _ directory: String) throws(AuthError) -> String {
    let path = name.hasPrefix("/") ? name : "\(directory)/\(name)"
    let shown = DisplayText.sanitized(name, limit: 120)
    guard let bytes = try FileSystem.readFile(path, limit: 64 << 10) else {
      throw AuthError(
        .usage, "there is no policy file \(shown)",
        hints: ["`--policy` takes a file in JSON, or the ARN of a policy"])
    }
    guard (try? JSONDecoder().decode(Policy.self, from: Data(bytes))) != nil else {
      throw AuthError(
        .usage, "\(shown) is not a policy: it has to be a JSON object with a `Statement`")
    }
    let text = String(decoding: compacted(bytes), as: UTF8.self)
    guard text.count <= longestPolicy else {
      throw AuthError(
        .usage,
        "the policy in \(shown) has \(text.count) characters; a session takes \(longestPolicy)",
        hints: ["make it a managed policy, and give its ARN"])
    }
    return text
  }

  /// JSON without the blanks between its parts.
  static func compacted(_ json: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var isText = false
    var isEscaped = false
    for byte in json {
      if isText {
        result.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
      } else if ![0x20, 0x09, 0x0A, 0x0D].contains(byte) {
        isText = byte == UInt8(ascii: "\"")
        result.append(byte)
      }
    }
    return result
  }

  /// As much of a policy as shows that it is one; the names are IAM's.
  private struct Policy: Decodable {
    private enum Key: String, CodingKey { case statement = "Statement" }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      guard values.contains(.statement) else {
        throw DecodingError.keyNotFound(
          Key.statement, DecodingError.Context(codingPath: [], debugDescription: ""))
      }
    }
  }
}
