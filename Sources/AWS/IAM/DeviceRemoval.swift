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
    // Without the device no code can be had, so what is left of an earlier run is done without.
    let enabled = try? await services.iam.devices(of: user.name, signedWith: own)
    let isGone = enabled.map { !$0.contains(device) } ?? false
    let signer = isGone ? own : try await keys.signer(own, stored: stored, as: user, services)
    if !isGone { try await deactivate(device, user, signer, services) }
    if device.contains(":mfa/") { try await delete(device, user, signer, services) }
    try await seeds.forget(device)
    if var current = try await keys.stored(), current.mfaARN == device {
      current.mfaARN = nil
      try await keys.store(current)
    }
    return Outcome(user: user, device: device)
  }

  private func deactivate(
    _ device: String, _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) {
    do throws(CallFailure) {
      try await services.iam.deactivateDevice(device, of: user.name, signedWith: signer)
      effects.notice("deactivated MFA device \(device)")
    } catch {
      guard error.code != "NoSuchEntity" else { return }
      throw services.iamError(error, "DeactivateMFADevice", as: user, signedWith: signer)
    }
  }

  private func delete(
    _ device: String, _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) {
    var tries = 0
    while true {
      do throws(CallFailure) {
        try await services.iam.deleteDevice(device, signedWith: signer)
        effects.notice("deleted MFA device \(device)")
        return
      } catch {
        if error.code == "NoSuchEntity" { return }
        // That it was deactivated is not known everywhere at once.
        tries += 1
        guard error.code == "DeleteConflict", tries <= 5 else {
          throw services.iamError(
            error, "DeleteVirtualMFADevice", on: device, as: user, signedWith: signer)
        }
      }
      do { try await effects.sleep(.seconds(tries)) } catch {
        throw AuthError(
          .unavailable, "taking an MFA device from `\(keys.settings.name)` was interrupted")
      }
    }
  }
}
