"""How commands are run and measured, and what a row of the result is."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass

TRUE = shutil.which("true") or "/bin/true"
#: What `true` took, in seconds, on the machine for which the budgets in milliseconds were set.
USUAL_TRUE = 0.00054
#: The hook gives up after 200 ms, which is less than valgrind needs: strace keeps the alarm off.
NO_ALARM = ["strace", "-qq", "-o", "/dev/null", "-e", "trace=setitimer"]
NO_ALARM += ["-e", "inject=setitimer:retval=0"]


@dataclass
class Row:
    """One line of the result."""

    name: str
    ours: str
    peer: str
    ratio: str
    budget: str
    holds: bool


@dataclass(frozen=True)
class Command:
    """A program to measure: its arguments, environment, working directory and standard input."""

    arguments: list[str]
    environment: dict[str, str]
    directory: pathlib.Path
    stdin: str = os.devnull


@dataclass
class Bench:
    """What every part of the benchmarks is given."""

    #: Where the two programs are, without symbols, as they are installed.
    programs: pathlib.Path
    #: A directory of its own for each part.
    root: pathlib.Path
    #: The numbers of docs/architecture.md, by row and name.
    limits: dict[str, dict[str, float]]
    quick: bool = False

    @property
    def tool(self) -> str:
        return str(self.programs / "atmos-auth")

    @property
    def hook(self) -> str:
        return str(self.programs / "atmos-auth-hook")

    def compare(
        self, commands: dict[str, Command], rounds: int | None = None, runs: int = 20
    ) -> dict[str, float]:
        """The smallest median of each command, in seconds.

        The commands take turns at each run, so that all of them see the machine's quick moments
        and its slow ones; load can only add to a time, so the quickest round counts.
        """
        before = os.getcwd()
        medians: dict[str, list[float]] = {name: [] for name in commands}
        try:
            for command in commands.values():
                spawn_time(command)
            for _ in range(rounds or (3 if self.quick else 7)):
                times: dict[str, list[float]] = {name: [] for name in commands}
                for _ in range(runs):
                    for name, command in commands.items():
                        times[name].append(spawn_time(command))
                for name, values in times.items():
                    medians[name].append(statistics.median(values))
        finally:
            os.chdir(before)
        return {name: min(values) for name, values in medians.items()}


class Home:
    """A private home with a configuration, and how programs are run in it."""

    def __init__(
        self,
        bench: Bench,
        name: str,
        configuration: str,
        more: dict[str, str] | None = None,
    ) -> None:
        self.bench = bench
        self.root = bench.root / name
        self.repository = self.root / "repository"
        self.repository.mkdir(parents=True)
        (self.root / "home").mkdir()
        (self.repository / "atmos.yaml").write_text(configuration)
        # A file that was written within two seconds is compared by its content.
        earlier = time.time() - 60
        os.utime(self.repository / "atmos.yaml", (earlier, earlier))
        self.environment = {
            "HOME": str(self.root / "home"),
            "PATH": f"{bench.programs}:{os.environ['PATH']}",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.root),
            # The person's own configuration, so that nothing has to be allowed.
            "ATMOS_CLI_CONFIG_PATH": str(self.repository),
            "ATMOS_KEYRING_TYPE": "file",
            "ATMOS_KEYRING_PASSWORD": "password-of-the-benchmark",
            "AWS_EC2_METADATA_DISABLED": "true",
            **(more or {}),
        }

    def command(self, *arguments: str, **more: str) -> Command:
        """A command of ours in this home's repository; `more` is added to its environment."""
        return self.other(self.bench.tool, *arguments, **more)

    def other(self, *arguments: str, stdin: str = os.devnull, **more: str) -> Command:
        """Any other program there; `stdin` is a file."""
        return Command(list(arguments), {**self.environment, **more}, self.repository, stdin)

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
        options = {
            "cwd": self.repository,
            "env": self.environment,
            "capture_output": True,
            "text": True,
            "check": True,
            **options,
        }
        return subprocess.run([self.bench.tool, *arguments], **options)


def spawn_time(command: Command) -> float:
    """Seconds from the start of a program to its end; its output is thrown away."""
    os.chdir(command.directory)
    files = [(os.POSIX_SPAWN_OPEN, 0, command.stdin, os.O_RDONLY, 0)]
    files += [(os.POSIX_SPAWN_OPEN, stream, "/dev/null", os.O_WRONLY, 0) for stream in (1, 2)]
    begin = time.perf_counter()
    process = os.posix_spawn(
        command.arguments[0], command.arguments, command.environment, file_actions=files
    )
    _, status = os.waitpid(process, 0)
    elapsed = time.perf_counter() - begin
    if status != 0:
        raise SystemExit(f"{command.arguments} ended with {os.waitstatus_to_exitcode(status)}")
    return elapsed


def instructions(command: Command) -> int | None:
    """Instructions that a program executes, or `None` where valgrind is missing."""
    if shutil.which("valgrind") is None or shutil.which("strace") is None:
        return None
    count = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    result = subprocess.run(
        [*NO_ALARM, *count, *command.arguments],
        cwd=command.directory,
        env=command.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"Collected : (\d+)", result.stderr)
    if found is None:
        raise SystemExit(f"valgrind counted nothing: {result.stderr}")
    return int(found[1])


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def at_most_times(name: str, ours: float, peer: float, peer_name: str, limit: float) -> Row:
    """A row with a limit in multiples of the peer."""
    ratio = ours / peer
    return Row(
        name,
        ms(ours),
        f"{ms(peer)} ({peer_name})",
        f"{ratio:.2f} ×",
        f"≤ {limit:g} ×",
        ratio <= limit,
    )


def at_most_share(name: str, ours: float, peer: float, peer_name: str, limit: float) -> Row:
    """A row with a limit of one `limit`th of the peer."""
    share = peer / ours
    shown = f"{ours * 1e6:.0f} µs" if ours < 0.001 else ms(ours)
    return Row(
        name,
        shown,
        f"{ms(peer)} ({peer_name})",
        f"1/{share:.0f}",
        f"≤ 1/{limit:g}",
        share >= limit,
    )


def pace(true: float) -> float:
    """How much longer the machine takes just now than the one for which the budgets were set.

    `true` is what it takes in the same rounds, in seconds. A quicker machine gets no less time.
    """
    return max(1.0, true / USUAL_TRUE)


def at_most_ms(name: str, seconds: float, limit: float, true: float | None = None) -> Row:
    """A row with a limit in milliseconds, of a machine of the usual pace if `true` is given."""
    times = pace(true) if true else 1.0
    return Row(
        name,
        ms(seconds),
        f"{ms(true)} (true)" if true else "-",
        "-",
        f"≤ {limit:g} ms" + (f" × {times:.2f}" if times > 1 else ""),
        seconds * 1000 <= limit * times,
    )


def at_most_more(
    name: str, ours: float, peer: float, peer_name: str, limit: float, true: float | None = None
) -> Row:
    """A row with a limit in milliseconds over the peer, which takes what `true` does unless that
    is given."""
    more, times = ours - peer, pace(peer if true is None else true)
    return Row(
        name,
        ms(ours),
        f"{ms(peer)} ({peer_name})",
        f"+ {ms(more)}",
        f"≤ {peer_name} + {limit:g} ms" + (f" × {times:.2f}" if times > 1 else ""),
        more * 1000 <= limit * times,
    )
