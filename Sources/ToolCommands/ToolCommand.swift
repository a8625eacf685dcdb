/// What a command line of a tool that works in clouds asks for.
///
/// It is read as the tool itself would read it, from the tables in `Table`. A word, or an option in
/// front of the command, that is in no table makes it count as ``CommandClass/apply``. No file is read
/// but the person's own aliases of the AWS CLI, which can only make it more.
public struct ToolCommand: Sendable, Equatable {
  /// The name that decided how it was read, such as `terraform`.
  public let tool: String
  /// What it asks for.
  public let commandClass: CommandClass
  /// The command's own words, such as `state` and `rm`; never an argument or a value.
  public let words: [String]
  /// Where it works when not in the working directory, as it was written: `-chdir=`,
  /// `--working-dir`, `--chdir`, `-C`.
  public let directory: String?
  /// The stack that atmos is told, by `-s` or `ATMOS_STACK`.
  public let stack: String?
  /// The component that atmos is told, where its command has one.
  public let component: String?
  /// An identity or profile that the line itself names: atmos' `--identity`, the AWS CLI's
  /// `--profile`.
  ///
  /// It is to be reported, since the tool may go past what it is given.
  public let identity: String?
  /// Whether it carries out a plan that was saved: `terraform apply FILE`, `atmos terraform apply
  /// --from-plan`, `pulumi up --plan`.
  public let appliesSavedPlan: Bool
  /// Whether the tool asks nothing before it changes things: `-auto-approve`, a saved plan, and
  /// tools that never ask.
  public let approvesItself: Bool
  /// Why it counts as ``CommandClass/apply`` when that is not plain from its words; a clause that
  /// repeats none of its arguments.
  public let reason: String?

  /// Reads a command line.
  ///
  /// - Parameters:
  ///   - arguments: The program as it was typed, of whose path the last part counts, and its
  ///     arguments.
  ///   - environment: The variables that the tool will see; some hold arguments.
  /// - Returns: `nil` when the program is not one of ``tools``.
  public static func read(
    _ arguments: [String], environment: [String: String]
  ) -> ToolCommand? {
    guard let name = name(ofProgram: arguments) else { return nil }
    let words = Array(arguments.dropFirst())
    let reading: Reading
    switch name {
    case "terraform", "tofu": reading = TerraformReader(name, environment).read(words)
    case "terragrunt": reading = TerragruntReader(environment).read(words)
    case "atmos": reading = AtmosReader(environment).read(words)
    case "pulumi": reading = CobraReader.pulumi(words, environment)
    case "helm": reading = CobraReader.helm(words)
    case "helmfile": reading = CobraReader.helmfile(words, environment)
    case "kubectl": reading = CobraReader.kubectl(words)
    case "packer": reading = PackerReader.read(words)
    case "aws": reading = VerbReader.aws(words, environment)
    case "gcloud": reading = VerbReader.gcloud(words)
    case "az": reading = VerbReader.az(words)
    default: return nil
    }
    return ToolCommand(name, reading)
  }

  /// The last part of the program's path; `nil` when there is none.
  ///
  /// It says which tool it is without reading the rest, which takes a look at the tool's table.
  static func name(ofProgram arguments: [String]) -> String? {
    arguments.first?.split(separator: "/").last.map(String.init)
  }

  /// Whether a command line is one of a tool.
  public static func isOf(_ tool: String, _ arguments: [String]) -> Bool {
    name(ofProgram: arguments) == tool
  }

  /// The names of the tools whose command lines can be read.
  public static let tools = [
    "atmos", "aws", "az", "gcloud", "helm", "helmfile", "kubectl", "packer", "pulumi", "terraform",
    "terragrunt", "tofu",
  ]

  private init(_ tool: String, _ reading: Reading) {
    self.tool = tool
    commandClass = reading.commandClass
    words = reading.words
    directory = reading.directory
    stack = reading.stack
    component = reading.component
    identity = reading.identity
    let changes = reading.commandClass == .apply
    appliesSavedPlan = changes && reading.appliesSavedPlan
    approvesItself = changes && (reading.approvesItself || reading.appliesSavedPlan)
    reason = changes ? reading.reason : nil
  }
}
