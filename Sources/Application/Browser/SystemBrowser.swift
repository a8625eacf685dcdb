package import Core
import Model
import Programs

/// The browser of the person's desktop.
///
/// The address is in the arguments of the program that is started, where every user of the
/// machine can read it: pages whose address is a secret go through a `LoopbackRedirect`.
package struct SystemBrowser: Browser {
  package let isHere: Bool
  private let commands: [BrowserCommand]
  private let environment: [String: String]
  private let start: @Sendable (_ path: String, _ arguments: [String]) -> Bool

  /// A browser that is opened by the first of `commands` that is installed; `nil` when there are
  /// none.
  package init?(_ commands: [BrowserCommand], environment: [String: String], isHere: Bool = true) {
    self.init(commands, environment: environment, isHere: isHere) { path, arguments in
      do throws(ProgramLaunch.Errno) {
        try ProgramLaunch.startDetached(path, arguments: arguments, environment: environment)
        return true
      } catch {
        return false
      }
    }
  }

  package init?(
    _ commands: [BrowserCommand], environment: [String: String], isHere: Bool = true,
    start: @escaping @Sendable (_ path: String, _ arguments: [String]) -> Bool
  ) {
    guard !commands.isEmpty else { return nil }
    self.isHere = isHere
    self.commands = commands
    self.environment = environment
    self.start = start
  }

  package func open(_ url: Secret) async -> Bool {
    let address = url.revealed()
    guard Self.isSafe(address) else { return false }
    return commands.contains { command in
      guard
        let path = try? ProgramPath.find(command.program, path: environment["PATH"])
      else { return false }
      return start(path, command.arguments(for: address))
    }
  }

  /// Whether an address is one, and cannot be taken for an option, a file or a piece of a command
  /// line by the programs that it is handed to.
  ///
  /// Services' answers decide about some addresses.
  static func isSafe(_ address: String) -> Bool {
    let schemes = ["https://", "http://", "ext+container:"]
    return schemes.contains(where: address.hasPrefix)
      && address.utf8.allSatisfy { byte in
        (0x21...0x7E).contains(byte) && !#""'<>\^`{|}"#.utf8.contains(byte)
      }
  }
}
