"""Programs that write PS1 or PROMPT at each prompt (cases 70-76 of docs/shell-cases.md)."""

from __future__ import annotations

import pathlib
import sys

import pytest

from hookshell import only
from hookworld import use
from interactive_shell import PROMPT
from waiting import wait_for

SHOWN = "☁ dev "

#: As people and programs write it: before the hook's line, and after it.
WRITERS = {
    "bash": {
        "a function": (f"__p() {{ local e=$?; PS1='[x] {PROMPT}'; }}; PROMPT_COMMAND=__p", ""),
        "a function later": ("", f"__p() {{ PS1='[x] {PROMPT}'; }}; PROMPT_COMMAND=__p"),
        "git's": (
            "__git_ps1() { PS1=$1$2; }\n" + f'PROMPT_COMMAND=\'__git_ps1 "[x] " "{PROMPT}"\'',
            "",
        ),
        "an array": (f"PROMPT_COMMAND=(true 'PS1=\"[x] {PROMPT}\"')", ""),
        "an array later": ("", f"PROMPT_COMMAND+=('PS1=\"[x] {PROMPT}\"')"),
        "powerline-shell": (
            f"_update_ps1() {{ PS1=$(printf '%s' '[x] {PROMPT}'); }}",
            "if [[ $TERM != linux && ! $PROMPT_COMMAND =~ _update_ps1 ]]; then "
            'PROMPT_COMMAND="_update_ps1; $PROMPT_COMMAND"; fi',
        ),
        "bash-it": (
            f"__powerline_prompt_command() {{ PS1='[x] {PROMPT}'; }}",
            'PROMPT_COMMAND="__powerline_prompt_command;${PROMPT_COMMAND}"',
        ),
        # starship keeps what was there, and runs it itself.
        "starship": (
            "STARSHIP_SHELL=bash; starship_precmd() { STARSHIP_CMD_STATUS=$?; "
            f"eval \"$_PRESERVED_PROMPT_COMMAND\"; PS1=$(printf '[x] {PROMPT}'); }}",
            'if [[ -z "${PROMPT_COMMAND-}" ]]; then PROMPT_COMMAND="starship_precmd"; '
            'elif [[ "$PROMPT_COMMAND" != *"starship_precmd"* ]]; then '
            '_PRESERVED_PROMPT_COMMAND="$PROMPT_COMMAND"; PROMPT_COMMAND="starship_precmd"; fi',
        ),
        "oh-my-posh": (
            "POSH_SHELL_VERSION=5; _omp_get_primary() { shopt -u promptvars; "
            f"trap 'shopt -s promptvars' RETURN; printf '[x] {PROMPT}'; }}; "
            "_omp_hook() { local s=$?; PS1='$(_omp_get_primary)'; shopt -s promptvars; "
            "return $s; }",
            'PROMPT_COMMAND=(_omp_hook "${PROMPT_COMMAND[@]}")',
        ),
    },
    "zsh": {
        "precmd": (f"precmd() {{ PROMPT='[x] {PROMPT}' }}", ""),
        "a function": (f"p() {{ PS1='[x] {PROMPT}' }}; precmd_functions+=(p)", ""),
        "a function later": ("", f"p() {{ PS1='[x] {PROMPT}' }}; precmd_functions+=(p)"),
        "vcs_info": (
            f"setopt prompt_subst; precmd() {{ psvar=(); psvar[1]=x }}; PROMPT='[%1v] {PROMPT}'",
            "",
        ),
        "starship": (
            "STARSHIP_SHELL=zsh; prompt_starship_precmd() { STARSHIP_CMD_STATUS=$? }; "
            "setopt promptsubst; autoload -Uz add-zsh-hook",
            "add-zsh-hook precmd prompt_starship_precmd\n"
            f'PROMPT=\'$(printf "[x] {PROMPT}" "$STARSHIP_CMD_STATUS")\'',
        ),
        "oh-my-posh": (
            f"POSH_SHELL_VERSION=5; _omp_precmd() {{ eval \"PS1='[x] {PROMPT}'\" }}",
            "autoload -Uz add-zsh-hook; add-zsh-hook precmd _omp_precmd",
        ),
        "powerline": (
            f"_prompt() {{ print -n '[x] {PROMPT}' }}; setopt promptpercent promptsubst; "
            "PS1='$(_prompt aboveleft)'",
            "",
        ),
    },
    "fish": {
        "a function later": ("", f"function fish_prompt; echo -n '[x] {PROMPT}'; end"),
        "starship": (
            "",
            "set -gx STARSHIP_SHELL fish; function fish_prompt; set STARSHIP_CMD_STATUS $status; "
            f"printf '[x] {PROMPT}'; end; function fish_mode_prompt; end",
        ),
        "oh-my-posh": (
            f"set -gx POSH_SHELL_VERSION 3; function fish_prompt; printf '[x] {PROMPT}'; end",
            "",
        ),
        # tide draws in the background, and shows what it has.
        "tide": (
            f"function tide; end; set -g _tide_shown '[x] {PROMPT}'; "
            "function _tide_draw --on-event fish_prompt; end; "
            "function fish_prompt; echo -n $_tide_shown; end; function fish_mode_prompt; end",
            "",
        ),
    },
}
EVERY_WRITER = pytest.mark.parametrize(
    ("kind", "number"), [(kind, n) for kind, all in WRITERS.items() for n in range(len(all))]
)


