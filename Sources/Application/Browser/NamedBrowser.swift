import Core
import Model
import Programs

/// A browser that says when nothing of what `BROWSER` names is installed, once a page is opened.
struct NamedBrowser: Browser {
  var browser: any Browser
  /// What `BROWSER` names.
  var named: [BrowserCommand]
  var path: String?
  var notice: @Sendable (_ line: String) -> Void

  var isHere: Bool { browser.isHere }

  func open(_ url: Secret) async -> Bool {
    let isInstalled = named.contains { (try? ProgramPath.find($0.program, path: path)) != nil }
    if !named.isEmpty, !isInstalled {
      let programs = named.map { "`\(DisplayText.sanitized($0.program, limit: 80))`" }
      notice("BROWSER names \(programs.joined(separator: ", ")), which cannot be run here")
    }
    return await browser.open(url)
  }
}
