"""What a person's shell had stays as it was (cases 13-21 of docs/shell-cases.md)."""

from __future__ import annotations

import pytest

from hookshell import only


def both(world, shell):
    """Does `yield` in a plain directory, on a switch, and in a steady directory."""
    world.session("dev")
    stack = world.stack("a")
    for place in (world.repository, stack, None):
        if place is not None:
            shell.cd(place)
        yield place
        # Last, since finding out runs a command.
        assert shell.exported("AWS_PROFILE") == (None if place == world.repository else "dev")


@pytest.mark.parametrize("status", [0, 1, 42, 130, 255])
def test_the_last_status(world, start, kind, status):
    show = {
        "bash": "PS1='$? <ready> '",
        "zsh": "PROMPT='%? <ready> '",
        "fish": "function fish_prompt; printf '%s <ready> ' $status; end",
    }[kind]
    after = {"fish": "function give; return $argv[1]; end"}.get(kind, "give() { return $1; }")
    shell = start(after=show + "\n" + after)
    for _ in both(world, shell):
        file = world.root / "status"
        shell.child.sendline(f" give {status}")
        shell.child.sendline(f" echo $status >{file}" if kind == "fish" else f" echo $? >{file}")
        shell.settle()
        assert file.read_text().strip() == str(status)
        # As the prompt shows it: the segment may stand before it.
        begin = len(shell.raw)
        shell.child.sendline(f" give {status}")
        shell.settle()
        assert f"{status} <ready>" in shell.raw[begin:].decode()


@only("bash", "zsh")
def test_the_last_argument(world, start, kind):
    shell = start()
    for _ in both(world, shell):
        file = world.root / "last"
        shell.child.sendline(" : one two")
        shell.child.sendline(f" echo $_ >{file}")
        shell.settle()
        assert file.read_text().strip() == "two"


def test_the_statuses_of_a_pipeline(world, start, kind):
    shell = start()
    for _ in both(world, shell):
        file = world.root / "pipe"
        words = {"bash": "${PIPESTATUS[*]}", "zsh": "$pipestatus", "fish": "$pipestatus"}[kind]
        # The second line sees the status of the first, with the hook in between.
        shell.child.sendline(" false | true | false")
        shell.child.sendline(f" echo {words} >{file}")
        shell.settle()
        assert file.read_text().split() == ["1", "0", "1"]


@only("bash")
def test_bash_traps(world, start):
    shell = start(
        before="trap 'echo INT-' INT; trap 'echo ERR-' ERR; trap 'echo EXIT-' EXIT\n"
        "trap 'D=$((${D:-0}+1))' DEBUG"
    )
    before = shell.get('"$(trap -p)"')
    for _ in both(world, shell):
        assert shell.get('"$(trap -p)"') == before
    out = shell.run("true")
    assert "ERR-" not in out and "INT-" not in out


@only("zsh")
def test_zsh_traps(world, start):
    shell = start(before="trap 'print INT-' INT; TRAPZERR() { E=$((E+1)) }; E=0; trap 'D=1' DEBUG")
    before = shell.get('"$(trap)"')
    for _ in both(world, shell):
        assert shell.get('"$(trap)"') == before
    assert shell.get('"$E"') == "0", "the hook's own commands fail in the eyes of an ERR trap"


@only("bash")
def test_bash_options(world, start):
    shell = start()
    before = shell.get('"$-|$SHELLOPTS|$BASHOPTS"')
    for _ in both(world, shell):
        assert shell.get('"$-|$SHELLOPTS|$BASHOPTS"') == before


@only("zsh")
def test_zsh_options(world, start):
    shell = start()
    before = shell.get('"$(setopt)"')
    for _ in both(world, shell):
        assert shell.get('"$(setopt)"') == before


@only("bash", "zsh")
def test_variables_that_builtins_set(world, start, kind):
    shell = start()
    match = {"bash": '"${BASH_REMATCH[1]}"', "zsh": '"$match[1]$MATCH$MBEGIN"'}[kind]
    shell.run(
        "IFS=: OPTIND=7 REPLY=mine text=mine line=mine out=mine rc=mine d=mine; [[ abc =~ a(b)c ]]"
    )
    before = shell.get(match)
    for _ in both(world, shell):
        assert (
            shell.get('"$IFS$OPTIND$REPLY$text$line$out$rc$d"') == ":7mineminemineminemine" + "mine"
        )
        assert shell.get(match) == before


#: What the hook's functions for fish name their own variables.
NAMES = "text look at paths part path body line clock rest name left low ago code words"


@only("fish")
def test_variables_that_fish_functions_use(world, start):
    shell = start()
    shell.run(f"for n in {NAMES}; set -g $n mine; end")
    for _ in both(world, shell):
        shell.run(f'set -g ok yes; for n in {NAMES}; test "$$n" = mine; or set ok $n; end')
        assert shell.get('"$ok"') == "yes"


def test_history_stays_empty_of_us(world, start, kind):
    history = {"bash": "history", "zsh": "fc -l 1", "fish": "history"}[kind]
    before = {"bash": "set -o history; HISTCONTROL=", "zsh": "HISTSIZE=100", "fish": ""}[kind]
    shell = start(before=before)
    shell.proven()
    file = world.root / "history"
    shell.run(f"{history} >{file}")
    # What the person typed is there.
    assert f"{world.repository / 'proof'}" in file.read_text()
    assert "__atmos" not in file.read_text()


def test_no_jobs_and_no_job_messages(world, start, kind):
    shell = start()
    world.session("dev")
    out = shell.cd(world.stack("a")) + shell.run("true")
    assert shell.exported("AWS_PROFILE") == "dev"
    out += shell.cd(world.repository) + shell.run("true")
    assert "[1]" not in out and "Done" not in out
    file = world.root / "jobs"
    shell.run(f"jobs >{file} 2>&1")
    assert "atmos" not in file.read_text()


def test_the_saved_secret_is_not_exported_under_another_name(world, start, kind):
    stack = world.stack("a")
    allexport = {"bash": "set -a", "zsh": "setopt all_export", "fish": "true"}[kind]
    shell = start(after=allexport)
    shell.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    shell.cd(stack)
    assert shell.exported("AWS_SECRET_ACCESS_KEY") is None
    assert "wJalrXUtnFEMI" not in str(shell.environment())
    shell.cd(world.repository)
    assert shell.exported("AWS_SECRET_ACCESS_KEY") == "wJalrXUtnFEMI"
