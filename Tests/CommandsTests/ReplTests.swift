import AWS
import ArgumentParser
import Core
import Foundation
import LocalKinds
import Model
import TestSupport
import Testing

@testable import Application
@testable import Commands

@Suite struct ReplTests {
  // MARK: - State

  @Test func `choosing somebody else takes the roles off`() throws {
    var state = ReplState(.named("dev"))
    state.roles = [try Self.role("arn:aws:iam::123456789012:role/a")]
    state.choose(.named("prod"))
    #expect(state.roles.isEmpty && state.choice == .named("prod") && state.hasChanged)
    try state.goBack()
    #expect(state.choice == .named("dev"))
    try state.goBack()
    #expect(state.choice == .named("prod"))
  }

  @Test func `there is nothing to go back to at first`() {
    var state = ReplState(.unstated)
    #expect(throws: AuthError.self) { try state.goBack() }
    state.choose(.unstated)
    #expect(!state.hasChanged)
  }

  // MARK: - Roles

  private static func role(_ arn: String, _ externalID: String? = nil) throws -> AdHocRole {
    try AdHocRole([("assume_role", arn), ("external_id", externalID)])
  }

  @Test func `a role is called by the last part of its path`() throws {
    #expect(try Self.role("arn:aws-cn:iam::123456789012:role/ops/eu/Audit").name == "Audit")
  }

  @Test func `a role does what an identity of the kind would do`() throws {
    let role = try Self.role("arn:aws:iam::123456789012:role/Audit", "ab-1")
    #expect(
      role.source.traits == [
        Trait("role", "arn:aws:iam::123456789012:role/Audit"), Trait("external_id", "ab-1"),
      ])
    #expect(role.principal.map(\.key) == ["assume_role", "external_id"])
  }

  @Test(arguments: [
    "Audit", "arn:aws:iam::12345:role/Audit", "arn:aws:iam::123456789012:user/jane",
    "arn:aws:sts::123456789012:assumed-role/Audit/x", "arn:aws:iam::123456789012:role/",
  ])
  func `what is no role's ARN is refused`(text: String) {
    #expect(throws: AuthError.self) { try Self.role(text) }
  }

  @Test func `an external id that STS would refuse is refused before`() {
    let error = #expect(throws: AuthError.self) {
      try Self.role("arn:aws:iam::123456789012:role/Audit", "a b")
    }
    #expect(error?.message.contains("external_id") == true)
  }

  // MARK: - The calling shell

  @Test(arguments: [
    (IdentityChoice.named("team a"), "team a" as String?, false), (.nobody, "none", false),
    (.unstated, nil, true),
  ])
  func `what was kept is asked for once`(
    choice: IdentityChoice, name: String?, isAuto: Bool
  ) throws {
    let home = Scratch.unusedPath()
    let paths = StatePaths(environment: { $0 == "HOME" ? home : nil })
    let kept = try #require(KeptIdentity(shell: "4711", paths: paths))
    var flags = ConfigurationFlags()
    flags.directory = "/a\nb"
    flags.profiles = ["x"]
    try kept.write(choice, flags)
    let (request, read) = try #require(try kept.take(for: .bash))
    #expect(request.name == name && request.isAuto == isAuto && request.shell == .bash)
    #expect(read.directory == "/a\nb" && read.profiles == ["x"])
    #expect(try kept.take(for: .bash) == nil)
  }

  @Test(arguments: ["", "0", "-3", "x", "../../etc"])
  func `a shell is named by its number`(text: String) {
    #expect(KeptIdentity(shell: text, paths: StatePaths(environment: { _ in nil })) == nil)
  }

  @Test func `options fill each other in unless they lead elsewhere`() {
    var base = ConfigurationFlags()
    (base.directory, base.identity) = ("/a", .named("dev"))
    #expect(ConfigurationFlags().filled(from: base) == base)
    var other = ConfigurationFlags()
    other.configFiles = ["x"]
    #expect(other.filled(from: base) == other)
    other = ConfigurationFlags()
    other.identity = .named("prod")
    #expect(other.filled(from: base).directory == "/a")
    #expect(other.filled(from: base).identity == .named("prod"))
  }

  // MARK: - Words

  @Test func `whatever help lists first can be typed`() {
    let names = ReplTable.words.map(\.command.name)
    #expect(names.first == "login" && names.last == "exit" && names.count == 17)
    #expect(Set(names).isSuperset(of: Set(ReplWords.names).subtracting(["quit"])))
  }

  @Test func `mfa has its own options here, and its commands from outside`() throws {
    let mfa = try #require(ReplTable.all.first { $0.name == "mfa" })
    #expect(mfa.allOptions.flatMap(\.names).contains("--age"))
    #expect(mfa.subcommands.map(\.name).contains("register"))
  }

  @Test func `words that are borrowed are commands`() {
    let commands = Set(AtmosAuth.commandNames)
    for command in ReplTable.borrowed { #expect(commands.contains(command.name)) }
    #expect(!ReplTable.borrowed.contains { $0.name == "repl" })
  }
}
