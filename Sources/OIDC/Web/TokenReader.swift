import Core
import Model
import Programs

/// Takes a token from where it is.
struct TokenReader {
  /// Whom the token is for, for errors: ``provider `ci` ``.
  let subject: String
  /// The audience that was asked for, if one was.
  let audience: String?
  /// Everything outside the process.
  let effects: Effects

  /// Programs of CI systems answer at once; a person's may open a browser first.
  private static let limit = Duration.seconds(120)

  /// The token, as it is there now.
  ///
  /// - Parameter origin: Its place.
  /// - Returns: The token.
  /// - Throws: ``AuthError``: `refused` if there is none, `unavailable` if its service cannot be
  ///   reached.
  func token(from origin: TokenOrigin) async throws(AuthError) -> IdentityToken {
    switch origin {
    case .file(let path): return try fileToken(path)
    case .pod:
      return try PodTokens(subject: subject, audience: audience, effects: effects).token()
    case .variables(let names):
      guard let text = names.lazy.compactMap(value).first else {
        throw AuthError(
          .refused, "\(subject): \(names.joined(separator: " or ")) is not set",
          hints: ["look at the job's settings for identity tokens; none was given to it here"])
      }
      return try call(names[0]).token(Secret(text))
    case .address(let url, let headers, let field):
      let url = audience.map { Self.adding("audience", $0, to: url) } ?? url
      return try await addressToken(
        HTTPRequest(
          method: "GET", url: url,
          headers: headers.map { (name: $0.name, value: $0.value.revealed()) },
          timeout: .seconds(10), operation: "GetToken"),
        field: field,
        hint: "look at `spec.token_headers`, and whether the job may have a token")
    case .command(let words, let directory): return try await commandToken(words, in: directory)
    case .azurePipelines(let connection): return try await pipelinesToken(connection)
    }
  }

  private func value(_ variable: String) -> String? {
    effects.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func call(_ service: String) -> TokenCall {
    TokenCall(subject: subject, service: service, effects: effects)
  }

  private func fileToken(_ path: String) throws(AuthError) -> IdentityToken {
    let home = effects.environment["HOME"] ?? ""
    let path = path.hasPrefix("~/") ? home + path.dropFirst() : path
    guard let bytes = try FileSystem.readFile(path, limit: TokenCall.fileLimit) else {
      throw AuthError(
        .refused, "\(subject): there is no token file \(DisplayText.sanitized(path))")
    }
    return try call(DisplayText.sanitized(path)).token(Secret(bytes))
  }

  /// The address with one more field in its query.
  static func adding(_ name: String, _ value: String, to url: String) -> String {
    "\(url)\(url.contains("?") ? "&" : "?")\(name)=\(QueryValue.encoded(value))"
  }

  private func addressToken(
    _ request: HTTPRequest, field: String, hint: String
  ) async throws(AuthError) -> IdentityToken {
    let host = Address(request.url)?.host ?? "the address"
    let response = try await call(host).response(request) { _ in [hint] }
    // Metadata services answer with the token alone.
    if response.body.first != UInt8(ascii: "{") {
      return try call(host).token(Secret(response.body))
    }
    return try call(host).token(in: response, member: field)
  }

  private func commandToken(
    _ words: [String], in directory: String?
  ) async throws(AuthError) -> IdentityToken {
    let shown = "`\(DisplayText.sanitized(words[0], limit: 200))`"
    let program = ProgramRun(
      words, environment: effects.helperEnvironment, in: directory, streams: .shared)
    switch await program.result(within: Self.limit) {
    case .notFound:
      throw AuthError(
        .badConfiguration, "\(subject): the program \(shown) \(ProgramPath.absence(of: words[0]))")
    case .notStarted(let reason):
      throw AuthError(.badConfiguration, "\(subject): \(shown) cannot be started: \(reason)")
    case .tookTooLong:
      throw AuthError(.unavailable, "\(subject): \(shown) took over 2 minutes")
    case .ended(let result) where result.status != 0:
      throw AuthError(.refused, "\(subject): \(shown) failed with status \(result.status)")
    case .ended(let result):
      return try call(words[0]).token(result.output)
    }
  }

  private func pipelinesToken(_ configured: String?) async throws(AuthError) -> IdentityToken {
    guard let url = value("SYSTEM_OIDCREQUESTURI"), let bearer = value("SYSTEM_ACCESSTOKEN"),
      let connection = configured ?? value("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")
    else {
      throw AuthError(
        .refused, "\(subject): this job of Azure Pipelines may not have an identity token",
        hints: [
          "pass `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` in the step's `env`",
          "name the service connection in `spec.service_connection`",
        ])
    }
    let rules = ["dev.azure.com", ".visualstudio.com"].compactMap(HostRule.init)
    guard let address = Address(url), address.scheme == "https",
      rules.contains(where: { $0.covers(address.host) })
    else {
      throw AuthError(
        .refused, "\(subject): SYSTEM_OIDCREQUESTURI is not an https address of Azure DevOps")
    }
    let request = HTTPRequest(
      method: "POST",
      url: Self.adding(
        "serviceConnectionId", connection, to: Self.adding("api-version", "7.1", to: url)),
      headers: [
        (name: "Authorization", value: "Bearer \(bearer)"),
        (name: "Content-Type", value: "application/json"),
        // Without it, who is refused is sent to a page to sign in at.
        (name: "X-TFS-FedAuthRedirect", value: "Suppress"),
      ], timeout: .seconds(10), operation: "OidcToken")
    return try await addressToken(
      request, field: "oidcToken",
      hint: "look at `SYSTEM_ACCESSTOKEN`, and whether the pipeline may use service connection "
        + DisplayText.sanitized(connection, limit: 80))
  }
}
