public import Core
import Model

/// Makes a virtual MFA device for an IAM user, with its seed in the keyring, and enables it.
///
/// It may be interrupted anywhere; whoever runs it again finishes what was begun.
public struct DeviceRegistration {
  /// What was done.
  public struct Outcome: Sendable, Equatable {
    /// The user.
    public var user: IAMUser
    /// The device's ARN.
    public var device: String
    /// Whether there was nothing left to do.
    public var wasRegistered: Bool
    /// Whether the device is named with the stored keys now, so that sessions use it at once.
    public var isStored: Bool
  }

  private let keys: UserKeys
  private let seeds: any DeviceSeeds
  private let deviceName: String?
  private let replaces: Bool

  private var effects: Effects { keys.effects }
  private var identity: String { keys.settings.name }
  private var command: String { keys.typed("mfa", "register") }

  /// Creates a registration.
  ///
  /// - Parameters:
  ///   - keys: The user's keys.
  ///   - seeds: Where the seed goes.
  ///   - deviceName: What the device is to be called; `nil` for the user's name, which is what most
  ///     policies allow.
  ///   - replaces: Whether a device of that name that is nobody's is deleted first.
  public init(of keys: UserKeys, seeds: any DeviceSeeds, deviceName: String?, replaces: Bool) {
    self.keys = keys
    self.seeds = seeds
    self.deviceName = deviceName
    self.replaces = replaces
  }

  /// What the calls of one run share.
  private struct Run {
    var user: IAMUser
    var name: String
    var device: String
    var signer: AWSKeys
    var services: UserServices
  }

  /// Registers, or finishes a registration that was interrupted.
  ///
  /// - Throws: ``AuthError``: `usage` for a name that no device can have, `refused` if IAM says no,
  ///   `unavailable` if it cannot be reached, `badConfiguration` if the keyring keeps nothing.
  public func run() async throws(AuthError) -> Outcome {
    guard effects.keyring.isPersistent else {
      throw AuthError(
        .badConfiguration,
        "the `\(effects.keyring.name)` keyring forgets what is stored when this process ends; "
          + "the device's seed would be lost",
        hints: ["use another one: `ATMOS_KEYRING_TYPE=file`"])
    }
    let stored = try await keys.stored()
    let run = try await begin(stored)
    let enabled = try await devices(run)
    let hasSeed = try await seeds.codes(of: run.device, at: effects.now()) != nil
    switch (enabled?.contains(run.device) ?? false, hasSeed) {
    case (true, true): break
    case (true, false): throw elsewhere(run)
    case (false, true):
      // A seed without a device at IAM is of no use to anybody.
      if try await !enable(run, isNew: false) { try await makeAndEnable(run) }
    case (false, false): try await makeAndEnable(run)
    }
    let wasNamed = try await remember(run)
    try await effects.keyring.remove(journalEntry)
    return Outcome(
      user: run.user, device: run.device,
      wasRegistered: wasNamed && hasSeed && enabled?.contains(run.device) == true,
      isStored: stored != nil && keys.settings.configuredKeys == nil)
  }

  private func begin(_ stored: StoredKeys?) async throws(AuthError) -> Run {
    let own = try keys.own(stored)
    let services = try UserServices(keys.settings, keys: stored, effects: effects)
    let user = try await services.user(of: own)
    let name = deviceName ?? user.name
    let isName = name.utf8.allSatisfy { byte in
      "+=,.@-_".utf8.contains(byte) || (0x30...0x39).contains(byte)
        || (0x61...0x7A).contains(byte | 0x20) && byte < 0x80
    }
    guard isName, (1...226).contains(name.utf8.count) else {
      throw AuthError(
        .usage, "`\(DisplayText.sanitized(name))` cannot be the name of an MFA device",
        hints: ["names have letters, digits and `+=,.@-_`"])
    }
    let device = user.deviceARN(named: name)
    // Another device is what a policy may ask for; this one has no codes that anybody takes yet.
    let signer =
      keys.device(stored) == device
      ? own : try await keys.signer(own, stored: stored, as: user, services)
    return Run(user: user, name: name, device: device, signer: signer, services: services)
  }

  // MARK: Making the device

  private var journalEntry: String {
    KeyringEntry.registration(realm: keys.realm, name: identity)
  }

  private func makeAndEnable(_ run: Run) async throws(AuthError) {
    let wasBegun = try await effects.keyring.read(journalEntry)?.revealed() == run.device
    try await effects.keyring.store(Secret(run.device), journalEntry)
    let seed = try await make(run, mayReplace: replaces || wasBegun)
    do throws(AuthError) {
      try await seeds.keep(seed, of: run.device)
    } catch {
      // Nobody has the seed, so nobody can use the device.
      try? await run.services.iam.deleteDevice(run.device, signedWith: run.signer)
      throw AuthError(
        error.code, "the seed of the new MFA device of identity `\(identity)` could not be stored",
        hints: ["when the keyring works again, run `\(command)`"], cause: error)
    }
    effects.notice(
      "made MFA device \(run.device); its seed is in the \(effects.keyring.name) keyring")
    guard try await enable(run, isNew: true) else {
      throw AuthError(
        .unavailable, "IAM does not know the new MFA device \(run.device) yet",
        hints: ["run `\(command)` again in a minute"])
    }
  }

