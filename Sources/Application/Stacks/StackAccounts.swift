import AWS
import AuthConfiguration
import Core

/// Whom stacks act as where neither their manifests nor `auth.stacks` say: the identity in the account
/// that the accounts map has for them.
///
/// The map is that of `assume`; see ``AccountsLookup``. docs/stacks.md tells it to people.
struct StackAccounts {
  private let found: AccountsLookup.Found?
  private let identities: [IdentityRecord]
  /// Why the map cannot be read.
  private let fault: String?

  /// Reads the map, if any of the stacks needs it.
  init(for stacks: [Stack], _ context: CommandContext) throws(AuthError) {
    guard stacks.contains(where: { $0.choice == .nothing }) else {
      (found, identities, fault) = (nil, [], nil)
      return
    }
    identities = try context.configuration.readableCatalog(mayBeMissing: true).identities
    do throws(AuthError) {
      found = try AccountsLookup(named: nil, context: context).find()
      fault = nil
    } catch {
      (found, fault) = (nil, error.message)
    }
  }

  /// A stack with what the map says of it.
  func applied(to stack: Stack) -> Stack {
    guard stack.choice == .nothing, stack.hasName else { return stack }
    var stack = stack
    if let fault {
      stack.choice = .unknown(fault)
      return stack
    }
    guard let found else { return stack }
    let entries = Self.entries(for: stack.name, in: found.file.entries)
    guard let entry = entries.first else { return stack }
    stack.isChosenByCheckout = stack.isChosenByCheckout || !found.isOwn
    guard entries.allSatisfy({ $0.id == entry.id }) else {
      let names = entries.map { DisplayText.sanitized($0.name, limit: 60) }.joined(separator: ", ")
      stack.choice = .unknown(
        "several accounts of \(DisplayText.sanitized(found.path)) fit its name: \(names)")
      return stack
    }
    let names = identities.filter { $0.account == entry.id && Self.has(entry.role, $0) }
      .map(\.name)
    switch names.count {
    case 0: break
    case 1: stack.choice = .identity(names[0])
    default: stack.choice = .several(names)
    }
    return stack
  }

  // A role that the map names for the account says which identity of several.
  private static func has(_ role: String?, _ identity: IdentityRecord) -> Bool {
    guard let role, let principal = identity.principal else { return role == nil }
    return principal == role || principal.hasSuffix(":role/\(role)")
  }

  /// The accounts of a stack's name: the one that is called so, or else the one whose name is made of
  /// parts of it, in their order; that with all parts of the others, or all where there is none.
  static func entries(for name: String, in entries: [AccountEntry]) -> [AccountEntry] {
    let whole = entries.filter { $0.name.lowercased() == name.lowercased() }
    guard whole.isEmpty else { return whole }
    let wanted = parts(of: name)
    let fitting = entries.map { (entry: $0, parts: parts(of: $0.name)) }
      .filter { !$0.parts.isEmpty && isPart($0.parts, of: wanted) }
    let fullest = fitting.filter { one in fitting.allSatisfy { isPart($0.parts, of: one.parts) } }
    return (fullest.isEmpty ? fitting : fullest).map(\.entry)
  }

  private static func parts(of name: String) -> [Substring] {
    name.lowercased().split { "-_/. ".contains($0) }
  }

  private static func isPart(_ parts: [Substring], of all: [Substring]) -> Bool {
    var rest = parts[...]
    for part in all where part == rest.first { rest.removeFirst() }
    return rest.isEmpty
  }
}

extension CommandContext {
  /// The stacks that the configuration's manifests define, with whom each acts as.
  func definedStacks() throws(AuthError) -> [Stack] {
    let stacks = try configuration.full().stacks()
    let accounts = try StackAccounts(for: stacks, self)
    return stacks.map(accounts.applied)
  }

  /// The stack called `name`, with whom it acts as.
  func definedStack(named name: String, component: String?) throws(AuthError) -> Stack {
    let stack = try configuration.full().stack(named: name, component: component)
    return try StackAccounts(for: [stack], self).applied(to: stack)
  }
}
