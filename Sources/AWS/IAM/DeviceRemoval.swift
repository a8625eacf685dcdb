public import Core
import Model

/// Takes an IAM user's MFA device away: deactivates and deletes it at IAM, and gives its seed up.
///
/// It may be interrupted anywhere; whoever runs it again finishes what was begun.
public struct DeviceRemoval {
  /// What was done.
  public struct Outcome: Sendable, Equatable {
    /// The user.
    public var user: IAMUser
    /// The device's ARN or serial number.
    public var device: String
  }

  private let keys: UserKeys
  private let seeds: any DeviceSeeds
  private let chosen: String?

  private var effects: Effects { keys.effects }

  /// Creates a removal of `device`, or of the identity's own one where that is `nil`.
  public init(of keys: UserKeys, seeds: any DeviceSeeds, device: String?) {
    self.keys = keys
    self.seeds = seeds
    chosen = device
  }

  /// The device that ``run()`` takes away.
  ///
  /// - Throws: ``AuthError`` with code `usage` when the identity has none.
  public func device() async throws(AuthError) -> String {
    if let chosen { return chosen }
    if let device = keys.device(try await keys.stored()) { return device }
    throw AuthError(
      .usage, "identity `\(keys.settings.name)` has no MFA device",
      hints: ["name one with `--device`"])
  }

  /// Takes the device away.
  ///
  /// - Throws: ``AuthError``: `usage` when there is none, `refused` if IAM says no, `unavailable` if
  ///   it cannot be reached.
  public func run() async throws(AuthError) -> Outcome {
    let device = try await device()
    let stored = try await keys.stored()
    let own = try keys.own(stored)
    let services = try UserServices(keys.settings, keys: stored, effects: effects)
    let user = try await services.user(of: own)
    var run = Run(device: device, user: user, own: own, signer: own, services: services)
    try await take("DeactivateMFADevice", from: user.arn, &run) {
      (iam, keys) async throws(CallFailure) in
      try await iam.deactivateDevice(device, of: user.name, signedWith: keys)
    }
    if device.contains(":mfa/") {
      try await take("DeleteVirtualMFADevice", from: device, &run) {
        (iam, keys) async throws(CallFailure) in
        try await iam.deleteDevice(device, signedWith: keys)
      }
    }
    try await seeds.forget(device)
    if var current = try await keys.stored(), current.mfaARN == device {
      current.mfaARN = nil
      try await keys.store(current)
    }
    return Outcome(user: user, device: device)
  }

  /// What the calls of one run share.
  private struct Run {
    let device: String
    let user: IAMUser
    let own: AWSKeys
    var signer: AWSKeys
    let services: UserServices
  }

  /// Takes something from the device; something that is already gone is not an error.
  ///
  /// The user's own keys come first, so that anyone who has lost the device can do without it if
  /// the policy allows that; a second factor comes after, if the policy requires one.
  private func take(
    _ action: String, from resource: String, _ run: inout Run,
    _ call: (IAMClient, AWSKeys) async throws(CallFailure) -> Void
  ) async throws(AuthError) {
    var tries = 0
    while true {
      let failure: CallFailure
      do throws(CallFailure) {
        try await call(run.services.iam, run.signer)
        effects.notice(
          action.hasPrefix("Delete")
            ? "deleted MFA device \(run.device)" : "deactivated MFA device \(run.device)")
        return
      } catch {
        failure = error
      }
      if failure.code == "NoSuchEntity" { return }
      if failure.isDenied, run.signer == run.own {
        run.signer = try await keys.signer(
          run.own, stored: try await keys.stored(), as: run.user, run.services)
        if run.signer != run.own { continue }
      }
      // That it was deactivated is not known everywhere at once.
      tries += 1
      guard failure.code == "DeleteConflict", tries <= 5 else {
        throw run.services.iamError(
          failure, action, on: resource, as: run.user, signedWith: run.signer)
      }
      do { try await effects.sleep(.seconds(tries)) } catch {
        throw AuthError(
          .unavailable, "taking an MFA device from `\(keys.settings.name)` was interrupted")
      }
    }
  }
}
