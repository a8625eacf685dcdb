import AuthConfiguration
import Core

/// The AWS configuration that hooked shells and programs are given: one profile for each AWS
/// identity, whose credentials come from `atmos-auth credential-process`.
///
/// It holds no secret. Every identity is in it, so that `AWS_PROFILE=other aws …` works too.
struct ManagedAWSProfiles {
  package var catalog: Catalog
  package var paths: StatePaths
  /// The absolute path of this program.
  package var executable: String

  /// Where the profiles are: the value of `AWS_CONFIG_FILE`.
  package var configPath: String { paths.awsConfigPath(key: catalog.awsKey) }

  /// An empty file: the value of `AWS_SHARED_CREDENTIALS_FILE`, so that a profile of the same name
  /// in `~/.aws/credentials` cannot win.
  var credentialsPath: String { paths.awsCredentialsPath(key: catalog.awsKey) }

  /// Writes the files, unless they already say the same.
  package func write() throws(AuthError) {
    // What the file was made from stands beside it, so that 5,000 profiles need not be made again
    // to learn that nothing changed. The number in front is that of the form of the file.
    let stampPath = FileSystem.parent(of: configPath) + "/made-from"
    let stamp = Array("2 \(contentKey) \(executable)\n".utf8)
    if FileSystem.exists(configPath), FileSystem.exists(credentialsPath),
      try FileSystem.readFile(stampPath) == stamp
    {
      return
    }
    let text = try text()
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

  private func text() throws(AuthError) -> String {
    var result = "# Written by atmos-auth; changes are lost.\n"
    for profile in try catalog.awsProfiles(executable: executable, withAmbient: true) {
      result += "\n" + profile.text
    }
    return result
  }
}
