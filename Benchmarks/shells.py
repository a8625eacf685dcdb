"""What the hook costs in each shell, beside direnv's in the same shell.

In one shell that is already running, a hook is called many times between two readings of the
clock; ours and direnv's take turns, and the smallest value of several rounds counts, since load can
only add to it. Directories are 5 and 15 levels deep, without a `.atmos-identity`, and with one at
the second level whose identity is active and counts down. A switch is a whole `cd` to a directory
of another identity and back, hook included, beside `direnv export` alone.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator

from hookshell import snippet
from hookworld import ALWAYS
from interactive_shell import SHELLS
from measuring import Bench, Row, at_most_share, at_most_times
from world import World

DEPTHS = (5, 15)

#: Many short rounds find a quiet moment on a busy machine. fish has to ask `date` for the time, so
#: its rounds are longer: that one takes a millisecond counts as little as can be.
ROUNDS = {"bash": 40, "zsh": 40, "fish": 12}
CALLS = {"bash": 60, "zsh": 60, "fish": 300}
FORKING_CALLS = {"bash": 3, "zsh": 3, "fish": 30}

FLAGS = {"bash": ["--norc", "-i"], "zsh": ["-f", "-i"], "fish": ["--no-config", "-i"]}

# `measure NAME COUNT FUNCTION` prints microseconds a call. A loop around an empty function is part
# of what is measured, as it is part of every prompt.
MEASURE = {
    "bash": """
measure() { local i a b; a=${EPOCHREALTIME/[.,]/}
  for ((i = 0; i < $2; i++)); do $3; done; b=${EPOCHREALTIME/[.,]/}
  printf '%s %d.%d\\n' "$1" $(((b - a) / $2)) $(((b - a) * 10 / $2 % 10)) >&9; }
flip() { cd "$A"; __atmos_auth_hook; cd "$B"; __atmos_auth_hook; }
export_alone() { direnv export bash >/dev/null 2>&1; }
DIRENV=_direnv_hook
""",
    "zsh": """
zmodload zsh/datetime
measure() { local -i i; local -F a=$EPOCHREALTIME
  for ((i = 0; i < $2; i++)); do $3; done
  printf '%s %.1f\\n' $1 $(( (EPOCHREALTIME - a) * 1000000 / $2 )) >&9 }
flip() { cd $A; __atmos_auth_hook; cd $B; __atmos_auth_hook }
export_alone() { direnv export zsh &>/dev/null }
DIRENV=_direnv_hook
""",
    "fish": """
function measure
    set -l calls (seq $argv[2])
    set -l a (date +%s%N)
    for i in $calls
        $argv[3]
    end
    set -l b (date +%s%N)
    echo $argv[1] (math -s1 "($b - $a) / 1000 / $argv[2]") >>$OUT
end
function flip; cd $A; __atmos_auth_hook; cd $B; __atmos_auth_hook; end
function export_alone; direnv export fish >/dev/null 2>&1; end
set DIRENV __direnv_export_eval
""",
}


#: How often the hook is called while processes are counted.
COUNTED = 10


def prompt(bench: Bench) -> list[Row]:
    """The hook in each shell: nothing to do, and switching."""
    result = []
    for shell in SHELLS:
        with tempfile.TemporaryDirectory(prefix="aa-bench-") as name:
            root = pathlib.Path(name).resolve()
            with prepared(root) as (world, places):
                times = measured(shell, bench, world, places)
                counts = processes(shell, bench, world, places)
        for case in places:
            depth = int(case.split()[0])
            row = f"prompt, {shell}, {depth} levels, file {case.split()[1]}"
            # Microseconds.
            ours, peer = times[case] / 1e6, times[f"direnv-d{depth}"] / 1e6
            limit = bench.limits[f"prompt-{depth}"][shell]
            result.append(at_most_share(row, ours, peer, "direnv's hook", limit))
        if counts is not None:
            result.append(no_process(shell, counts))
        # There and back are two switches.
        ours, peer = times["switch"] / 2 / 1e6, times["export"] / 1e6
        limit = bench.limits["switch"]["times"]
        result.append(
            at_most_times(f"{shell}, cd that switches", ours, peer, "direnv export", limit)
        )
    return result


def no_process(shell: str, counts: dict[str, int]) -> Row:
    """The row about processes, `COUNTED` prompts in each place."""
    peer = counts["direnv"]
    if peer == 0:
        raise SystemExit(f"{shell}: no process was seen where direnv's hook starts one")
    ours = sum(count for name, count in counts.items() if name != "direnv")
    prompts = COUNTED * (len(counts) - 1)
    return Row(
        f"prompt, {shell}, processes",
        f"{ours} in {prompts} prompts",
        f"{peer} in one (direnv's hook)",
        "-",
        "0",
        ours == 0,
    )


@contextlib.contextmanager
def prepared(root: pathlib.Path) -> Iterator[tuple[World, dict[str, pathlib.Path]]]:
    """A world with two stacks, and the directories to measure in.

    Those have absolute depths of 5 and 15, with the file at the second level, so they cannot lie
    in the world's own directory, wherever that is.
    """
    world = World(root, hook_only=True)
    for identity, stack in (("dev-admin", "one"), ("prod-reader", "two")):
        world.session(identity, 3 * 3600, renewable=ALWAYS)
        world.stack(stack, identity)
    places = {}
    tops = []
    try:
        for kind in ("absent", "found"):
            top = pathlib.Path(tempfile.gettempdir()).resolve() / f"{root.name}-{kind}"
            top.mkdir(mode=0o700)
            tops.append(top)
            if kind == "found":
                (top / ".atmos-identity").write_text("dev-admin\n")
                world.grant(top, "dev-admin")
            for depth in DEPTHS:
                place = top.joinpath(*(f"d{level}" for level in range(len(top.parts), depth + 1)))
                place.mkdir(parents=True, exist_ok=True)
                if len(place.parts) - 1 != depth:
                    raise SystemExit(f"{top} is too deep to measure at {depth} levels")
                places[f"{depth} {kind}"] = place
        yield world, places
    finally:
        for top in tops:
            shutil.rmtree(top, ignore_errors=True)


def start(shell: str, bench: Bench, world: World) -> list[str]:
    """What a shell reads first: the measuring functions, our hook and direnv's."""
    direnv = {"fish": "direnv hook fish | source"}.get(shell, f'eval "$(direnv hook {shell})"')
    # direnv brings handlers of its own for `cd`; only its hook is measured.
    quiet = {
        "bash": "PROMPT_COMMAND=",
        "zsh": "chpwd_functions=() precmd_functions=()",
        "fish": "functions -e __direnv_cd_hook",
    }[shell]
    assign = {"fish": "set -g {} '{}'"}.get(shell, "{}='{}'")
    return [
        assign.format("A", world.repository / "one"),
        assign.format("B", world.repository / "two"),
        assign.format("OUT", world.root / "times"),
        'exec 9>"$OUT"' if shell != "fish" else "",
        MEASURE[shell],
        snippet(shell, bench.tool, bench.hook),
        direnv,
        quiet,
    ]


