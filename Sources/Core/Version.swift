/// The release this is.
public enum Version {
  /// The number, as `--version` prints it.
  public static let current = "0.1.0"
}
