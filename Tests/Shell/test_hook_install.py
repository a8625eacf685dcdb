"""Putting the hook into a shell, and taking it out again (cases 1-12 of docs/shell-cases.md)."""

from __future__ import annotations

import subprocess

import pytest

import hookshell
from hookshell import Shell, only, quote
from hookworld import use
from programs import HOOK


def hooks(shell: Shell) -> int:
    """How often the hook is in the shell's list."""
    if shell.kind == "bash":
        text = shell.get('"${PROMPT_COMMAND[*]}"')
        return text.count("__atmos_auth_hook")
    if shell.kind == "zsh":
        return shell.get('"${precmd_functions[*]} ${chpwd_functions[*]}"').count(
            "__atmos_auth_hook"
        )
    shell.run(
        "functions --handlers-type=generic >$HOME/handlers; functions --handlers >>$HOME/handlers"
    )
    return len(
        {
            line
            for line in (shell.world.home / "handlers").read_text().splitlines()
            if "__atmos_auth_hook" in line
        }
    )


@pytest.mark.parametrize("times", [1, 2, 3])
def test_sourcing_again_changes_nothing(world, start, times):
    stack = world.stack("a")
    world.session("dev")
    shell = start(install=times)
    assert hooks(shell) == 1
    shell.cd(stack)
    shell.run(shell.install_line().strip())
    assert hooks(shell) == 1
    assert shell.exported("AWS_PROFILE") == "dev"
    shell.cd(world.repository)
    assert shell.exported("AWS_PROFILE") is None


@only("bash", "zsh")
def test_direnv_in_between(world, start, kind):
    hook = {"bash": 'eval "$(direnv hook bash)"\n', "zsh": 'eval "$(direnv hook zsh)"\n'}[kind]
    path = world.root / f"hook.{kind}"
    again = f'eval "$(cat {path})"\n'
    shell = start(after=hook + again + hook + again)
    stack = world.stack("a")
    shell.cd(stack)
    assert hooks(shell) == 1
    assert shell.exported("AWS_PROFILE") == "dev"


@only("fish")
def test_direnv_in_fish(world, start):
    shell = start(after="direnv hook fish | source\n")
    shell.cd(world.stack("a"))
    assert shell.exported("AWS_PROFILE") == "dev"
    shell.cd(world.repository)
    assert shell.exported("AWS_PROFILE") is None


@only("bash")
@pytest.mark.parametrize(
    "before",
    [
        "unset PROMPT_COMMAND",
        "PROMPT_COMMAND=",
        "PROMPT_COMMAND='N=$((N+1))'",
        "PROMPT_COMMAND='N=$((N+1));'",
        "PROMPT_COMMAND=$'N=$((N+1))\\n'",
        "PROMPT_COMMAND=('N=$((N+1))' 'M=$((M+1))')",
    ],
)
def test_every_form_of_prompt_command(world, start, before):
    shell = start(before="N=0 M=0\n" + before)
    out = shell.cd(world.stack("a"))
    assert "syntax error" not in out
    assert shell.exported("AWS_PROFILE") == "dev"
    if "N=" in before:
        first = int(shell.get('"$N"'))
        assert int(shell.get('"$N"')) > first, "the user's own command runs no more"
    if "M=" in before:
        assert int(shell.get('"$M"')) > 0


#: PROMPT_COMMAND before the hook, and the index at which the hook then is.
PLACES = [
    ("PROMPT_COMMAND=('true')", "1"),
    ("PROMPT_COMMAND=true", "1"),
    ("PROMPT_COMMAND=('true' 'true')", "2"),
    ("unset PROMPT_COMMAND", "1"),
    ("PROMPT_COMMAND=", "1"),
]


@only("bash")
@pytest.mark.parametrize(("before", "index"), PLACES)
@pytest.mark.parametrize("prompt", [True, False])
def test_the_hook_is_never_the_first_element(start, before, index, prompt):
    """Every `PROMPT_COMMAND=...` further down replaces that one."""
    shell = start(before=before, options={"prompt": prompt}).proven()
    if not prompt:
        index = "1"
    shell.run(
        'AT=; for i in "${!PROMPT_COMMAND[@]}"; do '
        "[[ ${PROMPT_COMMAND[i]} != __atmos_auth_hook ]] || AT+=$i; done"
    )
    assert shell.get('"$AT"') == index


