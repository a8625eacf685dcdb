"""Which functions short commands call, for the linker to lay side by side.

Those of one command are strewn over 26 MB otherwise, and each 64 KB that a process touches costs
some microseconds at every start. The lists are made again after large changes; an old one costs
time and nothing else.
"""

from __future__ import annotations

import bisect
import os
import pathlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace

from commands import completions, docker, logged_in, question
from measuring import NO_ALARM, TRUE, Bench, Command

#: What Package.swift hands to the linker stands beside the main function of each program.
SOURCES = pathlib.Path(__file__).resolve().parent.parent / "Sources"


def of_hook(bench: Bench) -> list[Command]:
    """What each shell asks the hook when a directory is entered."""
    asked = question(bench)
    return [
        replace(asked, arguments=[asked.arguments[0], shell, *asked.arguments[2:]])
        for shell in ("bash", "zsh", "fish")
    ]


def of_tool(bench: Bench) -> list[Command]:
    """What shells and tools run all day, and wait for."""
    home = logged_in(bench)
    (home.repository / ".atmos-identity").write_text("dev\n")
    home.run("allow")
    words = [
        ["credential-process"],
        ["exec", "--", TRUE],
        ["exec", "--wrapper", "--", TRUE],
        ["env"],
        ["eks-token", "--cluster", "bench", "--region", "eu-west-1"],
    ]
    ours = [home.command(*line) for line in words]
    return [*ours, docker(bench), *completions(bench).values()]


def addresses(command: Command) -> Iterator[int]:
    """Where the blocks of instructions of a command begin, as it executes them the first time."""
    for tool in ("valgrind", "strace"):
        if shutil.which(tool) is None:
            raise SystemExit(f"error: no {tool}\n  hint: make deps")
    reading, writing = os.pipe()
    # Without chasing, a block ends with a call, so no function is without a block.
    trace = ["valgrind", "--tool=lackey", "--trace-superblocks=yes", "--vex-guest-chase=no"]
    trace += [f"--log-fd={writing}"]
    # Under strace every write of valgrind's is slow, and only the hook has an alarm.
    alarm = NO_ALARM if command.arguments[0].endswith("-hook") else []
    with open(command.stdin) as stdin:
        process = subprocess.Popen(
            [*alarm, *trace, *command.arguments],
            cwd=command.directory,
            env=command.environment,
            pass_fds=[writing],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    os.close(writing)
    seen: set[str] = set()
    with open(reading, errors="replace") as lines:
        for line in lines:
            if line.startswith("SB ") and line not in seen:
                seen.add(line)
                yield int(line[3:], 16)
    process.wait()
    if not seen:
        raise SystemExit(f"error: valgrind runs no {command.arguments[0]}")


class Functions:
    """The functions of a program with symbols."""

    def __init__(self, program: pathlib.Path) -> None:
        listed = subprocess.run(
            ["nm", "--print-size", "--numeric-sort", program],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        self.names: dict[int, list[str]] = {}
        self.ends: dict[int, int] = {}
        for line in listed.splitlines():
            fields = line.split()
            if len(fields) == 4 and fields[2] in "tTwW":
                start = int(fields[0], 16)
                self.names.setdefault(start, []).append(fields[3])
                self.ends[start] = start + int(fields[1], 16)
        self.starts = list(self.names)

    def called(self, places: Iterator[int]) -> Iterator[str]:
        """The functions at these addresses, each under all its names; one may come twice."""
        for place in places:
            index = bisect.bisect_right(self.starts, place) - 1
            if index >= 0 and place < self.ends[self.starts[index]]:
                yield from self.names[self.starts[index]]


def write(bench: Bench) -> None:
    """Writes the lists; the programs of `bench` need their symbols."""
    for name, commands in ("atmos-auth-hook", of_hook), ("atmos-auth", of_tool):
        functions = Functions(bench.programs / name)
        names: dict[str, None] = {}
        for command in commands(bench):
            before = len(names)
            names.update(dict.fromkeys(functions.called(addresses(command))))
            print(f"{len(names) - before:5} more: {name} {' '.join(command.arguments[1:])}")
        text = "".join(f".text.{name}\n" for name in names)
        (SOURCES / name / "function-order").write_text(text)
