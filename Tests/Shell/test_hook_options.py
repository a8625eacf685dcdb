"""Under every option, alias and function a person may have (cases 22-29 of docs/shell-cases.md)."""

from __future__ import annotations

import pytest

from hookshell import only

BASH = [
    "set -e",
    "set -u",
    "set -eu",
    "set -o pipefail",
    "set -o posix",
    "set -f",
    "set -C",
    "set -a",
    "set -k",
    "set -T",
    "set -E",
    "set -b",
    "set -m",
    "set +m",
    "set -o vi",
    "set +H",
    "set +B",
    "shopt -s nullglob",
    "shopt -s failglob",
    "shopt -s nocasematch",
    "shopt -s nocaseglob",
    "shopt -s extglob",
    "shopt -u extglob",
    "shopt -s lastpipe",
    "shopt -s inherit_errexit",
    "shopt -s localvar_inherit",
    "shopt -s xpg_echo",
    "shopt -s cdable_vars autocd cdspell",
    "shopt -s compat32",
    "shopt -u promptvars",
    "shopt -s extdebug",
    "IFS=:",
    "IFS=",
    "IFS=/a",
    "GLOBIGNORE='*'",
    "CDPATH=/tmp:/",
    "LC_ALL=C",
    "TIMEFORMAT=x",
    "unset EPOCHSECONDS",
    "unset COLUMNS",
    "POSIXLY_CORRECT=1",
]
ZSH = [
    "setopt ksh_arrays",
    "setopt sh_word_split",
    "setopt nounset",
    "setopt err_return",
    "setopt noglob",
    "setopt no_nomatch",
    "setopt null_glob",
    "setopt glob_subst",
    "setopt rc_quotes",
    "setopt warn_create_global",
    "setopt all_export",
    "setopt extended_glob",
    "setopt ignore_braces",
    "setopt no_unset glob_assign",
    "setopt posix_builtins",
    "setopt posix_identifiers",
    "setopt ksh_typeset",
    "setopt local_options",
    "setopt no_multios",
    "setopt interactive_comments",
    "setopt prompt_subst prompt_bang",
    "setopt no_clobber",
    "setopt typeset_silent",
    "setopt octal_zeroes c_bases",
    "emulate sh",
    "emulate ksh",
    "emulate csh",
    "IFS=:",
    "IFS=",
    "cdpath=(/tmp /)",
    "LC_ALL=C",
    "setopt auto_pushd pushd_silent",
    "setopt no_function_argzero",
    "setopt ksh_zero_subscript",
    "unset EPOCHSECONDS",
    "setopt errexit; setopt no_errexit",
]
FISH = [
    "set -g IFS :",
    "set -gx LC_ALL C",
    "set -g CDPATH /tmp /",
    "set -g fish_trace ''",
    "set -g fish_key_bindings fish_vi_key_bindings",
    "set -U COLUMNS_X 1",
    "set -e CMD_DURATION",
    "function fish_right_prompt; end",
    "set -g fish_read_limit 100000",
]


def walk(world, shell) -> None:
    """In, steady, a change, and out; each seen, nothing said."""
    if not (world.repository / "a").exists():
        world.stack("a")
        world.stack("b c/d", "team/prod-x")
    world.session("dev")
    out = shell.cd(world.repository / "a")
    assert shell.exported("AWS_PROFILE") == "dev"
    out += shell.run("true")
    assert shell.exported("ATMOS_AUTH_PROMPT").endswith("dev 3h12m")
    out += shell.cd(world.repository / "b c/d")
    assert shell.exported("AWS_PROFILE") == "team/prod-x"
    out += shell.cd(world.repository)
    assert shell.exported("AWS_PROFILE") is None
    assert shell.alive()
    for word in (
        "rror",
        "unbound",
        "not set",
        "not found",
        "warning",
        "bad ",
        "no matches",
        "ambiguous",
    ):
        assert word not in out, out


@only("bash")
@pytest.mark.parametrize("option", BASH)
def test_bash(world, start, option):
    shell = start(after=option)
    walk(world, shell)


@only("zsh")
@pytest.mark.parametrize("option", ZSH)
def test_zsh(world, start, option):
    shell = start(after=option)
    walk(world, shell)


@only("fish")
@pytest.mark.parametrize("option", FISH)
def test_fish(world, start, option):
    shell = start(after=option)
    walk(world, shell)


@only("bash")
def test_errexit_after_a_command_that_failed_in_a_condition(world, start):
    shell = start(after="set -e")
    stack = world.stack("a")
    for place, name in ((world.repository, ""), (stack, "dev"), (stack, "dev")):
        shell.cd(place)
        shell.run("! true")
        assert shell.alive()
        assert shell.get('"$AWS_PROFILE"') == name