  private func make(_ run: Run, mayReplace: Bool) async throws(AuthError) -> Secret {
    let iam = run.services.iam
    do throws(CallFailure) {
      return try await iam.createDevice(named: run.name, signedWith: run.signer).seed
    } catch {
      guard error.code == "EntityAlreadyExists" else { throw failure(error, .create, run) }
    }
    guard mayReplace else { throw taken(run) }
    do throws(CallFailure) {
      try await iam.deleteDevice(run.device, signedWith: run.signer)
    } catch {
      guard error.code == "DeleteConflict" else { throw failure(error, .delete, run) }
      throw elsewhere(run)
    }
    effects.notice("deleted MFA device \(run.device), which was not in use")
    do throws(CallFailure) {
      return try await iam.createDevice(named: run.name, signedWith: run.signer).seed
    } catch {
      throw failure(error, .create, run)
    }
  }

  /// Enables the device.
  ///
  /// - Returns: Whether there is such a device.
  private func enable(_ run: Run, isNew: Bool) async throws(AuthError) -> Bool {
    defer { effects.progress(nil) }
    var refusals = 0
    var absences = 0
    while true {
      guard let codes = try await seeds.codes(of: run.device, at: effects.now()) else {
        return false
      }
      let failure: CallFailure
      do throws(CallFailure) {
        try await run.services.iam.enableDevice(
          run.device, of: run.user.name, codes: codes, signedWith: run.signer)
        return true
      } catch {
        failure = error
      }
      switch failure.code {
      case "EntityAlreadyExists":
        // The answer to an earlier call may have been lost.
        guard try await devices(run)?.contains(run.device) ?? true else { throw elsewhere(run) }
        return true
      case "NoSuchEntity" where !isNew || absences == 10:
        return false
      case "NoSuchEntity":
        // What was just made is not known everywhere at once.
        absences += 1
        try await wait(.seconds(min(absences, 3)))
      case "InvalidAuthenticationCode" where refusals < 2:
        refusals += 1
        try await waitUntil(codes.freshAt)
      default:
        throw self.failure(failure, .enable, run)
      }
    }
  }

  private func waitUntil(_ moment: Instant) async throws(AuthError) {
    while true {
      let left = effects.now().seconds(until: moment)
      guard left > 0 else { return }
      effects.progress("waiting for the device's next two codes (\(left) s)")
      try await wait(.seconds(1))
    }
  }

  private func wait(_ duration: Duration) async throws(AuthError) {
    do { try await effects.sleep(duration) } catch {
      throw AuthError(.unavailable, "registering an MFA device for `\(identity)` was interrupted")
    }
  }

  /// Names the device with the stored keys, so that the next session asks for its codes.
  ///
  /// - Returns: Whether it was named already.
  private func remember(_ run: Run) async throws(AuthError) -> Bool {
    if keys.settings.mfaARN == run.device { return true }
    guard keys.settings.configuredKeys == nil, var stored = try await keys.stored() else {
      return false
    }
    guard stored.mfaARN != run.device else { return true }
    stored.mfaARN = run.device
    try await keys.store(stored)
    return false
  }

  // MARK: What went wrong

  private enum Step: String {
    case create = "CreateVirtualMFADevice"
    case delete = "DeleteVirtualMFADevice"
    case enable = "EnableMFADevice"
  }

  private func failure(_ failure: CallFailure, _ step: Step, _ run: Run) -> AuthError {
    var error = run.services.iamError(
      failure, step.rawValue, on: step == .enable ? run.user.arn : run.device, as: run.user,
      signedWith: run.signer)
    if failure.code == "InvalidAuthenticationCode" {
      error.hints = [
        "check this computer's clock, since codes depend on it; then run `\(command)` again"
      ]
    } else if error.code == .unavailable {
      error = error.hint("run `\(command)` again to continue")
    }
    return error
  }

  /// The user's devices; `nil` when they may not be seen.
  private func devices(_ run: Run) async throws(AuthError) -> [String]? {
    do throws(CallFailure) {
      return try await run.services.iam.devices(of: run.user.name, signedWith: run.signer)
    } catch {
      if error.isDenied { return nil }
      throw run.services.iamError(
        error, "ListMFADevices", as: run.user, signedWith: run.signer)
    }
  }

  private func elsewhere(_ run: Run) -> AuthError {
    AuthError(
      .refused,
      "the MFA device \(run.device) is already in use, and its seed is not in the keyring",
      hints: [
        "make another one: `\(another(run))`; a user has eight at most",
        "or use that one: "
          + "`\(keys.typed("user", "configure", options: ["--mfa-arn", run.device]))`",
      ])
  }

  private func another(_ run: Run) -> String {
    keys.typed("mfa", "register", options: ["--device-name", "\(run.name)-2"])
  }

  private func taken(_ run: Run) -> AuthError {
    AuthError(
      .refused, "MFA device \(run.device) already exists and is not in use",
      hints: [
        "if no one is about to use it, delete it first: `\(keys.typed("mfa", "register", options: ["--replace"]))`",
        "or make another one: `\(another(run))`",
      ])
  }
}
