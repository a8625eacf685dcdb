import CLibrary
import CShims
import Core
import Hook

// Shells run this at each change of directory identity and evaluate what it prints, so it says all
// or nothing, never waits, and never leaves a person without a prompt.

// A file system that hangs must not hang the prompt. The status is one of our own and no death by
// signal, so that the shell does not come back at once. Ctrl-C is for the shell.
atmos_limit_process(200, 75)

func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

let arguments = Array(CommandLine.arguments.dropFirst())
let now = Instant(secondsSince1970: atmos_now())
guard
  let question = HookQuestion(
    arguments, now: now, uptime: atmos_uptime(), environment: environment)
else {
  let usage = "atmos-auth-hook: only the code that `atmos-auth hook` prints calls this program\n"
  _ = atmos_write(2, Array(usage.utf8), usage.utf8.count)
  exit(64)
}
let answer = Array(question.answer().utf8)
exit(atmos_write(1, answer, answer.count) == 0 ? 0 : 74)
