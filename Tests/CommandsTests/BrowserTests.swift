import Core
import Foundation
import Programs
import Synchronization
import TestSupport
import Testing

@testable import Application
@testable import Commands

@Suite struct BrowserTests {
  private static let desktop = ["DISPLAY": ":0"]

  private func commands(
    _ environment: [String: String], platform: BrowserSearch.Platform = .linux,
    files: Set<String> = []
  ) -> [[String]] {
    BrowserSearch(environment: environment, platform: platform, exists: files.contains)
      .commands.map(\.words)
  }

  @Test func `a desktop has a browser`() {
    #expect(commands(Self.desktop) == [["xdg-open"], ["x-www-browser"]])
    #expect(commands(["WAYLAND_DISPLAY": "wayland-0"]).first == ["xdg-open"])
    #expect(commands([:], platform: .macOS) == [["/usr/bin/open"]])
    #expect(commands(["WSL_DISTRO_NAME": "Debian"]).first == ["wslview"])
  }

  @Test(arguments: [
    [:], ["DISPLAY": ""], ["DISPLAY": ":0", "CI": "true"],
    ["DISPLAY": ":0", "BROWSER": "w3m", "CI": "1"],
    ["DISPLAY": ":0", "SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"],
    ["DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"], ["DISPLAY": ":0", "KUBERNETES_SERVICE_HOST": "x"],
    ["DISPLAY": ":0", "ATMOS_AUTH_NO_BROWSER": "1"],
    ["BROWSER": "w3m", "ATMOS_AUTH_NO_BROWSER": "true"],
  ])
  func `where a page would not be seen, none is opened`(environment: [String: String]) {
    #expect(commands(environment).isEmpty)
  }

  @Test(arguments: ["/.dockerenv", "/run/.containerenv"])
  func `containers have none`(mark: String) {
    #expect(commands(Self.desktop, files: [mark]).isEmpty)
    #expect(commands(["BROWSER": "helper"], files: [mark]) == [["helper"]])
  }

