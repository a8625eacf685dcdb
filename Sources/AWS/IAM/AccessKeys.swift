public import Core
import Model
import XML

/// What IAM says of an access key, which is everything but its secret.
public struct AccessKeyRecord: Sendable, Hashable {
  /// The access key id.
  public var id: String
  /// Whether it is accepted.
  public var isActive: Bool
  /// When it was made.
  public var createdAt: Instant?

  /// The id with its middle left out, such as `AKIA…X4FQ`.
  public var maskedID: String { AWSKeys.masked(id) }
}

/// When an access key was last used, as far as IAM knows; it learns of it hours later.
enum AccessKeyUse: Sendable, Equatable {
  /// Never.
  case never
  /// At that time, for that service.
  case at(Instant, service: String?)
}

extension IAMClient {
  /// `CreateAccessKey`: the only answer that ever shows the secret.
  ///
  /// It is not sent again when an answer is lost: that would make a second key.
  func createAccessKey(
    of user: String, signedWith keys: AWSKeys
  ) async throws(CallFailure) -> AWSKeys {
    let result = try await result(
      "CreateAccessKey", [(name: "UserName", value: user)], signedWith: keys,
      isRepeatable: false)
    guard let key = result["AccessKey"], let id = key.trimmedText("AccessKeyId"),
      let secret = key.trimmedText("SecretAccessKey")
    else { throw .unreadable(status: 200) }
    return AWSKeys(
      accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: nil, origin: .longLived)
  }

  /// `ListAccessKeys`, oldest first; a user has two at most.
  func accessKeys(
    of user: String, signedWith keys: AWSKeys
  ) async throws(CallFailure) -> [AccessKeyRecord] {
    let result = try await result(
      "ListAccessKeys", [(name: "UserName", value: user)], signedWith: keys)
    return result.members(of: "AccessKeyMetadata").compactMap { member in
      guard let id = member.trimmedText("AccessKeyId") else { return nil }
      return AccessKeyRecord(
        id: id, isActive: member.trimmedText("Status") == "Active",
        createdAt: member.trimmedText("CreateDate").flatMap { UTCDate.rfc3339($0) })
    }.sorted {
      ($0.createdAt?.secondsSince1970 ?? 0, $0.id) < ($1.createdAt?.secondsSince1970 ?? 0, $1.id)
    }
  }

  /// `GetAccessKeyLastUsed`.
  func lastUse(of id: String, signedWith keys: AWSKeys) async throws(CallFailure) -> AccessKeyUse {
    let result = try await result(
      "GetAccessKeyLastUsed", [(name: "AccessKeyId", value: id)], signedWith: keys)
    guard let use = result["AccessKeyLastUsed"] else { throw .unreadable(status: 200) }
    guard let date = use.trimmedText("LastUsedDate").flatMap({ UTCDate.rfc3339($0) }) else {
      return .never
    }
    let service = use.trimmedText("ServiceName").map { DisplayText.sanitized($0, limit: 60) }
    return .at(date, service: service == "N/A" ? nil : service)
  }

  /// `UpdateAccessKey`: the key stays, and is refused until it is made active again.
  func deactivateAccessKey(
    _ id: String, of user: String, signedWith keys: AWSKeys
  ) async throws(CallFailure) {
    try await call(
      "UpdateAccessKey",
      [
        (name: "AccessKeyId", value: id), (name: "Status", value: "Inactive"),
        (name: "UserName", value: user),
      ], signedWith: keys)
  }

  /// `DeleteAccessKey`.
  func deleteAccessKey(
    _ id: String, of user: String, signedWith keys: AWSKeys
  ) async throws(CallFailure) {
    try await call(
      "DeleteAccessKey", [(name: "AccessKeyId", value: id), (name: "UserName", value: user)],
      signedWith: keys)
  }
}
