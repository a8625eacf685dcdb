import Application
import CLibrary
import CShims
import Commands

// Secrets pass through this process: no core dumps, and no debugger of another process.
atmos_harden_process()
// A reader that has gone shows as a failed write, which has a message and an exit status.
signal(SIGPIPE, SIG_IGN)
let surroundings = Surroundings.ofProcess(.standard)
// Shells wait for these, in directories whose files nobody has allowed yet.
if let command = surroundings.arguments.first, ["__complete", "__revalidate"].contains(command) {
  atmos_limit_work(1_000, 75)
}
exit(
  await CommandLineTool.run(
    surroundings, system: .ofProcess(environment: surroundings.environment)))
