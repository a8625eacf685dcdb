"""Nested shells, other terminals, values changed by hand (cases 64-68 of docs/shell-cases.md)."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from hookshell import Shell, active, only
from interactive_shell import SHELLS
from programs import HOOK
from waiting import wait_for


def words(kind: str, world, verb: str = "exec") -> str:
    """The command that starts the same shell with the same rc file."""
    if kind == "bash":
        return f"{verb} bash --noprofile --rcfile {world.home}/.rc-bash/bashrc -i"
    if kind == "zsh":
        return f"{verb} env ZDOTDIR={world.home}/.rc-zsh zsh -d -i"
    return f"{verb} fish -i"


@pytest.mark.parametrize("inside", [True, False])
def test_exec_of_the_same_shell(world, start, kind, inside):
    stack = world.stack("a")
    world.session("dev")
    shell = start()
    shell.setenv("AWS_REGION", "mine-1")
    shell.cd(stack)
    assert active(shell) == "dev"
    shell.run(f"{'true' if inside else 'builtin cd /'} ; {words(kind, world)}")
    if inside:
        assert active(shell) == "dev"
        assert shell.prompt() == "☁ dev 3h12m "
        shell.cd(world.repository)
    assert active(shell) is None
    assert shell.exported("AWS_REGION") == "mine-1"
    assert shell.exported("__ATMOS_AUTH_DIFF") is None
    assert shell.prompt() == ""


@pytest.mark.parametrize("other", SHELLS)
def test_another_shell_inside(world, start, kind, other):
    stack = world.stack("a")
    two = world.stack("b", "two")
    world.session("dev")
    Shell(world, other, directory=world.repository).close()
    shell = start()
    shell.setenv("AWS_PROFILE", "mine")
    shell.cd(stack)
    shell.run(words(other, world, "command"))
    kind_before, shell.kind = shell.kind, other
    shell._into = ">" if other == "fish" else ">|"
    assert active(shell) == "dev"
    shell.cd(two)
    assert active(shell) == "two"
    shell.cd(world.repository)
    assert active(shell) == "mine"
    shell.cd(stack)
    shell.run("exit")
    shell.kind = kind_before
    shell._into = ">" if kind_before == "fish" else ">|"
    assert active(shell) == "dev"
    shell.cd(world.repository)
    assert active(shell) == "mine"


def test_a_secret_that_was_taken_away_does_not_come_back_in_a_child(world, start, kind):
    """It is not in the mark, so it cannot; it must not come back as something else either."""
    stack = world.stack("a")
    shell = start()
    shell.setenv("AWS_SECRET_ACCESS_KEY", "wJalr")
    shell.setenv("AWS_VAULT", "vault")
    shell.cd(stack)
    assert "wJalr" not in str(shell.environment())
    shell.run(words(kind, world))
    shell.cd(world.repository)
    assert shell.exported("AWS_SECRET_ACCESS_KEY") is None
    assert shell.exported("AWS_VAULT") == "vault"


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "1",
        "garbage",
        "1 directory zz",
        "1 directory 0000000000000000 + + 0 + 900 - 0 0 0 A;id - -",
        "1 pin 0000000000000000 + +$(touch%20PWNED) 0 + 900 - 0 0 0",
        "1 directory 0000000000000000 + +dev 0 + 900 - 0 0 0 +A +",
        "2 x",
        "2 directory 0000000000000000 + +dev 0 + 900 - 0 0 0",
        "2 directory 0000000000000000 + +dev 0 + 900 - 0 0 0 A -",
        "2 pin 0000000000000000 + +dev 0 + 900 - 0 0 0 +A;$(touch%20PWNED) -",
        "3 directory 0000000000000000 + + 0 + 900 - 0 0 0 - -",
    ],
)
def test_a_mark_from_elsewhere(world, start, mark):
    shell = start(environment={"__ATMOS_AUTH_DIFF": mark})
    out = shell.run("true")
    shell.cd(world.stack("a"))
    assert active(shell) == "dev"
    assert "rror" not in out
    assert not list(world.root.rglob("PWNED"))


def test_a_new_window_of_a_terminal_multiplexer(world, start, kind):
    """It gets the server's environment, and so what was active where the server was started."""
    stack = world.stack("a")
    world.session("dev")
    shell = start()
    shell.cd(stack)
    assert active(shell) == "dev"
    inherited = shell.environment()
    inherited = {k: v for k, v in inherited.items() if k.startswith(("AWS_", "ATMOS_", "__ATMOS"))}
    window = start(environment=inherited | {"TMUX_PANE": "%1"}, directory=world.repository)
    window.run("true")
    assert active(window) is None
    assert window.exported("__ATMOS_AUTH_DIFF") is None
    assert window.prompt() == ""


def test_tmux_itself(world, start, kind):
    tmux = Shell.program("tmux")
    stack = world.stack("a")
    shell = start(after="set -gx TMUX ''" if kind == "fish" else "unset TMUX TMUX_PANE")
    shell.cd(stack)
    assert active(shell) == "dev"
    rc = {
        "bash": f"bash --noprofile --rcfile {world.home}/.rc-bash/bashrc -i",
        "zsh": "zsh -d -i",
        "fish": "fish -i",
    }[kind]
    socket = world.root / "tmux"
    try:
        shell.run(
            f"command {tmux} -f /dev/null -S {socket} "
            f"new-session -d -x 100 -y 20 -c {world.repository} '{rc}'"
        )
        out = world.root / "from-window"

        def send(line: str) -> None:
            subprocess.run([tmux, "-S", str(socket), "send-keys", line, "Enter"], check=True)

        send("true")
        send(f"command env >{out}.tmp; mv {out}.tmp {out}")
        wait_for(out.exists, "the window never answered", 20)
        assert "AWS_PROFILE" not in out.read_text()
    finally:
        subprocess.run([tmux, "-S", str(socket), "kill-server"], check=False)


