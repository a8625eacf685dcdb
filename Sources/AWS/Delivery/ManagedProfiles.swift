internal import Core
internal import Model

/// The AWS configuration that shells and programs are given: one profile for each AWS identity,
/// whose credentials come from `atmos-auth credential-process`.
///
/// It holds no secret. Every identity is in it, so that `AWS_PROFILE=other aws …` works too.
struct ManagedProfiles {
  var request: DeliveryRequest

  /// Where the profiles are: the value of `AWS_CONFIG_FILE`.
  private var configPath: String { request.directory + "/config" }

  /// An empty file: the value of `AWS_SHARED_CREDENTIALS_FILE`, so that a profile of the same name
  /// in `~/.aws/credentials` cannot win.
  private var credentialsPath: String { request.directory + "/credentials" }

  /// The variables that make a tool use the identity's profile, and no other credentials.
  var variables: [VariableChange] {
    Cloud.awsVariables.conflicting.map(VariableChange.unset) + [
      .set("AWS_CONFIG_FILE", to: configPath),
      .set("AWS_SHARED_CREDENTIALS_FILE", to: credentialsPath),
      .set("AWS_PROFILE", to: request.identity),
      .set("AWS_SDK_LOAD_CONFIG", to: "1"),
      .set("AWS_EC2_METADATA_DISABLED", to: "true"),
    ]
  }

  /// Writes the files, unless they already say the same.
  func write() throws(AuthError) {
    // What the file was made from stands beside it, so that 5,000 profiles need not be made again
    // to learn that nothing changed. The number in front is that of the form of the file.
    let stampPath = Self.stampPath(request.directory)
    let stamp = Self.stamp(request.source, request.program)
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

  private static func stampPath(_ directory: String) -> String { directory + "/made-from" }

  private static func stamp(_ source: String, _ program: String) -> [UInt8] {
    Array("2 \(source) \(program)\n".utf8)
  }

  /// Makes the profiles in `directory` run `program` if the one they name no longer exists, for
  /// instance because it was installed in another place.
  static func follow(_ program: String, in directory: String) throws(AuthError) {
    guard let bytes = try FileSystem.readFile(stampPath(directory)) else { return }
    let fields = String(decoding: bytes, as: UTF8.self)
      .split(separator: " ", maxSplits: 2).map(String.init)
    guard fields.count == 3, let named = fields.last?.dropLast(), named != program,
      !FileSystem.exists(String(named)), let config = try FileSystem.readFile(directory + "/config")
    else { return }
    let old = try "credential_process = " + AWSProfile.joined([String(named)]) + " "
    let new = try "credential_process = " + AWSProfile.joined([program]) + " "
    let lines = String(decoding: config, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let text = lines.map { $0.hasPrefix(old) ? new + $0.dropFirst(old.count) : String($0) }
    try FileSystem.writeAtomically(directory + "/config", text.joined(separator: "\n").utf8)
    try FileSystem.writeAtomically(stampPath(directory), stamp(fields[1], program))
  }

  private func text() throws(AuthError) -> String {
    let command = AWSProfile.command(program: request.program, arguments: request.arguments)
    var result = "# Written by atmos-auth; changes are lost.\n"
    for profile in try AWSProfile.profiles(of: request.identities(), command: command) {
      result += "\n" + profile.text
    }
    return result
  }
}
