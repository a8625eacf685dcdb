"""When our programs fail, hang, lie or are interrupted (cases 60-63 of docs/shell-cases.md)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from hookshell import active, only, stub
from hookworld import use
from interactive_shell import descendants
from programs import HOOK
from waiting import wait_for


def test_interrupted_while_asking(world, start, kind):
    """Nothing is half-applied, and the next prompt asks again."""
    stack = world.stack("a")
    ready, slow = world.root / "ready", world.root / "slow"
    slow.touch()
    hook = stub(
        world.root / "hook",
        f"trap 'exit 130' INT\nif [ -e '{slow}' ]; then "
        "echo \"__atmos_auth_put 'AWS_PROFILE' '' 'half'\"\n"
        f"touch '{ready}'; sleep 2; fi\nexec '{HOOK}' \"$@\"",
    )
    shell = start(hook=str(hook))
    shell.child.sendline(f"cd {stack}")
    wait_for(ready.exists, "the stub was not asked")
    slow.unlink()
    shell.interrupt()
    shell.settle()
    shell.run("true")
    assert active(shell) == "dev"
    shell.cd(world.repository)
    assert active(shell) is None


def test_interrupted_while_leaving_another_identity(world, start, kind):
    one, two = world.stack("one", "one"), world.stack("two", "two")
    ready, slow = world.root / "ready", world.root / "slow"
    hook = stub(
        world.root / "hook",
        f"trap 'exit 130' INT\nif [ -e '{slow}' ]; then touch '{ready}'; sleep 2; exit 1; fi\n"
        f"exec '{HOOK}' \"$@\"",
    )
    shell = start(hook=str(hook))
    shell.cd(one)
    assert active(shell) == "one"
    slow.touch()
    shell.child.sendline(f"cd {two}")
    wait_for(ready.exists, "the stub was not asked")
    slow.unlink()
    shell.interrupt()
    shell.settle()
    shell.run("true")
    assert active(shell) == "two"
    shell.cd(world.repository)
    assert active(shell) is None


BAD = {
    "crashes": "kill -SEGV $$",
    "fails": "exit 1",
    "prints garbage": "echo 'rm -rf /; )(*&^%$'",
    "no sentinel": "echo \"__atmos_auth_put 'AWS_PROFILE' '' 'half'\"",
    "nothing": "exit 0",
    "sentinel in the middle": "printf '#atmos-auth-ok\\n__atmos_auth_put AWS_PROFILE x half\\n'",
    "noise on standard error": "echo noise >&2; exit 3",
    "binary": "head -c 3000 /dev/urandom",
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_a_hook_that_misbehaves(world, start, kind, body):
    one, two = world.stack("one", "one"), world.stack("two", "two")
    hook = stub(
        world.root / "hook", f'case "$*" in */two/*) {body}; exit 0 ;; esac\nexec \'{HOOK}\' "$@"'
    )
    shell = start(hook=str(hook))
    shell.cd(one)
    assert active(shell) == "one"
    out = shell.cd(two) + shell.run("true")
    # Not the identity before, not half of the next.
    assert active(shell) is None
    assert "noise" not in out
    assert shell.alive()
    shell.cd(one)
    assert active(shell) == "one"


ENDS_EARLY = pytest.mark.parametrize(
    "end", ["exit 75", "kill -KILL $$"], ids=["out of time", "killed"]
)


@ENDS_EARLY
def test_a_hook_that_ended_early_is_asked_again(world, start, kind, end):
    fails, count = world.root / "fails", world.root / "count"
    fails.touch()
    hook = stub(
        world.root / "hook",
        f"echo x >>'{count}'; if [ -e '{fails}' ]; then {end}; fi; exec '{HOOK}' \"$@\"",
    )
    shell = start(hook=str(hook))
    out = shell.cd(world.stack("a"))
    assert active(shell) is None
    out += shell.run("true")
    fails.unlink()
    shell.run("true")
    assert active(shell) == "dev"
    assert out.count("no answer within 200 ms; the next prompt asks again") == (end == "exit 75")
    asked = count.read_text()
    shell.run("true")
    assert count.read_text() == asked, "with an answer there is nothing to ask"


@ENDS_EARLY
def test_news_of_a_pinned_identity_that_ended_early_is_asked_for_again(world, start, kind, end):
    fails, count, answer = world.root / "fails", world.root / "count", world.root / "answer"
    hook = stub(
        world.root / "hook",
        f"echo x >>'{count}'; if [ -e '{fails}' ]; then {end}; fi\n"
        f"if [ -e '{answer}' ]; then cat '{answer}'; else exec '{HOOK}' \"$@\"; fi",
    )
    shell = start(hook=str(hook)).proven()
    world.session("dev")
    use(world, "dev")
    shell.run("atmos-auth use dev")
    fails.touch()
    expiry = world.session("dev", 2 * 3600 + 1800)
    facts = world.facts_path("dev")
    answer.write_text(
        f"__atmos_auth_state '{facts}' '{facts.read_text().rstrip()}' 'dev' 'd1' '' '' '{expiry}' "
        f"'0' 'valid' '900' '☁ ' '1'{'; ' if kind == 'fish' else chr(10)}#atmos-auth-ok\n"
    )
    shell.run("true")
    assert active(shell) == "dev"
    fails.unlink()
    shell.run("true")
    assert active(shell) == "dev" and "2h" in shell.prompt()
    asked = count.read_text()
    shell.run("true")
    assert count.read_text() == asked, "with an answer there is nothing to ask"


@pytest.mark.parametrize("how", ["missing", "not executable", "directory"])
def test_a_hook_that_cannot_be_run(world, start, kind, how):
    hook = world.root / "hook"
    hook.symlink_to(HOOK)
    shell = start(hook=str(hook)).proven()
    hook.unlink()
    if how == "not executable":
        hook.write_text("#!/bin/sh\n")
    elif how == "directory":
        hook.mkdir()
    out = (
        shell.cd(world.stack("a"))
        + shell.run("true")
        + shell.cd(world.repository)
        + shell.cd(world.repository / "a")
    )
    assert active(shell) is None
    assert out.count("cannot be run, so directories do not switch") == 1
    assert shell.alive()


def test_a_hook_that_failed_is_not_asked_again(world, start, kind):
    count = world.root / "count"
    text = f"echo x >>'{count}'; "
    hook = stub(world.root / "hook", f"{text} exec '{HOOK}' \"$@\"")
    shell = start(hook=str(hook)).proven()
    stub(hook, f"{text} exit 1")
    count.unlink()
    shell.cd(world.stack("a"))
    for _ in range(3):
        shell.run("true")
    assert count.read_text() == "x\n"
    (world.repository / "a/.atmos-identity").write_text("other\n")
    shell.run("true")
    assert count.read_text() == "x\nx\n"


def test_a_hook_that_hangs_gives_up_by_itself(world, start):
    """The real one ends after 200 ms: its file system hangs, in the form of a FIFO for facts."""
    directory = world.stack("a")
    facts = world.facts_path("dev")

    def ask() -> tuple[int, bool]:
        """How the hook ends, and whether it gave a whole answer."""
        run = subprocess.run(
            [HOOK, "bash", "directory", "80", str(directory), f"{directory}/.atmos-identity", ""],
            env=world.variables(),
            capture_output=True,
            timeout=5,
        )
        return run.returncode, b"'dev'" in run.stdout and run.stdout.endswith(b"#atmos-auth-ok\n")

    assert ask() == (0, True)
    os.mkfifo(facts)
    writer = os.open(facts, os.O_RDWR)
    try:
        assert ask() in {(0, True), (75, False)}
    finally:
        os.close(writer)


def test_the_alarm_of_the_real_hook(world):
    """Whatever it waits for, it ends by its own alarm."""
    # A pipe that is full and that nobody reads blocks the answer for ever.
    fill = (
        "import os,subprocess,sys\n"
        "r,w=os.pipe(); os.set_blocking(w,False)\n"
        "try:\n"
        "  while True: os.write(w,b'x'*65536)\n"
        "except BlockingIOError: pass\n"
        "try:\n"
        "  while True: os.write(w,b'x')\n"
        "except BlockingIOError: pass\n"
        "os.set_blocking(w,True)\n"
        "print(subprocess.run(sys.argv[1:],stdout=w).returncode)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", fill, str(HOOK), "bash", "directory", "80", "/", "", ""],
        env=world.variables(),
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert run.stdout.strip() == "75"


def test_control_z_at_the_prompt(world, start):
    shell = start()
    shell.cd(world.stack("a"))
    shell.child.send("\x1a")
    shell.run("true")
    assert active(shell) == "dev"


def test_interrupting_the_prompt_keeps_all(world, start):
    world.session("dev")
    shell = start()
    shell.cd(world.stack("a"))
    for _ in range(3):
        shell.child.send("abc")
        shell.interrupt()
        # The terminal drops what was typed and not read yet; what is left of it is wiped away.
        while shell.more():
            pass
        shell.child.send("\x15")
        shell.settle()
    assert active(shell) == "dev"
    assert shell.prompt() == "☁ dev 3h12m "


def test_the_terminal_goes_away(world, start):
    shell = start()
    shell.cd(world.stack("a"))
    assert active(shell) == "dev"
    pid = shell.child.pid
    children = descendants(pid)
    shell.child.close(force=False)
    wait_for(lambda: not shell.child.isalive(), "the shell outlived its terminal")
    assert not children


@only("bash", "zsh", "fish")
def test_background_jobs_are_not_disturbed(world, start, kind):
    shell = start()
    shell.run("sleep 30 &")
    shell.proven()
    file = world.root / "jobs"
    shell.run(f"jobs >{file}")
    assert file.read_text().count("sleep 30") == 1
    for pid in descendants(shell.child.pid):
        os.kill(pid, signal.SIGTERM)
