import Application
import Core
import Terminal

/// The commands that other programs and shells run all day, without the option parser.
///
/// Parsing with ArgumentParser takes 5 ms of a cached `credential-process`, whose budget is 8: it
/// looks types up by name at run time, among all types of the program. What is understood here is
/// understood in the same way; anything else, `--help` included, is left to the parser.
struct HotPath {
  /// What to run.
  enum Request {
    case credentialProcess(CredentialProcessRequest)
    case env(EnvRequest)
    case exec(ExecRequest)
    case complete(CompletionAnswer)
    case registryHelper(RegistryHelper)
    case clusterToken(ClusterTokenRequest)
    case terragruntAuth(TerragruntAuthRequest)
  }

  var request: Request
  var flags: ConfigurationFlags

  /// Reads rewritten arguments; `nil` when they are not for this path.
  init?(_ arguments: [String]) {
    var words = arguments[...]
    guard let command = words.popFirst() else { return nil }
    flags = ConfigurationFlags()
    if command == "__complete" {
      request = .complete(CompletionAnswer(words: Array(words)))
      return
    }
    if command == Self.registryHelper {
      request = .registryHelper(RegistryHelper(verb: words.first ?? ""))
      return
    }
    guard
      ["credential-process", "env", "exec", "eks-token", "terragrunt-auth"].contains(command)
    else { return nil }
    var terragrunt = TerragruntAuthRequest()
    var token = ClusterTokenRequest(cluster: "", region: "")
    var process = CredentialProcessRequest()
    var env = EnvRequest()
    var exec = ExecRequest(command: [])
    var name: String?
    while let word = words.popFirst() {
      if word == "--" {
        guard command == "exec" else { return nil }
        exec.command = Array(words)
        break
      }
      switch (command, word) {
      case ("env", "--login"): env.login = true
      case ("env", "--static"): env.isStatic = true
      case ("exec", "--static"): exec.isStatic = true
      case ("exec", "--wrapper"): exec.isWrapper = true
      case (_, GlobalOption.noColor.long): flags.noColor = true
      case ("env", _) where !word.hasPrefix("-"), ("exec", _) where !word.hasPrefix("-"):
        guard name == nil else { return nil }
        name = word
      default:
        guard let (name, value) = Self.option(word, &words) else { return nil }
        switch (command, name) {
        case ("credential-process", "--bound"): process.bound = value
        case ("credential-process", "--narrowed"): process.narrowed = value
        case ("eks-token", "--bound"): token.bound = value
        case ("eks-token", "--cluster"), ("eks-token", "--cluster-name"): token.cluster = value
        case ("eks-token", "--region"): token.region = value
        case ("env", "--format"), ("env", "-f"): env.format = value
        case ("env", "--output-file"), ("env", "-o"): env.outputFile = value
        case ("exec", "--min-validity"):
          guard let seconds = try? ExecRequest.seconds(value) else { return nil }
          exec.minimumValidity = seconds
        case ("terragrunt-auth", "--min-validity"):
          guard let seconds = try? ExecRequest.seconds(value) else { return nil }
          terragrunt.minimumValidity = seconds
        default:
          guard flags.take(name, value) else { return nil }
        }
      }
    }
    if let name {
      // Only the parser says what is wrong with a second identity, or with no program.
      guard flags.identity == .unstated, command == "env" || !exec.command.isEmpty else {
        return nil
      }
      flags.identity = IdentityChoice(argument: name)
    }
    switch command {
    case "eks-token":
      // Only the parser says what is missing.
      guard !token.cluster.isEmpty, !token.region.isEmpty else { return nil }
      request = .clusterToken(token)
    case "env": request = .env(env)
    case "exec": request = .exec(exec)
    case "terragrunt-auth": request = .terragruntAuth(terragrunt)
    default: request = .credentialProcess(process)
    }
  }

  /// The word that stands for a start as Docker's credential helper; see ``Surroundings``.
  static let registryHelper = Surroundings.registryHelper

  private static func option(
    _ word: String, _ words: inout ArraySlice<String>
  ) -> (String, String)? {
    guard word.hasPrefix("-") else { return nil }
    if word.hasPrefix("--"), let equals = word.firstIndex(of: "=") {
      return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }
    guard let value = words.popFirst(), !value.hasPrefix("-") else { return nil }
    return (word, value)
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try NarrowedProgram.check(name, context.surroundings.environment)
    switch request {
    case .credentialProcess(let request): return try await request.run(context)
    case .env(let request): return try await request.run(context)
    case .exec(let request): return try await request.run(context)
    case .registryHelper(let request): return try await request.run(context)
    case .clusterToken(let request): return try await request.run(context)
    case .terragruntAuth(let request): return try await request.run(context)
    case .complete(let answer):
      try context.emit(answer.text(context))
      return 0
    }
  }

  /// The command's name.
  private var name: String {
    switch request {
    case .credentialProcess: "credential-process"
    case .env: "env"
    case .exec: "exec"
    case .complete: "__complete"
    case .registryHelper: "docker-credential-atmos-auth"
    case .clusterToken: "eks-token"
    case .terragruntAuth: "terragrunt-auth"
    }
  }

  /// Whether errors are reported as JSON.
  var wantsJSON: Bool {
    if case .env(let request) = request { request.format == "json" } else { false }
  }
}
