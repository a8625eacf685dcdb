import Application
import CShims
import Core

/// Work that Ctrl-C stops without stopping the process.
enum Interruptible {
  private static let patience = Duration.milliseconds(50)

  /// Carries out `body` as a task of its own, which Ctrl-C cancels, and waits for its end.
  ///
  /// - Throws: What `body` threw, or an error of code `interrupted` when it was cancelled.
  static func run(
    _ body: @escaping () async throws(AuthError) -> Int32
  ) async throws(AuthError) -> Int32 {
    // The caller does nothing but wait until the task has ended, so nothing is used by two at once.
    nonisolated(unsafe) let body = body
    _ = atmos_interrupts_take()
    let work = Task.detached { () async -> Result<Int32, AuthError> in
      do throws(AuthError) {
        return .success(try await body())
      } catch {
        return .failure(error)
      }
    }
    let watch = Task.detached {
      while !Task.isCancelled {
        if atmos_interrupts_take() != 0 { work.cancel() }
        try? await Task.sleep(for: patience)
      }
    }
    let result = await work.value
    watch.cancel()
    switch result {
    case .success(let status): return status
    case .failure(let error):
      throw work.isCancelled ? AuthError(.interrupted, "interrupted", cause: error) : error
    }
  }
}
