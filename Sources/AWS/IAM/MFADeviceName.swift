/// What MFA devices are called: an ARN for virtual ones, a serial number for others.
public enum MFADeviceName {
  /// Why STS cannot ask a device of this name for codes, as the end of a sentence, and what to do.
  ///
  /// - Returns: `nil` for a name that a device may have.
  public static func fault(_ name: String) -> (what: String, remedy: String)? {
    if name.contains(":u2f/") {
      return (
        "names a security key, which STS cannot ask for codes",
        "add a virtual MFA device to the user and name that"
      )
    }
    let isSerial = name.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        || "+=/:,.@-_".unicodeScalars.contains(scalar)
    }
    guard (9...256).contains(name.count), isSerial else {
      return (
        "is neither the ARN nor the serial number of an MFA device",
        "it looks like `arn:aws:iam::123456789012:mfa/jane` or `GAHT12345678`"
      )
    }
    return nil
  }
}
