import AuthConfiguration
import Core

/// The AWS configuration that hooked shells and programs are given: one profile for each AWS
/// identity, whose credentials come from `atmos-auth credential-process`.
///
/// It holds no secret. Every identity is in it, so that `AWS_PROFILE=other aws …` works too.
struct ManagedAWSProfiles {
  var catalog: Catalog
  var paths: StatePaths
  /// The absolute path of this program.
  var executable: String

  /// Where the profiles are: the value of `AWS_CONFIG_FILE`.
  var configPath: String { paths.awsConfigPath(key: catalog.awsKey) }

  /// An empty file: the value of `AWS_SHARED_CREDENTIALS_FILE`, so that a profile of the same name
  /// in `~/.aws/credentials` cannot win.
  var credentialsPath: String { paths.awsCredentialsPath(key: catalog.awsKey) }

  /// Writes the files, unless they already say the same.
  func write() throws(AuthError) {
    // What the file was made from stands beside it, so that 5,000 profiles need not be made again
    // to learn that nothing changed.
    let stampPath = FileSystem.parent(of: configPath) + "/made-from"
    let stamp = Array("\(contentKey) \(executable)\n".utf8)
    if FileSystem.exists(configPath), FileSystem.exists(credentialsPath),
      try FileSystem.readFile(stampPath) == stamp
    {
      return
    }
    try FileSystem.writeAtomically(credentialsPath, [UInt8]())
    try FileSystem.writeAtomically(configPath, text.utf8)
    try FileSystem.writeAtomically(stampPath, stamp)
  }

  // What the profiles were made from: every file and variable the configuration depends on.
  private var contentKey: String {
    var hash = Hash.fnv1a("\(catalog.realm)\n".utf8)
    for input in catalog.inputs {
      hash = Hash.fnv1a("\(input.path) \(input.stamp?.text ?? "-")\n".utf8, from: hash)
    }
    for input in catalog.environmentInputs {
      let value = input.hash.map { Hash.hex($0) } ?? "-"
      hash = Hash.fnv1a("\(input.name) \(value)\n".utf8, from: hash)
    }
    return Hash.hex(hash)
  }

  private var text: String {
    var result = "# Written by atmos-auth; changes are lost.\n"
    let arguments = ([executable, "credential-process"] + catalog.reproducingArguments)
      .map(Self.quoted).joined(separator: " ")
    for record in catalog.identities
    where !record.isAmbient && IdentityName.isShellSafe(record.name)
      && (record.kind.hasPrefix("aws/") || record.kind.hasPrefix("mock"))
    {
      result += "\n[profile \(Self.section(record.name))]\n"
      result += "credential_process = \(arguments) --identity \(Self.quoted(record.name))\n"
      if let region = record.region, !region.contains("\n") { result += "region = \(region)\n" }
    }
    return result
  }

  // SDKs take the command apart like a shell without expansion: double quotes group, and inside
  // them a backslash escapes (botocore's `compat_shell_split`).
  private static func quoted(_ word: String) -> String {
    let plain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789._/@+:-=,".contains(Character(scalar)))
    }
    guard !plain || word.isEmpty else { return word }
    let escaped = word.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
    return "\"\(escaped)\""
  }

  private static func section(_ name: String) -> String {
    name.contains(" ") ? "\"\(name)\"" : name
  }
}
