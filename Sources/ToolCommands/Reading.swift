/// What a reader found out about a command line so far.
struct Reading: Equatable {
  var commandClass: CommandClass
  var words: [String] = []
  var directory: String?
  var stack: String?
  var component: String?
  var identity: String?
  var appliesSavedPlan = false
  var approvesItself = false
  var reason: String?

  /// A command that is not in the tool's table.
  static func unknown(_ tool: String, _ words: [String] = []) -> Reading {
    Reading(
      commandClass: .apply, words: words, approvesItself: true,
      reason: "it is not a command of \(tool) that is known")
  }

  /// A line that the tool itself refuses, as far as is known.
  static func refused(_ tool: String, _ words: [String] = []) -> Reading {
    Reading(
      commandClass: .apply, words: words, approvesItself: true,
      reason: "there is an option before its command that \(tool) is not known to take there")
  }

  /// Makes it count as ``CommandClass/apply``, and says why.
  mutating func raise(_ reason: String) {
    if commandClass != .apply || self.reason == nil { self.reason = reason }
    commandClass = .apply
  }
}
