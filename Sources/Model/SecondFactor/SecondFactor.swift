public import Core

/// A call that needs a one-time code, made with codes until one works.
public struct SecondFactor {
  /// The device, an ARN or a serial number.
  var device: String
  /// The login's codes.
  var codes: any CodeSupply

  /// The codes of `device` for an identity.
  public init(_ request: CodeRequest, effects: Effects) {
    device = request.device
    codes = effects.codes.codes(for: request, effects: effects)
  }

  /// Calls `attempt` with codes until it succeeds, there are no more, or another is pointless.
  ///
  /// - Parameters:
  ///   - refusal: What to say about a failure that another code may cure; `nil` for any other.
  ///   - report: The error for a failure that is final.
  ///   - attempt: Sends one code. It is never called twice with the same one.
  /// - Returns: What `attempt` returned.
  /// - Throws: ``AuthError``: what getting a code throws, else what `report` makes of the last
  ///   failure.
  public func perform<Result, Failure: Error>(
    refusal: (Failure) -> CodeRefusal?, report: (Failure) -> AuthError,
    _ attempt: (_ code: Secret) async throws(Failure) -> Result
  ) async throws(AuthError) -> Result {
    var latest: (failure: Failure, refusal: CodeRefusal)?
    while true {
      guard let code = try await codes.next(after: latest?.refusal) else {
        if let latest { throw report(latest.failure) }
        throw AuthError(.loginRequired, "there is no MFA code of \(DisplayText.sanitized(device))")
      }
      do throws(Failure) {
        return try await attempt(code)
      } catch {
        guard let refusal = refusal(error) else { throw report(error) }
        latest = (error, refusal)
      }
    }
  }
}
