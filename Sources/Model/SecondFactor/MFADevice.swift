/// What the ARN of an MFA device shows.
public enum MFADevice {
  /// Whom a device belongs to, as its name says it: `jane` of `arn:aws:iam::123456789012:mfa/jane`.
  ///
  /// AWS recommends to call devices like their users, and many policies ask for it. A serial number is
  /// returned as it is.
  public static func person(_ device: String) -> String {
    let name = device.split(separator: "/").last.map(String.init) ?? device
    return name.isEmpty ? device : name
  }
}