def written(kind: str, number: int) -> dict[str, str]:
    """What a shell starts with for a writer of its kind."""
    return dict(zip(("before", "after"), list(WRITERS[kind].values())[number], strict=True))


@EVERY_WRITER
def test_what_writes_the_prompt_each_time(world, start, kind, number):
    world.session("dev", None)
    shell = start(**written(kind, number))
    assert shell.prompt() == "[x] ", "nobody is active"
    shell.cd(world.stack("a"))
    assert shell.prompt() == SHOWN + "[x] "
    assert shell.prompt() == SHOWN + "[x] "
    shell.cd(world.repository)
    assert shell.prompt() == "[x] "
    shell.uninstall()
    assert shell.prompt() == "[x] "


@EVERY_WRITER
def test_an_identity_that_was_chosen_shows_at_once(world, start, kind, number):
    world.session("prod", None)
    use(world, "prod", "!")
    shell = start(**written(kind, number))
    out = shell.run("atmos-auth use prod")
    assert out.count("atmos-auth: this shell now acts as `prod`, which is protected") == 1
    assert shell.drawn_prompt() == "☁ !prod [x] "
    shell.run("atmos-auth use prod")
    assert shell.prompt() == "☁ !prod [x] "


@only("bash", "zsh")
def test_one_that_comes_during_the_session(world, start, kind):
    world.session("dev", None)
    shell = start()
    shell.cd(world.stack("a"))
    assert shell.prompt() == SHOWN
    shell.run(
        f"PROMPT_COMMAND+=('PS1=\"[x] {PROMPT}\"')"
        if kind == "bash"
        else f"p() {{ PS1='[x] {PROMPT}' }}; precmd_functions+=(p)"
    )
    shell.run("true")
    assert shell.prompt() == SHOWN + "[x] "


#: What each shell's prompt of two lines looks like in its own words.
TWO_LINES = {
    "bash": [
        f"PS1='up\\n{PROMPT}'",
        f"PS1=$'up\\n{PROMPT}'",
        f"PS1='\\nup\\n{PROMPT}'",
        # Line breaks within a substitution are not the prompt's.
        f"PS1='up\\n$(printf %s \"\n\"){PROMPT}'",
        f"PS1='${{debian_chroot:+($debian_chroot)}}up\\n{PROMPT}'",
        # The backslash before `n` is a character here.
        f"PS1='up\\n\\\\n{PROMPT}'",
        f"both() {{ printf 'up\\n{PROMPT}'; }}; PS1='$(both)'",
        f"PROMPT_COMMAND=\"PS1=\\$'up\\\\n{PROMPT}'\"",
        f"both() {{ printf 'up\\n{PROMPT}'; }}; PROMPT_COMMAND=('PS1=\"\\$(both)\"')",
    ],
    "zsh": [
        f"PROMPT=$'up\\n{PROMPT}'",
        f"PROMPT=$'\\nup\\n{PROMPT}'",
        f"setopt prompt_subst; PROMPT=$'up\\n$(printf %s \"\\n\"){PROMPT}'",
        f"setopt prompt_subst; both() {{ printf 'up\\n{PROMPT}' }}; PROMPT='$(both)'",
        f"precmd() {{ PROMPT=$'up\\n{PROMPT}' }}",
        f"p() {{ PROMPT=$'up\\n{PROMPT}' }}; precmd_functions+=(p)",
        f"setopt prompt_subst; both() {{ printf 'up\\n{PROMPT}' }}\n"
        "p() { PROMPT='$(both)' }; precmd_functions+=(p)",
    ],
    "fish": [
        f"function fish_prompt; printf 'up\\n{PROMPT}'; end",
        f"function fish_prompt; echo; echo up; printf '{PROMPT}'; end",
        f"function fish_prompt; echo -n up\\n; echo -n '{PROMPT}'; end",
    ],
}


