import Application
import CLibrary
import CShims
import Commands

// Secrets pass through this process: no core dumps, and no debugger of another process.
atmos_harden_process()
// A reader that has gone shows as a failed write, which has a message and an exit status.
signal(SIGPIPE, SIG_IGN)
let surroundings = Surroundings.ofProcess(.standard)
exit(
  await CommandLineTool.run(
    surroundings, system: .ofProcess(environment: surroundings.environment)))