def run(
    shell: str, world: World, lines: list[str], before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Lets a shell read these lines, started by the words `before`."""
    path = world.root / f"bench.{shell}"
    path.write_text("\n".join([*lines, ""]))
    return subprocess.run(
        [*before, shutil.which(shell) or shell, *FLAGS[shell], str(path)],
        env=world.variables({"PATH": os.environ["PATH"], "COLUMNS": "120"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def measured(
    shell: str, bench: Bench, world: World, places: dict[str, pathlib.Path]
) -> dict[str, float]:
    """Microseconds of each case: the smallest of its rounds."""
    lines = start(shell, bench, world)
    for _ in range(ROUNDS[shell] // (4 if bench.quick else 1)):
        for name, place in places.items():
            lines += [
                f"cd '{place}'",
                "__atmos_auth_hook",
                "__atmos_auth_hook",
                f"measure '{name}' {CALLS[shell]} __atmos_auth_hook",
                f"measure 'direnv-{place.name}' {FORKING_CALLS[shell]} $DIRENV",
            ]
        if shell == "fish":
            # direnv's hook, which was just measured, watches PWD again and would run in our `cd`.
            lines.append("functions -e __direnv_cd_hook")
        lines += [
            "flip",
            f"measure switch {FORKING_CALLS[shell]} flip",
            f"measure export {FORKING_CALLS[shell]} export_alone",
        ]
    answer = run(shell, world, lines)
    times: dict[str, float] = {}
    for line in (world.root / "times").read_text().splitlines():
        case, value = line.rsplit(" ", 1)
        times[case] = min(times.get(case, float("inf")), float(value))
    if missing := {*places, "switch", "export"} - set(times):
        raise SystemExit(f"{shell} did not finish: no {missing}: {answer.stdout}{answer.stderr}")
    return times


def processes(
    shell: str, bench: Bench, world: World, places: dict[str, pathlib.Path]
) -> dict[str, int] | None:
    """How many processes `COUNTED` calls of the hook start in each place, and one of direnv's.

    `None` where strace is missing.
    """
    strace = shutil.which("strace")
    if strace is None:
        return None
    lines = start(shell, bench, world)
    # Opening a file that is there marks in the trace which case begins.
    marks = {name: world.root / f"mark-{name.replace(' ', '-')}" for name in [*places, "direnv"]}
    end = world.root / "mark-end"
    nothing = "true" if shell == "fish" else ":"
    for mark in [*marks.values(), end]:
        mark.touch()
    for name, place in places.items():
        lines += [f"cd '{place}'", *["__atmos_auth_hook"] * 3, f"{nothing} <'{marks[name]}'"]
        lines += [*["__atmos_auth_hook"] * COUNTED, f"{nothing} <'{end}'"]
    direnv = "$DIRENV"
    lines += [f"{nothing} <'{marks['direnv']}'", direnv, f"{nothing} <'{end}'"]
    trace = world.root / "trace"
    words = [strace, "-f", "-qq", "-o", str(trace)]
    words += ["-e", "trace=clone,clone3,fork,vfork,open,openat"]
    answer = run(shell, world, lines, tuple(words))
    counts: dict[str, int] = {}
    case = None
    for line in trace.read_text(errors="replace").splitlines():
        opened = re.search(r'open(?:at)?\(.*"([^"]*/mark-[^"]*)"', line)
        if opened:
            case = next((name for name, mark in marks.items() if str(mark) == opened[1]), None)
            if case:
                counts[case] = 0
        elif case and re.search(r"\b(clone3?|v?fork)\(", line) and "CLONE_THREAD" not in line:
            counts[case] += 1
    if missing := set(marks) - set(counts):
        raise SystemExit(f"{shell} did not finish: no {missing}: {answer.stdout}{answer.stderr}")
    return counts