def test_login_and_logout_in_another_terminal(world, start):
    stack = world.stack("a")
    shell = start()
    shell.cd(stack)
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") is None
    world.session("dev", 3600 + 30)
    shell.run("true")
    assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev 1h00m"
    first = shell.exported("AWS_CREDENTIAL_EXPIRATION")
    assert first.endswith("Z")
    world.session("dev", 2 * 3600 + 30)
    shell.run("true")
    assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev 2h00m"
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") > first
    world.session("dev", state="ended")
    shell.run("true")
    assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev no session"
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") is None
    assert active(shell) == "dev"


@pytest.mark.parametrize("value", ["mine", "", None])
def test_a_variable_changed_by_hand_stays(world, start, value):
    stack = world.stack("a")
    shell = start()
    shell.setenv("AWS_PROFILE", "before")
    shell.cd(stack)
    assert active(shell) == "dev"
    shell.setenv("AWS_PROFILE", value)
    shell.run("true")
    assert active(shell) == value
    shell.cd(world.repository)
    assert active(shell) == value
    assert shell.exported("AWS_REGION") is None


def earlier_mark(mark: str) -> str:
    """A marker as an earlier release would have written it."""
    fields = mark.split(" ")
    assert fields[0] == "2" and fields[12:14] == ["+AWS_CREDENTIAL_EXPIRATION", "+eu-west-1"]
    return " ".join(["1", *fields[1:12], *fields[14:]])


def activated(world, start) -> dict[str, str]:
    """What a child of an activated shell inherits, which was there before an upgrade."""
    world.session("dev")
    shell = start(environment={"AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "secret"})
    shell.cd(world.stack("a"))
    assert active(shell) == "dev"
    names = ("AWS_", "ATMOS_", "__ATMOS")
    inherited = {k: v for k, v in shell.environment().items() if k.startswith(names)}
    return inherited | {"__ATMOS_AUTH_DIFF": earlier_mark(inherited["__ATMOS_AUTH_DIFF"])}


def test_what_an_earlier_release_changed_is_put_back(world, start, kind):
    inherited = activated(world, start)
    shell = start(environment=inherited, directory=world.repository)
    shell.run("true")
    assert active(shell) == "mine"
    assert shell.exported("AWS_SESSION_TOKEN") is None, "it was withheld"
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") is None
    assert shell.exported("__ATMOS_AUTH_DIFF") is None


def test_a_shell_goes_on_with_what_an_earlier_release_changed(world, start, kind):
    inherited = activated(world, start)
    shell = start(environment=inherited, directory=world.repository / "a")
    shell.run("true")
    assert active(shell) == "dev"
    assert shell.exported("__ATMOS_AUTH_DIFF").startswith("2 directory ")
    shell.cd(world.repository)
    assert active(shell) == "mine"
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") is None


def test_the_expiry_of_an_identity_that_an_earlier_release_pinned(world, start, kind):
    inherited = activated(world, start)
    mark = inherited["__ATMOS_AUTH_DIFF"].replace("1 directory ", "1 pin ", 1)
    shell = start(environment=inherited | {"__ATMOS_AUTH_DIFF": mark}, directory=world.repository)
    shell.run("true")
    before = shell.exported("AWS_CREDENTIAL_EXPIRATION")
    assert active(shell) == "dev" and before
    world.session("dev", 8 * 3600)
    shell.run("true")
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") > before
    world.session("dev", state="ended")
    shell.run("true")
    assert shell.exported("AWS_CREDENTIAL_EXPIRATION") is None


def test_plain_earlier_values_reach_children_and_others_do_not(world, start, kind):
    earlier = {"AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "secret", "AWS_VAULT": "vault"}
    stack = world.stack("a", extra={"TOKEN": "ours"})
    shell = start(environment=earlier | {"TOKEN": "another secret"})
    shell.cd(stack)
    inherited = shell.environment()
    mark = inherited["__ATMOS_AUTH_DIFF"]
    assert "+mine" in mark and "+vault" in mark and "secret" not in mark
    names = ("AWS_", "ATMOS_", "__ATMOS", "TOKEN")
    inherited = {k: v for k, v in inherited.items() if k.startswith(names)}
    child = start(environment=inherited, directory=world.repository)
    child.run("true")
    assert child.exported("AWS_PROFILE") == "mine" and child.exported("AWS_VAULT") == "vault"
    assert child.exported("AWS_SESSION_TOKEN") is None and child.exported("TOKEN") is None
    shell.cd(world.repository)
    assert shell.exported("TOKEN") == "another secret"
    assert shell.exported("AWS_SESSION_TOKEN") == "secret"


@only("bash")
def test_an_inherited_function_name_is_no_state(world, start):
    """`set -a` and `export -f` bring variables and functions of a parent along."""
    shell = start(
        environment={
            "__atmos_auth_pin": "use x",
            "__atmos_auth_asked": "x",
            "__atmos_auth_at_HOME": "0",
        }
    )
    shell.cd(world.stack("a"))
    assert active(shell) == "dev"
    shell.cd(world.repository)
    assert shell.exported("HOME") == str(world.home)


def test_the_hook_alone_answers_nothing_to_nonsense(world):
    for arguments in (
        [],
        ["bash"],
        ["tcsh", "directory", "80", "/", "", ""],
        ["bash", "x", "y"],
        ["bash", "directory"],
    ):
        run = subprocess.run([HOOK, *arguments], env=world.variables(), capture_output=True)
        assert run.returncode == 64
        assert run.stdout == b""
    assert shutil.which("bash")
