/// Where one-time codes of a device may come from, as `mfa.sources` names it.
///
/// It is not a trait of a link, since it changes nothing about what is obtained: another source
/// leaves sessions as they are. A person's `allow` covers it all the same.
public enum CodeSource: Sendable, Hashable {
  /// `keyring`: made here, from the seed that `mfa add` stored.
  case keyring
  /// `terminal`: typed at /dev/tty.
  case terminal
  /// `desktop`: typed into a window.
  case desktop
  /// `ykman`: made by a YubiKey; the account on it, or `nil` for one that is called like the device.
  case yubiKey(account: String?)
  /// `pass`: made by pass-otp from an entry of the password store.
  case pass(entry: String)
  /// `op`: made by 1Password; an item, or a secret reference that begins with `op://`.
  case onePassword(item: String)
  /// `command`: printed by any program; its words, and where it runs: beside the file that names it,
  /// so that words which are names of files mean those that were looked at.
  case command([String], directory: String? = nil)

  /// The words that name sources in configuration files.
  public static let names = ["keyring", "terminal", "desktop", "ykman", "pass", "op", "command"]

  /// The word that names the source.
  public var name: String {
    switch self {
    case .keyring: "keyring"
    case .terminal: "terminal"
    case .desktop: "desktop"
    case .yubiKey: "ykman"
    case .pass: "pass"
    case .onePassword: "op"
    case .command: "command"
    }
  }

  /// Whether a person answers.
  public var asksPerson: Bool { self == .terminal || self == .desktop }
}