  @Test func `BROWSER decides, even over SSH, as editors' remote terminals set it`() {
    #expect(
      commands(["BROWSER": "/vscode/browser.sh", "SSH_TTY": "x"]) == [["/vscode/browser.sh"]])
    #expect(
      commands(["BROWSER": "firefox:chromium", "DISPLAY": ":0", "CI": "false"])
        == [["firefox"], ["chromium"], ["xdg-open"], ["x-www-browser"]])
  }

  @Test func `a path with a blank in it is one program`() {
    let program = "/opt/My Browser/run me"
    func list(_ text: String) -> [[String]] {
      BrowserCommand.list(text, exists: { $0 == program }).map { $0.arguments(for: "U") }
    }
    #expect(list(program) == [[program, "U"]])
    #expect(list("\(program) --new %s:w3m &") == [[program, "--new", "U"], ["w3m", "U"]])
    #expect(list("/usr/bin/firefox --new") == [["/usr/bin/firefox", "--new", "U"]])
  }

  @Test func `what BROWSER names and nobody has is said once a page is opened`() async throws {
    let said = Mutex<[String]>([])
    let opened = SystemBrowser([BrowserCommand(["true"])], environment: [:]) { _, _ in true }
    let inner = try #require(opened)
    func browser(_ named: String) -> NamedBrowser {
      NamedBrowser(browser: inner, named: BrowserCommand.list(named), path: "/usr/bin:/bin") {
        line in said.withLock { $0.append(line) }
      }
    }
    _ = await browser("no-such-browser:/none").open(Secret("https://example.com/"))
    #expect(
      said.withLock { $0 } == ["BROWSER names `no-such-browser`, `/none`, which cannot be run here"]
    )
    _ = await browser("no-such-browser:true").open(Secret("https://example.com/"))
    _ = await browser("").open(Secret("https://example.com/"))
    #expect(said.withLock { $0.count } == 1)
  }

  @Test(arguments: [
    ("firefox", ["firefox", "U"]), ("firefox --new-tab", ["firefox", "--new-tab", "U"]),
    ("'my browser' -u=%s -x", ["my browser", "-u=U", "-x"]), ("w3m %s &", ["w3m", "U"]),
  ])
  func `a command line in BROWSER`(text: String, arguments: [String]) {
    #expect(BrowserCommand.list(text).map { $0.arguments(for: "U") } == [arguments])
  }

  @Test(arguments: [
    ("https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH", true),
    ("http://127.0.0.1:1234/abc", true),
    ("ext+container:name=dev&url=http%3A%2F%2F127.0.0.1", true),
    ("--help", false), ("file:///etc/passwd", false), ("javascript:alert(1)", false),
    ("https://x/ --evil", false), ("https://x/'; rm", false), ("https://x/\u{2019}", false),
    ("https://x/\"", false), ("", false),
  ])
  func `addresses that a program could take for something else are not opened`(
    address: String, isSafe: Bool
  ) async {
    #expect(SystemBrowser.isSafe(address) == isSafe)
    let opened = Mutex(false)
    let browser = SystemBrowser([BrowserCommand(["sh"])], environment: ["PATH": "/usr/bin:/bin"]) {
      _, _ in
      opened.withLock { $0 = true }
      return true
    }
    #expect(await browser?.open(Secret(address)) == isSafe)
    #expect(opened.withLock { $0 } == isSafe)
  }

  @Test func `the first browser that starts is used`() async {
    let started = Mutex<[[String]]>([])
    let browser = SystemBrowser(
      [BrowserCommand(["not-there"]), BrowserCommand(["sh", "-c"]), BrowserCommand(["true"])],
      environment: ["PATH": "/usr/bin:/bin"]
    ) { _, arguments in
      started.withLock { $0.append(arguments) }
      return true
    }
    #expect(await browser?.open(Secret("https://a.example/")) == true)
    #expect(started.withLock { $0 } == [["sh", "-c", "https://a.example/"]])
    #expect(SystemBrowser([], environment: [:]) == nil)
  }

  @Test func `a browser lives on by itself, without streams and descriptors of ours`() async throws
  {
    let directory = URL(fileURLWithPath: Scratch.unusedPath())
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let script = directory.appendingPathComponent("it's a browser")
    let output = directory.appendingPathComponent("output").path
    try """
    #!/bin/sh
    file=\(output)
    echo "$1" >$file.part
    readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 | sort -u >>$file.part
    ls /proc/self/fd | sort -n | tr '\\n' ' ' >>$file.part
    mv $file.part $file
    """.write(to: script, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script.path)
    let environment = ["PATH": "/usr/bin:/bin"]
    // A program that was just written may be busy: another test's child has it open for a moment.
    let browser = SystemBrowser(
      [BrowserCommand(["/bin/sh", script.path])], environment: environment)
    let open = fcntl(1, F_DUPFD, 200)
    defer { close(open) }
    #expect(await browser?.open(Secret("https://a.example/?x=$(id)&y=*")) == true)
    for _ in 0..<5000 where !FileSystem.exists(output) {
      try await Task.sleep(for: .milliseconds(1))
    }
    let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
    #expect(lines.first == "https://a.example/?x=$(id)&y=*")
    #if os(Linux)
    #expect(lines[1] == "/dev/null")
    // The directory that `ls` reads is the fourth.
    #expect(lines[2] == "0 1 2 3 ")
    #endif
  }

  @Test func `what cannot be started is not opened`() async throws {
    let browser = SystemBrowser([BrowserCommand(["/etc/passwd"])], environment: [:])
    #expect(await browser?.open(Secret("https://a.example/")) == false)
    do {
      try ProgramLaunch.startDetached("/nowhere/x", arguments: ["x"], environment: [:])
      Issue.record("a program that is not there was started")
    } catch {
      #expect(error.number == ENOENT)
    }
  }
}
