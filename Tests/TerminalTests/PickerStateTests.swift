import Terminal
import Testing

@Suite("The picker between two keys")
struct PickerStateTests {
  private static let names = ["dev/Admin", "prod/Admin", "prod/Viewer", "staging"]

  private func state(_ names: [String] = names) -> PickerState {
    PickerState(names.map { PickerItem(name: $0, details: [], keywords: []) })
  }

  private func shown(_ state: PickerState) -> [String] {
    state.rows.map { state.items[$0.index].name }
  }

  @Test("Typing narrows, deleting widens")
  func typing() {
    var state = state()
    #expect(state.press(.text("prod"), height: 10) == .goesOn)
    #expect(shown(state) == ["prod/Admin", "prod/Viewer"])
    _ = state.press(.text(" v"), height: 10)
    #expect(shown(state) == ["prod/Viewer"])
    _ = state.press(.control("w"), height: 10)
    #expect(state.query == "prod ")
    _ = state.press(.control("u"), height: 10)
    #expect(shown(state) == Self.names)
  }

  @Test("Enter chooses the selected one, by its index among all")
  func choosing() {
    var state = state()
    _ = state.press(.text("prod"), height: 10)
    _ = state.press(.down, height: 10)
    #expect(state.press(.enter, height: 10) == .chosen(2))
  }

  @Test("Enter chooses nothing where nothing fits", arguments: ["zzz", "prod zzz"])
  func nothing(text: String) {
    var state = state()
    _ = state.press(.text(text), height: 10)
    #expect(state.rows.isEmpty)
    #expect(state.press(.down, height: 10) == .goesOn)
    #expect(state.press(.enter, height: 10) == .goesOn)
  }

  @Test("Moving past an end comes out at the other", arguments: [TerminalKey.up, .control("p")])
  func wrapping(key: TerminalKey) {
    var state = state()
    _ = state.press(key, height: 10)
    #expect(state.selected == 3)
    _ = state.press(.down, height: 10)
    #expect(state.selected == 0)
  }

  @Test("The selected row is always shown", arguments: 1...7)
  func scrolling(height: Int) {
    var state = state((0..<20).map { "identity-\($0)" })
    for key in [TerminalKey.up, .pageUp, .down, .pageDown, .pageDown, .end, .home, .end, .pageUp] {
      _ = state.press(key, height: height)
      #expect((state.top..<state.top + height).contains(state.selected))
      #expect(state.top >= 0 && state.top + min(height, 20) <= 20)
    }
  }

  @Test("Leaving", arguments: [TerminalKey.escape, .control("c"), .control("d")])
  func leaving(key: TerminalKey) {
    var state = state()
    #expect(state.press(key, height: 10) == .left)
  }
}
