import Core
import Foundation
import ShellSnippets
import Testing

@Suite struct CompletionFilesTests {
  // `completions/` is what packages install; it is generated from `shell/`.
  @Test(arguments: [
    (ShellKind.bash, "atmos-auth.bash"), (.zsh, "_atmos-auth"), (.fish, "atmos-auth.fish"),
  ])
  func `the scripts that packages install are those of this build`(
    shell: ShellKind, name: String
  ) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = root.appending(path: "completions").appending(path: name)
    let stored = try String(contentsOf: file, encoding: .utf8)
    #expect(CompletionSnippet.text(for: shell, executable: "atmos-auth") == stored)
  }
}
