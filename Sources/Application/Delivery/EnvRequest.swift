import AuthConfiguration
package import Core
import Model
import Terminal

/// What `env` does, apart from the command line.
package struct EnvRequest {
  package var format: String?
  package var outputFile: String?
  package var login = false
  package var isStatic = false

  /// Creates it from its parts.
  package init(
    format: String? = nil, outputFile: String? = nil, login: Bool = false, isStatic: Bool = false
  ) {
    self.format = format
    self.outputFile = outputFile
    self.login = login
    self.isStatic = isStatic
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    // Before anybody is asked for anything.
    _ = try place(context.surroundings.environment)
    return try write(try await delivery(context), context)
  }

  /// The form that was asked for, and the file; `nil` for standard output.
  ///
  /// - Throws: ``AuthError`` with code `usage` for a form that there is not, or that needs a file.
  package func place(
    _ environment: [String: String]
  ) throws(AuthError) -> (format: EnvFormat, file: String?, isRunners: Bool) {
    let format = try EnvFormat(
      argument: self.format ?? Self.value("ATMOS_AUTH_ENV_FORMAT", environment) ?? "bash")
    let file = outputFile ?? Self.value("ATMOS_AUTH_ENV_OUTPUT_FILE", environment)
    guard file == nil, format == .github else { return (format, file, false) }
    guard let file = Self.value("GITHUB_ENV", environment) else {
      throw AuthError(
        .usage, "no file for `--format github`: GITHUB_ENV is not set",
        hints: ["add `--output-file PATH`"])
    }
    return (format, file, true)
  }

  /// Writes variables in the form, and to the place, that was asked for.
  package func write(_ delivery: Delivery, _ context: CommandContext) throws(AuthError) -> Int32 {
    let environment = context.surroundings.environment
    let (format, file, isRunners) = try place(environment)
    let text = try format.text(delivery)
    // Before anything else: what comes after it may fail, and say why in the job's log.
    if format == .github, environment["GITHUB_ACTIONS"] == "true" {
      try context.emit(JobLogMask.commands(for: delivery))
    }
    if let file {
      let path = context.absolute(file)
      if format == .json {
        try FileSystem.writeAtomically(path, Array(text.utf8))
      } else {
        // A runner makes its own file, often readable for all, and expects keys there.
        try AppendedFile.append(
          text, to: path, for: isRunners ? .runner : !delivery.secret.isEmpty ? .owner : .anyone)
      }
      return 0
    }
    try context.emit(text)
    return 0
  }

  private func delivery(_ context: CommandContext) async throws(AuthError) -> Delivery {
    switch try await context.chosenIdentity() {
    case .nobody: return context.nobodyDelivery()
    case .identity(let who):
      let credential =
        login || isStatic
        ? try await context.sessionUnlessAmbient(of: who) : try await context.remembered(who)
      let delivery = try Delivery(
        who, credential: credential, isStatic: isStatic, context: context)
      try await context.writeDown(
        HandOut(.env, isStatic ? .keys : .profile, of: who.record, credential),
        in: who.configuration)
      return delivery
    }
  }

  private static func value(_ name: String, _ environment: [String: String]) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