@only("zsh")
def test_zsh_errexit(world, start):
    shell = start(after="setopt errexit")
    walk(world, shell)
    shell.run("! true")
    assert shell.alive()


@only("bash")
def test_an_err_trap_sees_the_persons_failures_only(world, start):
    shell = start(after="trap 'E=$((${E:-0}+1))' ERR")
    shell.run("E=0")
    shell.proven()
    assert shell.get('"$E"') == "0"
    shell.run("false")
    assert int(shell.get('"$E"')) > 0


@only("bash")
def test_a_debug_trap_under_functrace(world, start):
    shell = start(after="set -T; trap ': $BASH_COMMAND' DEBUG")
    walk(world, shell)


@only("bash")
def test_tracing_shows_what_it_must_but_breaks_nothing(world, start):
    shell = start(after="set -x")
    shell.cd(world.stack("a"))
    shell.run("set +x")
    assert shell.exported("AWS_PROFILE") == "dev"


ALIASES = [
    "local",
    "read",
    "eval",
    "cat",
    "command",
    "builtin",
    "test",
    "export",
    "unset",
    "set",
    "return",
    "shift",
    "echo",
    "true",
    "shopt",
    "declare",
]


@only("bash", "zsh")
@pytest.mark.parametrize("when", ["before", "after"])
def test_aliases_named_like_what_we_use(world, start, kind, when):
    words = ALIASES
    if when == "after":
        # The others are used by the test itself.
        words = ["local", "read", "return", "shift", "test", "builtin", "eval"]
    text = "\n".join(f"alias {w}='nosuch-{w}'" for w in words)
    if kind == "bash":
        text = "shopt -s expand_aliases\n" + text
    undo = "\n".join(f"\\unalias {w}" for w in words)
    shell = start(**{"before": text, "after": undo} if when == "before" else {"after": text})
    walk(world, shell)
    if kind == "bash":
        assert shell.get('"${BASH_ALIASES[zzz]-}$(shopt -q expand_aliases && echo on)"') == "on"


@only("bash", "zsh")
def test_functions_named_like_builtins(world, start):
    # Both: `cd` as people wrap it, and builtins broken outright.
    shell = start(
        after='cd() { builtin cd "$@"; }\nread() { return 9; }\ntest() { return 9; }\n'
        "eval() { return 9; }\nexport() { return 9; }\n"
        "unset() { return 9; }\nsysread() { return 9; }\n"
    )
    stack = world.stack("a")
    shell.cd(stack)
    assert shell.exported("AWS_PROFILE") == "dev"
    shell.cd(world.repository)
    assert shell.exported("AWS_PROFILE") is None


@only("fish")
def test_fish_functions_named_like_builtins(world, start):
    shell = start(
        after="function cd; builtin cd $argv; end\nfunction echo; end\nfunction count; end"
    )
    shell.cd(world.stack("a"))
    assert shell.exported("AWS_PROFILE") == "dev"


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "", None])
def test_names_and_paths_in_any_locale(world, start, kind, locale):
    shell = start(environment={"LANG": locale, "LC_ALL": locale})
    stack = world.stack("ünï-ö/日本")
    shell.run(f"cd {world.repository}/*n*/*")
    assert shell.exported("AWS_PROFILE") == "dev"
    prompt = shell.exported("ATMOS_AUTH_PROMPT")
    # fish looks for a locale itself when none is set.
    good = {"☁ dev"} if locale == "C.UTF-8" else {"@dev"}
    assert prompt in good | ({"☁ dev"} if kind == "fish" and not locale else set())
    shell.cd(world.repository)
    assert shell.exported("AWS_PROFILE") is None
    del stack


@only("bash")
@pytest.mark.parametrize("name", ["AWS_PROFILE", "ATMOS_AUTH_PROMPT", "PS1", "__ATMOS_AUTH_DIFF"])
def test_read_only_variables_in_bash(world, start, name):
    shell = start(after=f"declare -r {name}=fixed")
    out = shell.cd(world.stack("a")) + shell.run("true")
    assert shell.exported("AWS_REGION") == "eu-west-1"
    out += shell.cd(world.repository) + shell.run("true")
    assert out.count("readonly") <= 1
    assert shell.get(f'"${name}"') == "fixed"
    assert shell.exported("AWS_REGION") is None


@only("zsh")
@pytest.mark.parametrize("name", ["AWS_PROFILE"])
def test_read_only_variables_in_zsh(world, start, name):
    shell = start(after=f"typeset -r {name}=fixed")
    out = shell.cd(world.stack("a")) + shell.run("true")
    assert shell.exported("AWS_REGION") == "eu-west-1"
    out += shell.cd(world.repository) + shell.run("true")
    assert "read-only" not in out
    assert shell.get(f'"${name}"') == "fixed"
    assert shell.exported("AWS_REGION") is None
