import Core
import Model

/// The credential service of ECS tasks, EKS pods and CodeBuild.
struct ContainerCredentials {
  /// Everything outside the process.
  var effects: Effects

  /// The credential; `nil` where the environment names no such service.
  ///
  /// - Throws: ``AuthError``: `badConfiguration` for an address or token that must not be used,
  ///   `unavailable` when the service does not answer, `refused` when it says no.
  func find() async throws(AuthError) -> Credential? {
    guard let url = try address() else { return nil }
    var headers = [(name: "Accept", value: "application/json")]
    if let token = try authorization() {
      headers.append((name: "Authorization", value: token))
    }
    let service = LocalService(effects: effects, timeout: .seconds(2), tries: 3)
    let response: HTTPResponse
    do {
      response = try await service.send("GET", url, headers)
    } catch {
      throw AuthError(
        .unavailable, "the container's credential service does not answer", cause: error)
    }
    guard response.status == 200 else {
      throw AuthError(
        response.status < 500 ? .refused : .unavailable,
        "the container's credential service answered with status \(response.status)",
        hints: response.status == 401 || response.status == 403
          ? ["look at AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] : [])
    }
    let issued = IssuedJSON.parse(response.body)
    guard
      let credential = issued?.credential(
        token: issued?.token, issuedAt: effects.now(), origin: .role)
    else {
      throw AuthError(
        .unavailable, "the container's credential service gave an answer without keys")
    }
    return credential
  }

  private func variable(_ name: String) -> String? {
    effects.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func address() throws(AuthError) -> String? {
    if let path = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      return "http://169.254.170.2" + (path.hasPrefix("/") ? path : "/\(path)")
    }
    guard let url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") else { return nil }
    guard let address = Address(url) else {
      throw AuthError(
        .badConfiguration, "AWS_CONTAINER_CREDENTIALS_FULL_URI is not an absolute address")
    }
    guard address.scheme == "https" || Self.isLocal(address.host) else {
      throw AuthError(
        .badConfiguration,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI sends keys over plain HTTP to `\(address.host)`",
        hints: ["plain HTTP is for this machine and the container services only"])
    }
    return url
  }

  /// Loopback, and the link-local addresses of the ECS and EKS agents.
  static func isLocal(_ host: String) -> Bool {
    if ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(host) {
      return true
    }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }

  private func authorization() throws(AuthError) -> String? {
    var token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    if let file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      guard let bytes = try FileSystem.readFile(file, limit: 64 << 10) else {
        throw AuthError(
          .badConfiguration, "there is no file `\(file)`",
          hints: ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names it"])
      }
      token = String(decoding: bytes, as: UTF8.self).trimmed
    }
    guard token?.contains(where: \.isNewline) != true else {
      throw AuthError(
        .badConfiguration, "the container's authorization token has more than one line")
    }
    return token
  }
}
