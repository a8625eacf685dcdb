"""TAB in real shells: names complete, whatever is in them, and nothing is ever expanded."""

from __future__ import annotations

import re

import pytest

from interactive_shell import PLAIN
from mock_world import STACKS
from pty_shell import PtyShell
from world import World

NAMES = """\
auth:
  realm: e2e
  providers:
    sandbox: {kind: mock/aws}
  identities:
    dev-admin: &mock {kind: mock/aws, via: {provider: sandbox}}
    core:admin: *mock
    core:audit: *mock
    with space: *mock
    Mixed/Case: *mock
    unicode-größe: *mock
    "$(touch owned)": *mock
    "`touch owned`": *mock
    "it's": *mock
    "semi;colon": *mock
"""


def completing(shell: str) -> str:
    """The start-up file of a shell that completes."""
    load = {
        "bash": 'eval "$(atmos-auth completion bash)"\nbind "set bell-style none"\n',
        "zsh": 'autoload -Uz compinit; compinit -u -d "$HOME/.zcompdump"\n'
        'eval "$(atmos-auth completion zsh)"\nsetopt no_beep\n',
        "fish": "atmos-auth completion fish | source\n",
    }
    return PLAIN[shell] + load[shell]


@pytest.fixture
def terminal(world: World, shell: str):
    world.configure(NAMES)
    with PtyShell(world, shell, rc=completing(shell)) as terminal:
        yield terminal


#: Ctrl-U takes the line away once the TAB before it was dealt with. Ctrl-C would be a signal, which
#: can end the completion instead.
KILL_LINE = "\x15"


def type_and_run(terminal: PtyShell, *keys: str) -> str:
    """Types pieces, each when the TAB before it was dealt with, then Enter; what was shown."""
    begin = len(terminal.shown)
    for piece in keys:
        terminal.child.send(piece)
        if piece.endswith("\t"):
            terminal.rest()
        elif piece in ("\x03", KILL_LINE):
            # A shell throws away what was typed before it has dealt with Ctrl-C.
            assert terminal.drawn_prompt() == ""
    terminal.run("")
    return terminal.shown[begin:]


def completed(terminal: PtyShell, typed: str) -> str | None:
    """The name of the identity that is made of what was typed, as the command is given it."""
    shown = type_and_run(
        terminal, f"atmos-auth exec -i {typed}\t", " -- env | grep '^ATMOS_IDENTITY='"
    )
    found = re.search(r"(?<!\^)ATMOS_IDENTITY=(.+?)\r?\n", shown)
    return found and found.group(1)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("dev", "dev-admin"),
        ("core:ad", "core:admin"),
        ("with", "with space"),
        ("mixed", "Mixed/Case"),
    ],
)
def test_a_name_is_completed_and_reaches_the_command_whole(
    terminal: PtyShell, typed: str, name: str
):
    if terminal.shell == "zsh" and typed == "mixed":
        typed = "Mixed"  # zsh matches case unless its owner sets a matcher-list
    assert completed(terminal, typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "-i 'with",
        '-i "with',
        "-i 'with sp",
        '-i "with sp',
        "-i with\\ sp",
        "--identity=with\\ sp",
    ],
)
def test_a_name_with_a_blank_is_completed_behind_it_and_in_quotes(terminal: PtyShell, typed: str):
    shown = type_and_run(
        terminal, f"atmos-auth exec {typed}\t", " -- env | grep '^ATMOS_IDENTITY='"
    )
    assert "ATMOS_IDENTITY=with space" in shown


def test_the_common_part_of_several_names_is_filled_in(terminal: PtyShell):
    shown = type_and_run(
        terminal, "atmos-auth exec -i co\t", "dm\t", " -- env | grep '^ATMOS_IDENTITY='"
    )
    assert "ATMOS_IDENTITY=core:admin" in shown


def test_commands_and_options_are_completed(terminal: PtyShell):
    assert "credential-process" in type_and_run(terminal, "atmos-auth cred\t", " --help")
    assert "--min-validity" in type_and_run(terminal, "atmos-auth exec --min-v\t", "=1h -- true")


def test_an_identity_is_completed_as_a_word_of_its_own(terminal: PtyShell):
    shown = type_and_run(terminal, "atmos-auth exec de\t", "-- env | grep '^ATMOS_IDENTITY='")
    assert "ATMOS_IDENTITY=dev-admin" in shown


# A program with words of its own, as it says them to each shell.
DEPLOY = {
    "bash": """
_deploy() { [[ $1 == deploy && $2 == stag && $3 == --to ]] && COMPREPLY=(staging); }
complete -F _deploy deploy
""",
    "zsh": """
_deploy() { [[ $words[1] == deploy && $words[CURRENT-1] == --to ]] && compadd staging; }
compdef _deploy deploy
""",
    "fish": "complete -c deploy -l to -xa staging\n",
}


