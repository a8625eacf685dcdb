import AuthConfiguration
package import Core
import Model
package import ToolCommands

/// What a tool that was run as an identity hands down to the tools that it starts: as whom it acts,
/// what it may do, and until when that counts.
///
/// terragrunt starts tofu, perhaps by a shim: that one is not looked at again, and gets what
/// terragrunt gives it. It grants nothing that a program could not get otherwise: with a made-up mark a
/// tool runs as with `command`.
package struct ToolMark: Equatable {
  /// The variable that holds it.
  package static let variable = "__ATMOS_AUTH_TOOL"

  /// The identity, as `ATMOS_IDENTITY` has it; empty for nobody.
  package var identity: String
  /// What the tool may do.
  package var commandClass: CommandClass
  /// The tool's process.
  package var process: Int32
  /// When the session ends, as RFC 3339 text in UTC; `nil` if it does not.
  package var end: String?

  /// Creates one from its parts.
  package init(identity: String, commandClass: CommandClass, process: Int32, end: String?) {
    self.identity = identity
    self.commandClass = commandClass
    self.process = process
    self.end = end
  }

  /// Reads ``text``; `nil` for anything else.
  package init?(_ text: String?) {
    let fields = text?.split(separator: " ", omittingEmptySubsequences: false) ?? []
    guard fields.count == 5, fields[0] == "1", let number = Int(fields[1]),
      let commandClass = CommandClass(rawValue: number), let process = Int32(fields[2]),
      process > 0, let identity = Percent.decode(fields[4].utf8)
    else { return nil }
    self.init(
      identity: identity, commandClass: commandClass, process: process,
      end: fields[3] == "-" ? nil : String(fields[3]))
  }

  /// The mark of a tool that is run as somebody; `nil` for other programs, and for nobody.
  ///
  /// terragrunt has one for nobody as well, since `terragrunt-auth` answers it for each unit.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments.
  ///   - choice: Who it runs as; `nil` if it runs as if there were no wrapper.
  ///   - context: What is around it.
  ///   - delivered: The tool's environment.
  init?(
    of command: [String], as choice: ChosenIdentity?, _ context: CommandContext,
    _ delivered: [String: String]
  ) {
    guard let tool = ToolCommand.read(command, environment: delivered) else { return nil }
    guard case .identity(let who) = choice else {
      guard tool.tool == "terragrunt" else { return nil }
      self.init(
        identity: "", commandClass: tool.commandClass, process: context.surroundings.process,
        end: nil)
      return
    }
    let expiry = context.registry.cloud(who.record.cloud)?.variables.expiry
    self.init(
      identity: who.record.name, commandClass: tool.commandClass,
      process: context.surroundings.process, end: expiry.flatMap { delivered[$0] })
  }

  /// It as the variable's value.
  package var text: String {
    "1 \(commandClass.rawValue) \(process) \(end ?? "-") \(Percent.encode(identity))"
  }

  /// Whether a tool inside may do this without being looked at.
  package func covers(
    _ commandClass: CommandClass, at now: Instant, isRunning: (_ process: Int32) -> Bool
  ) -> Bool {
    // Both texts are of one form, so the later one is the greater one.
    let isOver = end.map { $0 <= Timestamp.rfc3339(now) } ?? false
    return commandClass <= self.commandClass && !isOver && isRunning(process)
  }
}
