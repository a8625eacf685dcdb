"""The hook beside direnv, which sets and puts back variables of its own (case 79)."""

from __future__ import annotations

import subprocess

import pytest

from hookshell import Shell, active

DIRENV = {
    "bash": 'eval "$(direnv hook bash)"\n',
    "zsh": 'eval "$(direnv hook zsh)"\n',
    "fish": "direnv hook fish | source\n",
}


def envrc(world, directory, text: str = "export AWS_PROFILE=theirs\n") -> None:
    (directory / ".envrc").write_text(text)
    subprocess.run(
        ["direnv", "allow", str(directory)],
        env=world.variables(),
        check=True,
        capture_output=True,
    )


def moved(shell: Shell, path) -> str | None:
    """Who is active two prompts after a `cd`."""
    shell.cd(path)
    shell.run("true")
    shell.run("true")
    return active(shell)


@pytest.mark.parametrize("order", ["before", "after"])
@pytest.mark.parametrize("mine", ["mine", None])
def test_what_the_person_had_is_put_back(world, start, kind, order, mine):
    world.session("dev", None)
    stack = world.stack("a")
    (stack / "b").mkdir()
    envrc(world, stack)
    shell = start(**{order: DIRENV[kind]}, environment={"AWS_PROFILE": mine, "AWS_VAULT": "v"})
    for _ in range(2):
        inside = moved(shell, stack)
        assert inside in ("dev", "theirs")
        # A value that is not ours shows, and only then.
        assert shell.prompt() == ("☁ dev* " if inside == "theirs" else "☁ dev ")
        assert moved(shell, stack / "b") == inside
        assert moved(shell, world.repository) == mine
        assert shell.exported("AWS_VAULT") == "v"
        assert shell.exported("AWS_REGION") is None
        assert shell.prompt() == ""


@pytest.mark.parametrize("order", ["before", "after"])
def test_from_one_identity_to_another_beside_direnv(world, start, kind, order):
    one, two = world.stack("one", "one"), world.stack("two", "two")
    envrc(world, one)
    shell = start(**{order: DIRENV[kind]}, environment={"AWS_PROFILE": "mine"})
    moved(shell, one)
    assert moved(shell, two) == "two"
    assert shell.prompt() == "☁ two "
    assert moved(shell, world.repository) == "mine"
    moved(shell, one)
    assert moved(shell, world.repository) == "mine"


@pytest.mark.parametrize("order", ["before", "after"])
def test_direnv_outside_of_the_identity(world, start, kind, order):
    """direnv stays where the identity goes, and goes later."""
    (world.repository / "r").mkdir()
    envrc(world, world.repository / "r")
    stack = world.stack("r/a")
    shell = start(**{order: DIRENV[kind]}, environment={"AWS_PROFILE": "mine"})
    moved(shell, stack)
    moved(shell, world.repository / "r")
    assert moved(shell, world.repository) == "mine"
    assert moved(shell, world.stack("b")) == "dev", "it was at work"


def test_a_value_of_somebody_else_is_marked(world, start, kind):
    world.session("dev", None)
    shell = start(environment={"AWS_PROFILE": "mine"})
    shell.cd(world.stack("a"))
    assert shell.prompt() == "☁ dev "
    shell.setenv("AWS_PROFILE", "theirs")
    assert shell.prompt() == "☁ dev* "
    assert shell.exported("ATMOS_AUTH_PROMPT") == "☁ dev*"
    shell.setenv("AWS_PROFILE", "dev")
    assert shell.prompt() == "☁ dev "
    shell.setenv("AWS_PROFILE", None)
    assert shell.prompt() == "☁ dev* "
    shell.cd(world.repository)
    assert shell.prompt() == ""
    assert active(shell) is None
    shell.setenv("AWS_PROFILE", "dev")
    assert active(shell) == "mine", "our value showed up again"
    shell.setenv("AWS_PROFILE", "dev")
    assert active(shell) == "dev", "from then on it is the person's"
