"""What the hook costs: case 69 of docs/shell-cases.md.

In processes here; for its time, see `Benchmarks/run prompt`.
"""

from __future__ import annotations

import pathlib
import re
import subprocess

import pytest

from programs import REPOSITORY


def processes(shell, lines: list[str], trace: pathlib.Path) -> list[str]:
    """The processes that the shell starts while it reads these lines."""
    strace = subprocess.Popen(
        [
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=clone,clone3,fork,vfork,execve",
            "-o",
            str(trace),
            "-p",
            str(shell.child.pid),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        # strace says when it is attached, unless it is quiet; so look at the kernel's word.
        status = pathlib.Path(f"/proc/{shell.child.pid}/status")
        for _ in range(10_000):
            if re.search(r"TracerPid:\s+[1-9]", status.read_text()):
                break
        else:
            raise AssertionError("strace did not attach")
        for line in lines:
            shell.run(line)
    finally:
        strace.terminate()
        strace.wait()
    return [
        line
        for line in trace.read_text().splitlines()
        if re.search(r"\b(clone3?|v?fork|execve)\(", line) and "CLONE_THREAD" not in line
    ]


@pytest.mark.parametrize("where", ["nothing", "active", "depth 15", "untrusted", "pinned"])
def test_no_process_at_a_steady_prompt(world, start, where):
    stack = world.stack("a")
    world.session("dev", 3 * 3600)
    deep = stack.joinpath(*(f"d{n}" for n in range(10)))
    deep.mkdir(parents=True)
    (world.repository / "new").mkdir()
    (world.repository / "new/.atmos-identity").write_text("other\n")
    facts = world.facts_path("dev")
    line = facts.read_text().strip()
    world.main(
        f"printf \"__atmos_auth_pin use dev; __atmos_auth_state '{facts}' '{line}' 'dev' 'd' '' '' "
        f"'{line.split()[3]}' '0' 'valid' '900' '' '1'; #atmos-auth-ok\\n\""
    )
    shell = start()
    # A process that the hook starts is seen, and its answer changes who is active.
    assert "atmos-auth-hook" in "".join(processes(shell, [f"cd {stack}"], world.root / "trace"))
    assert shell.exported("AWS_PROFILE") == "dev"
    place = {
        "nothing": world.repository,
        "active": stack,
        "depth 15": deep,
        "untrusted": world.repository / "new",
        "pinned": world.repository,
    }[where]
    shell.cd(place)
    if where == "pinned":
        shell.run("atmos-auth use dev")
    for _ in range(3):
        shell.run("true")
    is_somebody = where in ("active", "depth 15", "pinned")
    assert shell.exported("ATMOS_AUTH_STATE") == ("valid" if is_somebody else None)
    assert processes(shell, ["true"] * 10, world.root / "trace") == []


def test_one_process_at_a_switch(world, start):
    stack = world.stack("a")
    world.session("dev")
    shell = start()
    started = processes(shell, [f"cd {stack}"], world.root / "trace")
    # One fork (or none, where the shell spawns), one execve of the hook.
    assert len([line for line in started if "execve" in line]) == 1
    assert len([line for line in started if "execve" not in line]) <= 1
    assert "atmos-auth-hook" in "".join(started)
    assert shell.exported("AWS_PROFILE") == "dev"


def test_leaving_costs_no_process(world, start):
    stack = world.stack("a")
    shell = start()
    shell.cd(stack)
    assert shell.exported("AWS_PROFILE") == "dev"
    assert processes(shell, [f"cd {world.repository}"], world.root / "trace") == []
    assert shell.exported("AWS_PROFILE") is None


@pytest.mark.parametrize(
    ("tool", "names"),
    [
        (["bash", "-n"], ["hook.bash", "unhook.bash", "completion.bash"]),
        (["zsh", "-n"], ["hook.zsh", "unhook.zsh", "completion.zsh"]),
        (["fish", "-n"], ["hook.fish", "unhook.fish", "completion.fish"]),
        (["shellcheck", "-s", "bash", "-S", "info"], ["hook.bash", "unhook.bash"]),
    ],
    ids=["bash", "zsh", "fish", "shellcheck"],
)
def test_the_files_are_clean(tool, names):
    for name in names:
        run = subprocess.run([*tool, REPOSITORY / "shell" / name], capture_output=True, text=True)
        assert run.returncode == 0, run.stdout + run.stderr


#: Syntax that the bash of macOS, 3.2, does not read, or reads otherwise.
NEWER_THAN_3_2 = [
    r"\bdeclare -[A-Za-z]*[gA]",
    r"\blocal -n",
    r"\[\[ -v ",
    r"\$\{[A-Za-z_]+[\^,]",
    r"\|&",
    r"&>>",
    r"\bmapfile\b",
    r"\breadarray\b",
    r"\bread -[a-z]*N",
    r"\bcoproc\b",
    r";;&",
    r";&",
    r"\$\{[^}]*: -",
    r"\btypeset -A",
    r"\\u[0-9a-f]{4}",
    r"\$\{![A-Za-z_]+\[@\]\}",
]


@pytest.mark.parametrize("name", ["hook.bash", "unhook.bash"])
def test_nothing_newer_than_bash_3_2(name):
    text = (REPOSITORY / "shell" / name).read_text()
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    # `@a` and `%(...)T` are behind a test of the version, and are no syntax errors before it.
    for pattern in NEWER_THAN_3_2:
        assert not re.search(pattern, code), pattern