@pytest.mark.parametrize(
    ("kind", "number"), [(kind, n) for kind, all in TWO_LINES.items() for n in range(len(all))]
)
@pytest.mark.parametrize("late", [False, True])
def test_prompts_of_two_lines(world, start, kind, number, late):
    world.session("dev", None)
    text = TWO_LINES[kind][number]
    shell = start(after=text) if late else start(before=text)
    if late and "COMMAND" in text:
        shell.run("true")
    before = shell.prompt()
    assert shell.screen.display[shell.screen.cursor.y - 1].strip() == "up"
    for _ in range(2):
        shell.cd(world.stack("a", advance=False))
        assert shell.prompt() == SHOWN + before
        assert shell.prompt() == SHOWN + before
        assert shell.screen.display[shell.screen.cursor.y - 1].strip() == "up"
        shell.cd(world.repository)
        assert shell.prompt() == before
        assert shell.screen.display[shell.screen.cursor.y - 1].strip() == "up"
    shell.uninstall()
    assert shell.prompt() == before


@pytest.mark.parametrize(
    ("kind", "reason", "after"),
    [
        ("bash", "promptvars", f"shopt -u promptvars; PROMPT_COMMAND+=('PS1=\"{PROMPT}\"')"),
        ("bash", "read-only", "readonly PS1"),
        ("zsh", "read-only", "typeset -r PROMPT"),
        ("zsh", "powerlevel10k", f"p10k() {{ }}; precmd() {{ PROMPT='{PROMPT}' }}"),
    ],
)
def test_a_prompt_that_cannot_show_it(world, start, reason, after):
    world.session("dev", None)
    shell = start(after=after)
    begin = len(shell.raw)
    for _ in range(2):
        shell.cd(world.stack("a"))
        shell.run("true")
        assert shell.prompt() == ""
        assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev"
        shell.cd(world.repository)
    shown = shell.raw[begin:].decode()
    assert shown.count("the prompt cannot show the identity") == 1
    assert reason in shown and "$ATMOS_AUTH_PROMPT" in shown


def test_a_prompt_that_shows_it_already(world, start, kind):
    """A recipe in somebody's prompt, and the hook with its own segment."""
    recipe = {
        "bash": f"PROMPT_COMMAND+=('PS1=\"($ATMOS_AUTH_PROMPT) {PROMPT}\"')",
        "zsh": f"setopt prompt_subst; PROMPT='($ATMOS_AUTH_PROMPT) {PROMPT}'",
        "fish": f'function fish_prompt; echo -n "($ATMOS_AUTH_PROMPT) {PROMPT}"; end',
    }[kind]
    world.session("dev", None)
    shell = start(after=recipe)
    shell.cd(world.stack("a"))
    assert shell.prompt() == "(☁ dev) "


def test_recipes_get_the_news_at_once(world, start, kind):
    """What reads our variables, with --no-prompt, before the hook's line and after it."""
    show = {
        "bash": f'__p() {{ PS1="($ATMOS_AUTH_PROMPT) {PROMPT}"; }}; PROMPT_COMMAND=__p',
        "zsh": f'p() {{ PROMPT="($ATMOS_AUTH_PROMPT) {PROMPT}" }}; precmd_functions+=(p)',
        "fish": f'function fish_prompt; echo -n "($ATMOS_AUTH_PROMPT) {PROMPT}"; end',
    }[kind]
    world.session("dev", None)
    for options in ({"before": show}, *(({"after": show},) if kind != "bash" else ())):
        shell = start(options={"prompt": False}, **options)
        stack = world.stack("a", advance=False)
        shell.cd(stack)
        assert shell.drawn_prompt() == "(☁ dev) "
        world.session("dev", 7200 + 30)
        shell.run("true")
        assert shell.drawn_prompt() == "(☁ dev 2h00m) "
        world.session("dev", None)


def test_the_prompt_sees_the_commands_status(world, start, kind):
    before = {
        "bash": f'__p() {{ local e=$?; PS1="[$e] {PROMPT}"; }}; PROMPT_COMMAND=__p',
        "zsh": f"PROMPT='[%?] {PROMPT}'",
        "fish": "function fish_prompt; set -l s $status $pipestatus; "
        f'echo -n "[$s[1]] {PROMPT}"; set -g SEEN $s; end',
    }[kind]
    world.session("dev", None)
    shell = start(before=before)
    shell.cd(world.stack("a"))
    for _ in range(2):
        shell.child.sendline("false")
        shell.child.expect_exact(f"[1] {PROMPT}".encode())
        assert shell.drawn_prompt() == SHOWN + "[1] "
        assert shell.prompt() == SHOWN + "[0] "
    if kind == "fish":
        shell.child.sendline("true | false | true")
        shell.child.expect_exact(b"<ready>")
        assert shell.get("$SEEN") == "0\0000\0001\0000"


# ---- Real prompt programs.