@only("bash")
@pytest.mark.parametrize(
    "after",
    [
        "PROMPT_COMMAND='history -a'",
        "PROMPT_COMMAND=",
        "PROMPT_COMMAND='export PROMPT_COMMAND=echo'",
        'PROMPT_COMMAND="true;$PROMPT_COMMAND"',
        'PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND; }true"',
        'PROMPT_COMMAND=(true "${PROMPT_COMMAND[@]}")',
    ],
)
@pytest.mark.parametrize("before", ["", "PROMPT_COMMAND=true", "PROMPT_COMMAND=(true true)"])
def test_a_prompt_command_further_down(world, start, before, after):
    shell = start(before=before, after=after)
    stack = world.stack("a")
    for _ in range(2):
        shell.run(f"builtin cd {stack}")
        assert shell.exported("AWS_PROFILE") == "dev"
        assert "PROMPT_COMMAND was set" not in shell.run("builtin cd /")
        assert shell.exported("AWS_PROFILE") is None
    assert hooks(shell) == 1


@only("bash")
@pytest.mark.parametrize("gone", ["unset PROMPT_COMMAND", "PROMPT_COMMAND=(true)"])
@pytest.mark.parametrize("way", ["cd {}", "pushd {}", "atmos-auth use x; cd {}"])
def test_a_hook_that_was_taken_away_is_put_back(world, start, gone, way):
    stack = world.stack("a")
    world.session("dev")
    use(world, "dev")
    shell = start()
    shell.run(gone)
    assert hooks(shell) == 0
    out = shell.run(way.format(stack)) + shell.run("true")
    assert out.count("PROMPT_COMMAND was set without the hook") == 1
    assert hooks(shell) == 1
    assert shell.exported("AWS_PROFILE") == "dev"
    shell.run(gone)
    assert "PROMPT_COMMAND was" not in shell.run("cd /") + shell.run("true"), "once a shell"
    assert hooks(shell) == 1


@only("bash")
@pytest.mark.parametrize("before", ["", "PROMPT_COMMAND='N=1;'", "PROMPT_COMMAND=$'N=1 # x\\n'"])
@pytest.mark.parametrize("prompt", [True, False])
def test_a_bash_that_knows_only_a_string(world, start, monkeypatch, before, prompt):
    """Before 5.1; here by another name for the version, since this bash is one."""
    whole = hookshell.snippet
    monkeypatch.setattr(
        hookshell,
        "snippet",
        lambda *words, **more: (
            "OLD=(4 4)\n" + whole(*words, **more).replace("BASH_VERSINFO", "OLD")
        ),
    )
    shell = start(before=before, options={"prompt": prompt})
    assert shell.get('"${#PROMPT_COMMAND[@]}"') == "1"
    stack = world.stack("a")
    shell.run(f"builtin cd {stack}")
    assert shell.exported("AWS_PROFILE") == "dev"
    if before:
        assert shell.get('"$N"') == "1"
    shell.run("PROMPT_COMMAND='history -a'")
    out = shell.run("cd /") + shell.run("true")
    assert out.count("PROMPT_COMMAND was set without the hook") == 1
    assert shell.exported("AWS_PROFILE") is None
    shell.run(f"builtin cd {stack}")
    assert shell.exported("AWS_PROFILE") == "dev"
    assert hooks(shell) == 1
    shell.uninstall()
    assert shell.get('"${PROMPT_COMMAND-}"').strip() == "history -a"


@only("bash")
def test_read_only_prompt_command_is_said_once_and_harms_nothing(world, start):
    shell = start(before="readonly PROMPT_COMMAND=true", after="LATER=yes")
    assert shell.raw.count(b"PROMPT_COMMAND is read-only") == 1
    assert shell.get('"$LATER"') == "yes"
    stack = world.stack("a")
    assert "read-only" not in shell.cd(stack)
    assert shell.exported("AWS_PROFILE") is None
    # Where it is not read-only, the hook is installed.
    shell = start(before="PROMPT_COMMAND=true")
    assert b"read-only" not in shell.raw
    shell.cd(stack)
    assert shell.exported("AWS_PROFILE") == "dev"


@only("bash")
def test_exported_prompt_command_does_not_reach_a_nested_bash(start):
    shell = start(before="export PROMPT_COMMAND=true").proven()
    out = shell.run("bash --norc --noprofile -i; true")
    out += shell.run("exit")
    assert "command not found" not in out


