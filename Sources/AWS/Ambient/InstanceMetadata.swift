import Core
import Model

/// The metadata service of EC2 instances, version 2, and 1 where there is no 2.
struct InstanceMetadata {
  /// Everything outside the process.
  var effects: Effects

  /// The instance's credential; `nil` where there is no such service, or no role is attached.
  ///
  /// - Throws: ``AuthError``: `badConfiguration` for an endpoint that cannot be used,
  ///   `unavailable` when the service is there and gives nothing that can be read.
  func find() async throws(AuthError) -> Credential? {
    guard variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else { return nil }
    let base = try endpoint()
    let headers: [(name: String, value: String)]
    switch await token(base) {
    case .token(let token): headers = [(name: "x-aws-ec2-metadata-token", value: token)]
    case .none: headers = []
    case .nobody: return nil
    case .refused(let status):
      throw AuthError(
        .unavailable, "the instance metadata service answered with status \(status)")
    }

    let path = base + "/latest/meta-data/iam/security-credentials/"
    guard let list = await get(path, headers), list.status == 200,
      let role = String(decoding: list.body, as: UTF8.self).split(whereSeparator: \.isNewline).first
    else { return nil }
    guard let answer = await get(path + PercentEncoding.encode(role), headers),
      answer.status == 200, let issued = IssuedJSON.parse(answer.body),
      issued.code ?? "Success" == "Success",
      let credential = issued.credential(
        token: issued.token, issuedAt: effects.now(), origin: .role)
    else {
      throw AuthError(
        .unavailable,
        "the instance metadata service gives no keys for role "
          + "`\(DisplayText.sanitized(role, limit: 80))`")
    }
    return credential
  }

  private enum Token {
    /// The service is there and wants this shown.
    case token(String)
    /// The service is there and knows no tokens.
    case none
    /// There is no service.
    case nobody
    /// The service is there and says no.
    case refused(Int)
  }

  private func token(_ base: String) async -> Token {
    let response: HTTPResponse
    do {
      response = try await service.send(
        "PUT", base + "/latest/api/token",
        [(name: "x-aws-ec2-metadata-token-ttl-seconds", value: "21600")])
    } catch {
      return .nobody
    }
    switch response.status {
    case 200:
      let text = String(decoding: response.body, as: UTF8.self).trimmed
      return text.isEmpty || text.contains(where: \.isNewline) ? .refused(200) : .token(text)
    case 403, 404, 405:
      let isDisabled = variable("AWS_EC2_METADATA_V1_DISABLED")?.lowercased() == "true"
      return isDisabled ? .nobody : .none
    default:
      return .refused(response.status)
    }
  }

  private func get(_ url: String, _ headers: [(name: String, value: String)]) async
    -> HTTPResponse?
  {
    try? await service.send("GET", url, headers)
  }

  /// `AWS_METADATA_SERVICE_TIMEOUT` seconds and `AWS_METADATA_SERVICE_NUM_ATTEMPTS` tries, one
  /// each where they are not set: most machines have no such service.
  private var service: LocalService {
    func number(_ name: String) -> Int {
      min(max(variable(name).flatMap { Int($0) } ?? 1, 1), 60)
    }
    return LocalService(
      effects: effects, timeout: .seconds(number("AWS_METADATA_SERVICE_TIMEOUT")),
      tries: number("AWS_METADATA_SERVICE_NUM_ATTEMPTS"))
  }

  private func endpoint() throws(AuthError) -> String {
    guard let custom = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") else {
      let isIPv6 = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
      return isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }
    guard let address = Address(custom), address.query == nil else {
      throw AuthError(
        .badConfiguration, "AWS_EC2_METADATA_SERVICE_ENDPOINT is not an absolute address")
    }
    return address.origin
      + (address.path.hasSuffix("/") ? address.path.dropLast() : address.path[...])
  }

  private func variable(_ name: String) -> String? {
    effects.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