#: Where Debian has them; elsewhere the tests of their ways of writing have to do.
LIQUIDPROMPT = pathlib.Path("/usr/share/liquidprompt/liquidprompt")
POWERLINE = pathlib.Path("/usr/share/powerline/bindings")
POWERLINE_ZSH = next(pathlib.Path("/usr/lib/python3").glob("*/powerline/bindings/zsh"), None)


@only("bash", "zsh")
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.skipif(sys.platform != "linux", reason="Debian's packages")
def test_liquidprompt(world, start, kind, late):
    assert LIQUIDPROMPT.exists(), "liquidprompt is missing: run scripts/install-dependencies test"
    load = f"LP_MARK_DEFAULT='<ready>'; source {LIQUIDPROMPT}"
    real_prompt(world, start, {"after" if late else "before": load})


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.skipif(sys.platform != "linux", reason="Debian's packages")
def test_powerline(world, start, kind, late):
    assert POWERLINE.exists(), "powerline is missing: run scripts/install-dependencies test"
    load = {
        "bash": f"source {POWERLINE}/bash/powerline.sh",
        "zsh": f"source {POWERLINE_ZSH}/powerline.zsh",
        "fish": f"set fish_function_path $fish_function_path {POWERLINE}/fish; powerline-setup",
    }[kind]
    if kind == "zsh" and not (POWERLINE_ZSH and (POWERLINE_ZSH / "powerline.zsh").exists()):
        pytest.skip("Debian's package has no file for zsh")
    config = world.home / ".config/powerline/config.json"
    config.parent.mkdir(parents=True)
    config.write_text('{"ext": {"shell": {"theme": "default"}}}')
    # Without its daemon, which would stay.
    real_prompt(
        world,
        start,
        {
            "after" if late else "before": load,
            "environment": {"POWERLINE_COMMAND": "powerline-render"},
        },
    )


def real_prompt(world, start, options: dict) -> None:
    world.session("dev", None)
    stack = world.stack("a")
    plain = start(install=0, **options)

    def line(shell) -> str:
        """The prompt's last line, once it is there and quiet."""

        def lines() -> list[str]:
            return [text for text in shell.screen.display if text.strip()]

        def is_there() -> bool:
            return not shell.more(0.3) and not lines()[-1].startswith("@")

        shell.run("")
        wait_for(is_there, "no prompt", 20)
        return lines()[-1]

    plain.cd(stack)
    theirs = line(plain)
    assert theirs.strip()
    plain.close()
    shell = start(**options)
    shell.cd(stack)
    shown = line(shell)
    assert shown.startswith(SHOWN)
    assert shown.removeprefix(SHOWN).strip()[-1] == theirs.strip()[-1]
    shell.cd("/")
    assert SHOWN not in line(shell)


# ---- bash-preexec, which has to be the last element itself.

PREEXEC = pathlib.Path(__file__).with_name("preexec.sh")


@only("bash")
@pytest.mark.parametrize("first", ["hook", "preexec"])
@pytest.mark.parametrize("form", ["", "PREEXEC_STRING=1"])
@pytest.mark.parametrize(
    "writer",
    [
        f"precmd_functions+=(w); w() {{ PS1='[x] {PROMPT}'; }}",
        f"PROMPT_COMMAND=$'w\n'$PROMPT_COMMAND; w() {{ PS1='[x] {PROMPT}'; }}",
        f"PROMPT_COMMAND+=(w); w() {{ PS1='[x] {PROMPT}'; }}",
    ],
    ids=["list", "string", "element"],
)
def test_with_bash_preexec(world, start, first, form, writer):
    if form and "+=(w); w" in writer and "PROMPT_COMMAND" in writer:
        pytest.skip("an element after bash-preexec's string breaks bash-preexec itself")
    world.session("dev", None)
    load = f'preexec() {{ RAN+="<$1>"; }}; RAN=\n{form}\nsource {PREEXEC}\n'
    shell = start(after=load + writer) if first == "hook" else start(before=load, after=writer)
    shell.cd(world.stack("a"))
    shell.run("true")
    assert shell.prompt() == SHOWN + "[x] "
    assert shell.prompt() == SHOWN + "[x] "
    shell.run("echo marked")
    ran = shell.get('"$RAN"')
    if "COMMAND+=(w)" not in writer:
        # Else the writer's element takes the first command's place, without us too.
        assert ran.startswith("<printf '@")
    assert ran.count("<echo marked>") == 1 and "__atmos_auth" not in ran
    assert shell.get('"${PROMPT_COMMAND[*]}"').endswith("__bp_interactive_mode")
    shell.uninstall()
    assert shell.prompt() == "[x] "
    assert "atmos" not in shell.get('"${PROMPT_COMMAND[*]}${precmd_functions[*]}"')
