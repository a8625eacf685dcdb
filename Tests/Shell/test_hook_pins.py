"""Pins and identities set by hand, which beat the directory.

The answers of `use` are given here by a stub, in the words of docs/protocol.md.
"""

from __future__ import annotations

import pytest

from hookshell import active, quote
from interactive_shell import SHELLS


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