@pytest.mark.parametrize("how", ["argument", "stdin", "file"])
def test_nothing_happens_in_shells_for_scripts(world, kind, how):
    shell = Shell.program(kind)
    stack = world.stack("a")
    world.session("dev")
    # What a person types at, with the same text.
    with Shell(world, kind) as interactive:
        interactive.cd(stack)
        assert interactive.exported("AWS_PROFILE") == "dev"
    hook = world.root / f"hook.{kind}"
    source = f"source {hook}" if kind == "fish" else f'eval "$(cat {hook})"'
    script = f'{source}\ncd {stack}\ntrue\nprintf \'<%s%s>\' "$AWS_PROFILE" "$ATMOS_AUTH_PROMPT"\n'
    words = {"argument": [shell, "-c", script], "stdin": [shell], "file": [shell, str(hook) + ".s"]}
    (world.root / f"hook.{kind}.s").write_text(script)
    environment = world.variables({"BASH_ENV": str(hook)})
    run = subprocess.run(
        words[how],
        input=script if how == "stdin" else "",
        env=environment,
        text=True,
        capture_output=True,
        timeout=20,
        cwd=world.repository,
    )
    assert run.stdout == "<>"
    assert run.stderr == ""


@only("zsh")
def test_zsh_with_other_options_at_install(world, start):
    for before in ("setopt ksh_arrays", "emulate sh", "setopt sh_word_split no_unset noglob"):
        shell = start(before=before, after="emulate zsh; set +u")
        shell.cd(world.stack("a"))
        assert shell.exported("AWS_PROFILE") == "dev", before
        shell.cd(world.repository)
        assert shell.exported("AWS_PROFILE") is None, before


@pytest.mark.parametrize(
    "name", ["with space", "quo'te", 'dou"ble', "dol$HOME", "back`id`tick", "ünï", "a\\b"]
)
def test_any_path_of_the_binary(world, start, name):
    directory = world.root / name
    directory.mkdir()
    copy = directory / "atmos-auth-hook"
    copy.symlink_to(HOOK)
    shell = start(hook=str(copy))
    shell.cd(world.stack("a"))
    assert shell.exported("AWS_PROFILE") == "dev"


def names(shell: Shell) -> set[str]:
    """All functions and variables, by name."""
    path = shell.world.home / "names"
    words = {
        "bash": "{ compgen -v; compgen -A function; compgen -a; } >%s",
        "zsh": "print -l ${(k)parameters} ${(k)functions} ${(k)aliases} >%s",
        "fish": "begin; set -n; functions -a -n | string split ', '; end >%s",
    }[shell.kind]
    shell.run(words % quote(str(path), shell.kind))
    return set(path.read_text().split())


#: What shells make themselves while they run.
THEIRS = {
    "BASH_ARGC",
    "BASH_ARGV",
    "COLUMNS",
    "LINES",
    "PIPESTATUS",
    "_",
    "FUNCNAME",
    "BASH_LINENO",
    "BASH_SOURCE",
    "dirprev",
    "dirnext",
    "__fish_cd_direction",
    "pipestatus",
    "status",
    "CMD_DURATION",
    "__t_set",
    "OLDPWD",
    "BASH_REMATCH",
    "funcstack",
    "BASH_EXECUTION_STRING",
    "argv",
    "status_generation",
    "EPOCHSECONDS",
    "psvar",
    "PSVAR",
}


def test_uninstall_leaves_the_shell_as_it_was(world, start, kind):
    before = {
        "bash": "PROMPT_COMMAND='true'",
        "zsh": "precmd_functions=(true) chpwd_functions=() psvar=(one)",
        "fish": "function fish_mode_prompt; echo -n M; end",
    }
    stack = world.stack("a")
    world.session("dev")
    plain = start(install=0, before=before[kind])
    plain.cd(stack)
    plain.cd(world.repository)
    shell = start(before=before[kind])
    shell.setenv("AWS_PROFILE", "mine")
    shell.cd(stack)
    assert shell.exported("AWS_PROFILE") == "dev"
    shell.prompt()
    shell.uninstall()
    assert shell.exported("AWS_PROFILE") == "mine"
    assert shell.exported("ATMOS_AUTH_PROMPT") is None
    assert shell.exported("__ATMOS_AUTH_DIFF") is None
    shell.setenv("AWS_PROFILE", None)
    left = {n for n in names(shell) - names(plain) - THEIRS if "atmos" in n.lower()}
    assert not left
    if shell.kind == "bash":
        assert shell.get('"${PROMPT_COMMAND@a}|${PROMPT_COMMAND[*]}|$PS1"') == "|true|<ready> "
    elif shell.kind == "zsh":
        assert (
            shell.get('"$precmd_functions|$chpwd_functions|$PROMPT|$#psvar|$psvar"')
            == "true||<ready> |1|one"
        )
    else:
        assert "M<ready>" in shell.prompt() + "<ready>"
    assert shell.run("cd /").count("atmos") == 0


@only("bash")
def test_the_function_is_not_defined_twice_in_posix_bash(world, start):
    shell = start(before="set -o posix")
    assert b"not a valid identifier" not in shell.raw
    shell.cd(world.stack("a"))
    assert shell.exported("AWS_PROFILE") == "dev"