def program(world: World, name: str, body: str) -> None:
    """Puts a program first on the world's PATH."""
    path = world.root / "programs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)
    if (first := f"{path.parent}:") not in world.variables()["PATH"]:
        world.environment["PATH"] = first + world.variables()["PATH"]


def test_the_words_of_the_program_behind_dashes_are_its_own(world: World, shell: str):
    world.configure(NAMES)
    program(world, "deploy", 'echo "deployed $2 with $3"\n')
    with PtyShell(world, shell, rc=completing(shell) + DEPLOY[shell]) as terminal:
        shown = type_and_run(
            terminal, "atmos-auth exec -i dev-admin --  deploy --to stag\t", " care"
        )
    assert "deployed staging with care" in shown, shown


def test_bash_asks_a_command_that_completes(world: World):
    world.configure(NAMES)
    program(world, "deploy", 'echo "deployed $2"\n')
    program(
        world,
        "says",
        '[ "$COMP_LINE/$COMP_POINT/$1/$3" = "deploy re/9/deploy/deploy" ] && echo redo\n',
    )
    rc = completing("bash") + "complete -C says deploy\n"
    with PtyShell(world, "bash", rc=rc) as terminal:
        shown = type_and_run(terminal, "atmos-auth exec -i dev-admin -- deploy re\t", " now")
    assert "deployed now" in shown, shown


def test_tags_are_completed_one_after_the_other(world: World, shell: str):
    world.configure(STACKS)
    with PtyShell(world, shell, rc=completing(shell)) as terminal:
        shown = type_and_run(terminal, "atmos-auth list --format json --tags prod\t", "\x7f,sha\t")
        assert '"prod-admin"' in shown and '"staging-admin"' in shown
        assert '"dev-admin"' not in shown


def test_logout_offers_the_tags_of_providers(world: World):
    world.configure(STACKS.replace("{kind: mock/aws}", "{kind: mock/aws, tags: [play]}", 1))
    for command, tags in [
        ("login", "development production shared"),
        ("logout", "play"),
        ("list", "development play production shared"),
    ]:
        answer = world.run("__complete", "zsh", "atmos-auth", command, "--tags", "", status=0)
        assert answer.stdout.split() == tags.split()


def test_a_directory_of_the_same_name_is_not_offered(terminal: PtyShell):
    (terminal.world.repository / "dev-directory").mkdir()
    (terminal.world.repository / "dev-admin").mkdir()
    assert completed(terminal, "dev") == "dev-admin"


def assert_nothing_ran(terminal: PtyShell) -> None:
    owned = terminal.world.repository / "owned"
    assert not owned.exists()
    terminal.run("touch owned")
    assert owned.exists(), "it would have been here"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("\\$", "$(touch owned)"),
        ("\\`", "`touch owned`"),
        ("it", "it's"),
        ("semi", "semi;colon"),
        ("uni", "unicode-größe"),
    ],
)
def test_nothing_in_a_name_is_executed(terminal: PtyShell, typed: str, name: str):
    assert completed(terminal, typed) == name
    assert_nothing_ran(terminal)


@pytest.mark.parametrize("typed", ["", "$", "`"])
def test_nothing_in_a_name_that_is_offered_is_executed(terminal: PtyShell, typed: str):
    type_and_run(terminal, f"atmos-auth login -i {typed}\t", "\t", "\x03")
    assert completed(terminal, "\\$") == "$(touch owned)", "it can be offered here"
    assert_nothing_ran(terminal)


@pytest.mark.parametrize("option", ["set -e", "set -u", "set -f", "set -o posix"])
def test_tab_leaves_a_strict_bash_alive(world: World, option: str):
    world.configure(NAMES)
    with PtyShell(world, "bash", rc=completing("bash")) as terminal:
        terminal.run(option)
        assert completed(terminal, "dev") == "dev-admin"


def test_tab_with_a_broken_configuration_is_silent(world: World, shell: str):
    world.configure("auth: [\n")
    with PtyShell(world, shell, rc=completing(shell)) as terminal:
        assert "error: " in terminal.run("atmos-auth list")
        shown = type_and_run(terminal, "atmos-auth login -i x\t", KILL_LINE)
        assert "error" not in shown
        world.configure(NAMES)
        assert completed(terminal, "dev") == "dev-admin"


def test_sourcing_the_script_is_silent(world: World, shell: str):
    world.configure(NAMES)
    with PtyShell(world, shell, rc=completing(shell)) as terminal:
        assert "not found" not in terminal.shown
        assert "rror" not in terminal.shown
        assert completed(terminal, "dev") == "dev-admin"
