"""Nested shells, other terminals, pins, values set by hand (cases 64-68 of docs/shell-cases.md)."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from hookshell import Shell, only, quote
from interactive_shell import SHELLS
from programs import HOOK
from waiting import wait_for


def active(shell) -> str | None:
    return shell.exported("AWS_PROFILE")


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


# ---- Pins: the answers of `use`, here given by a stub in the words of docs/protocol.md.


def answers(world, **by_words: str) -> None:
    """The stub answers `use ... --shell KIND WORDS` with the answer given for the last word."""
    cases = []
    for name, lines in by_words.items():
        for kind in SHELLS:
            path = world.root / f"answer-{name}-{kind}"
            end = "; " if kind == "fish" else "\n"
            if kind == "fish":
                lines = lines.replace("__atmos_auth_mark ''", "set -ge '__ATMOS_AUTH_DIFF'")
            path.write_text(lines.strip().replace("\n", end) + f"{end}#atmos-auth-ok\n")
        cases.append(f"*{name.replace('_', '-')}) cat {world.root}/answer-{name}-$shell ;;")
    world.main(
        'while [ $# -gt 0 ]; do [ "$1" = --shell ] && shell=$2; last=$1; shift; done\n'
        f"case $last in {' '.join(cases)} *) echo 'identity not found: `x`' >&2; exit 64 ;; esac"
    )


def pin(world, name: str, why: str = "use") -> str:
    facts = world.facts_path(name)
    lines = [
        "__atmos_auth_restore",
        "__atmos_auth_mark ''",
        f"__atmos_auth_pin '{why}' '{name}'",
        f"__atmos_auth_put 'AWS_PROFILE' '' '{name}'",
    ]
    if why == "use":
        lines.append(f"__atmos_auth_put 'ATMOS_IDENTITY' '' '{name}'")
    lines.append(
        f"__atmos_auth_state '{facts}' '' '{name}' 'd' '' '' '0' '0' 'unknown' '900' '' '1'"
    )
    return "\n".join(lines)


NOBODY = (
    "__atmos_auth_restore\n__atmos_auth_pin 'use' 'none'\n__atmos_auth_mark ''\n__atmos_auth_state"
)
AUTO = "__atmos_auth_restore\n__atmos_auth_auto"


def test_use_pins_the_shell(world, start):
    stack = world.stack("a")
    answers(world, prod=pin(world, "prod"), none=NOBODY, _auto=AUTO)
    shell = start()
    shell.run("atmos-auth use prod")
    assert active(shell) == "prod"
    for place in (stack, world.repository, stack):
        shell.cd(place)
        assert active(shell) == "prod", "directories do not override a pin"
    shell.run("atmos-auth use none")
    shell.run("true")
    assert active(shell) is None
    shell.run("atmos-auth use --auto")
    shell.run("true")
    assert active(shell) == "dev"
    shell.cd(world.repository)
    assert active(shell) is None


def test_use_dash_goes_back(world, start):
    answers(world, prod=pin(world, "prod"), test=pin(world, "test"), _auto=AUTO)
    shell = start()
    shell.cd(world.stack("a"))
    assert active(shell) == "dev"
    shell.run("atmos-auth use prod")
    shell.run("atmos-auth use test")
    assert active(shell) == "test"
    shell.run("atmos-auth use -")
    assert active(shell) == "prod"
    shell.run("atmos-auth use -")
    assert active(shell) == "test"
    shell.run("atmos-auth use --auto")
    shell.run("true")
    assert active(shell) == "dev"
    shell.run("atmos-auth use -")
    assert active(shell) == "test"
    assert world.asked()[-1] == f"use --shell {shell.kind} test"


@pytest.mark.parametrize(
    "verb", ["list", "whoami -o json", "env", "--help", "use --help", "exec -- true"]
)
def test_the_function_passes_everything_else_through(world, start, verb):
    world.main("printf 'out:%s\\n' \"$*\"; echo err >&2; exit 7")
    shell = start().proven()
    file = world.root / "out"
    end = "$status" if shell.kind == "fish" else "$?"
    shell.run(
        f"atmos-auth {verb} >{file}; set -g RC $status"
        if shell.kind == "fish"
        else f"atmos-auth {verb} >{file}; RC={end}"
    )
    given = verb.replace("use ", f"use --shell {shell.kind} ")
    assert file.read_text() == f"out:{given}\n"
    assert shell.get('"$RC"') == "7"
    assert world.asked() == [given]


def test_the_function_keeps_odd_words_whole(world, start, kind):
    world.main("for word; do printf '<%s>' \"$word\"; done")
    shell = start().proven()
    file = world.root / "out"
    odd = ["a b", "", "*", "$HOME", "it's", "-x=y"]
    shell.run("atmos-auth list " + " ".join(quote(w, kind) for w in odd) + f" >{file}")
    assert file.read_text() == "<list>" + "".join(f"<{w}>" for w in odd)


def test_an_identity_set_by_hand_beats_the_directory(world, start):
    stack = world.stack("a")
    answers(world, _from_environment=pin(world, "prod", "environment"))
    shell = start()
    shell.cd(stack)
    assert active(shell) == "dev"
    shell.setenv("ATMOS_IDENTITY", "prod")
    assert active(shell) == "prod"
    assert shell.exported("ATMOS_IDENTITY") == "prod"
    assert world.asked() == [f"use --shell {shell.kind} --from-environment"]
    shell.cd(world.repository)
    shell.cd(stack)
    assert active(shell) == "prod" and len(world.asked()) == 1
    shell.setenv("ATMOS_IDENTITY", None)
    assert active(shell) == "dev"
    shell.cd(world.repository)
    assert active(shell) is None


def test_an_identity_set_by_hand_before_the_shell(world, start):
    stack = world.stack("a")
    answers(world, _from_environment=pin(world, "prod", "environment"))
    shell = start(environment={"ATMOS_IDENTITY": "prod"})
    shell.cd(stack)
    assert active(shell) == "prod"


@pytest.mark.parametrize("word", ["false", "none", "0", "no", "OFF"])
def test_switched_off_by_hand(world, start, word):
    stack = world.stack("a")
    shell = start(environment={"ATMOS_IDENTITY": word})
    shell.cd(stack)
    assert active(shell) is None
    assert shell.exported("ATMOS_IDENTITY") == word
    shell.setenv("ATMOS_IDENTITY", None)
    assert active(shell) == "dev"
    shell.setenv("ATMOS_IDENTITY", word)
    assert active(shell) is None


def test_an_unknown_identity_set_by_hand_is_said_once(world, start):
    answers(world)
    shell = start()
    shell.cd(world.stack("a"))
    shell.run("true")
    shell.setenv("SOMETHING", "x")
    begin = len(shell.raw)
    shell.setenv("ATMOS_IDENTITY", "x")
    shell.run("true")
    shell.run("true")
    assert shell.raw[begin:].count(b"identity not found") == 1
    # Neither the directory's identity nor any other.
    assert active(shell) is None


def test_a_pin_reaches_a_nested_shell_but_no_other_pane(world, start, kind):
    """With the real hook's mark: a directory's is turned into a pin's."""
    world.session("dev")
    shell = start()
    shell.cd(world.stack("a"))
    mark = shell.exported("__ATMOS_AUTH_DIFF").replace("2 directory ", "2 pin ", 1)
    inherited = {k: v for k, v in shell.environment().items() if k.startswith(("AWS_", "ATMOS_"))}
    nested = start(environment=inherited | {"__ATMOS_AUTH_DIFF": mark}, directory=world.root)
    nested.cd(world.repository)
    assert active(nested) == "dev"
    assert nested.prompt() == "☁ dev 3h12m "
    world.session("dev", state="ended")
    nested.run("true")
    assert nested.exported("ATMOS_AUTH_STATE") == "ended"
    window = start(
        environment=inherited | {"__ATMOS_AUTH_DIFF": mark, "TMUX_PANE": "%7"}, directory=world.root
    )
    window.run("true")
    assert active(window) is None


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
