import CShims
import Commands

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#else
#error("Unsupported platform")
#endif

// Secrets pass through this process: no core dumps, and no debugger of another process.
atmos_harden_process()
// A reader that goes away shows as a failed write, which has a message and an exit status.
signal(SIGPIPE, SIG_IGN)
exit(await CommandLineTool.run(.ofProcess()))
