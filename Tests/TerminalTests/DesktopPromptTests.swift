import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Terminal

/// Questions in a window, with programs that tell how they were called.
@Suite struct DesktopPromptTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func prompt(
    _ programs: [String: String], _ variables: [String: String] = ["DISPLAY": ":0"]
  ) throws -> DesktopPrompt? {
    for (name, script) in programs {
      _ = try scratch.program(name, script)
    }
    return DesktopPrompt(environment: variables.merging(["PATH": scratch.path]) { $1 })
  }

  private static let echo = "for word; do printf '[%s]' \"$word\"; done; echo; echo more"

  @Test(arguments: [
    ("zenity", false, "[--entry][--title=atmos-auth][--text=Code of a&amp;b &lt;c>:]"),
    ("zenity", true, "[--entry][--title=atmos-auth][--text=Code of a&amp;b &lt;c>:][--hide-text]"),
    ("kdialog", false, "[--title][atmos-auth][--inputbox][Code of a&b <c>:]"),
    ("kdialog", true, "[--title][atmos-auth][--password][Code of a&b <c>:]"),
  ])
  func `the question is asked with what is there, and the first line is the answer`(
    program: String, hidden: Bool, words: String
  ) async throws {
    let prompt = try #require(try prompt([program: Self.echo]))
    #expect(try await prompt.ask("Code of a&b <c>: ", hidden: hidden).revealed() == words)
  }

  @Test func `without a display there is nobody`() throws {
    #expect(try prompt(["zenity": Self.echo], ["DISPLAY": ""]) == nil)
    #expect(try prompt(["zenity": Self.echo], ["WAYLAND_DISPLAY": "wayland-0"]) != nil)
  }

  @Test func `without a program the error says what to install`() async throws {
    let prompt = try #require(try prompt([:]))
    let error = try await #require(throws: AuthError.self) {
      try await prompt.ask("Code: ", hidden: false)
    }
    #expect(error.code == .system)
    #expect(error.hints == ["install `zenity` or `kdialog`"])
  }

  @Test(arguments: [
    ("exit 1", AuthError.Code.loginRequired),
    ("echo 'Gtk-WARNING **: cannot open display: :0' >&2; exit 1", .system),
    ("exit 255", .system),
  ])
  func `a closed window is a person who said no, a missing one is not`(
    script: String, code: AuthError.Code
  ) async throws {
    let prompt = try #require(try prompt(["zenity": script]))
    let error = try await #require(throws: AuthError.self) {
      try await prompt.ask("Code: ", hidden: false)
    }
    #expect(error.code == code)
  }
}
