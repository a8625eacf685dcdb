"""A `.atmos-identity` may name a profile and a region; what was allowed is what counts."""

from __future__ import annotations

import pytest

from mock_world import single
from pty_shell import PtyShell
from world import World

ALLOWED = (
    "auth: {identities: {dev: {kind: mock/aws, via: {provider: sandbox}, "
    "principal: {account: {id: 444455556666}, region: eu-west-1}}}}\n"
)


@pytest.fixture
def stack(world: World):
    """A directory with an allowed `dev` of the profile `ci`; without it, `dev` is another."""
    world.configure(single())
    world.write("profiles/ci/identities.yaml", ALLOWED)
    directory = world.select("stack", "identity = dev\nprofile = ci\nregion = eu-north-1")
    world.run("allow", cwd=directory, status=0)
    return directory


def test_commands_follow_the_profile_and_region_of_the_file(world: World, stack):
    world.run("login", cwd=stack, status=0)
    who = world.run("whoami", "-o", "json", cwd=stack, status=0).json()
    assert who["account"] == "444455556666", "not the identity that was allowed"
    assert who["environment"]["AWS_REGION"] == "eu-north-1"
    handed = world.run(
        "exec",
        "--",
        "sh",
        "-c",
        "echo $ATMOS_IDENTITY $ATMOS_PROFILE $AWS_DEFAULT_REGION",
        cwd=stack,
    )
    assert handed.stdout == "dev ci eu-north-1\n", str(handed)


def test_a_configuration_below_the_file_does_not_change_what_was_allowed(world: World, stack):
    below = stack / "vendor"
    below.mkdir()
    (below / "atmos.yaml").write_text(
        "auth: {realm: e2e, identities: {dev: {kind: mock/aws, "
        "principal: {account: {id: 999999999999}}}}}\n"
    )
    who = world.run("whoami", "-o", "json", cwd=below)
    assert who.json()["account"] == "444455556666"


def test_flags_that_name_a_configuration_beat_the_file(world: World, stack):
    who = world.run("whoami", "-o", "json", "--profile=", cwd=stack)
    assert who.json()["account"] == "111122223333"


def test_a_hooked_shell_hands_the_profile_on_and_takes_it_back(world: World, stack, shell: str):
    other = world.select("other", "dev")
    world.run("allow", cwd=other, status=0)
    with PtyShell(world, shell) as terminal:
        terminal.run(f"cd {stack}")
        assert terminal.value("$ATMOS_PROFILE") == "ci"
        assert terminal.value("$AWS_REGION") == "eu-north-1"
        assert "444455556666" in terminal.run("atmos-auth whoami -o json")
        # Straight into a directory without a profile: what the first one set does not count there.
        terminal.run(f"cd {other}")
        assert terminal.value("$ATMOS_IDENTITY") == "dev"
        assert not terminal.is_set("ATMOS_PROFILE")
        assert "111122223333" in terminal.run("atmos-auth whoami -o json")
        terminal.run(f"cd {world.repository}")
        assert not terminal.is_set("ATMOS_IDENTITY")


def test_programs_of_a_profile_know_it(world: World):
    world.configure(single())
    world.write("profiles/ci/identities.yaml", "auth: {identities: {only: {kind: mock/aws}}}\n")
    nested = world.run("exec", "--profile", "ci", "-i", "only", "--", world.binary, "whoami")
    assert nested.status == 0, str(nested)
    none = world.run(
        "env", "--profile=", "-i", "dev", "--format", "fish", env={"ATMOS_PROFILE": "ci"}, status=0
    )
    assert "set -e ATMOS_PROFILE;" in none.stdout


def test_an_identity_of_a_profile_is_found_by_name(world: World):
    world.configure(single())
    world.write("profiles/ci/identities.yaml", "auth: {identities: {only: {kind: mock/aws}}}\n")
    answer = world.run("login", "only")
    assert answer.status == 64
    assert "add `--profile ci`" in answer.stderr, str(answer)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("sed -i s/111122223333/999999999999/ ../atmos.yaml", "has changed since it was allowed"),
        ("atmos-auth deny", "was denied"),
        ("atmos-auth revoke", "is not allowed yet"),
    ],
)
def test_what_is_no_longer_allowed_ends_before_the_next_prompt(
    world: World,
    shell: str,
    change: str,
    reason: str,
):
    world.configure(single())
    directory = world.select("stack", "dev")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        assert "I am dev" in terminal.run("atmos-auth exec -- sh -c 'echo I am $ATMOS_IDENTITY'")
        text = terminal.run(f"{change}; atmos-auth exec -- sh -c 'echo I am $ATMOS_IDENTITY'")
        assert reason in " ".join(text.split())
        assert "I am dev" not in text


def test_an_identity_of_a_shell_counts_where_its_scripts_go(world: World, shell: str):
    world.configure(single())
    directory = world.select("stack", "dev")
    world.select("elsewhere", "nobody-knows")
    world.run("allow", cwd=directory, status=0)
    with PtyShell(world, shell, directory=directory) as terminal:
        text = terminal.run("sh -c 'cd ../elsewhere; atmos-auth exec -- env' | grep ATMOS_IDENTITY")
        assert "ATMOS_IDENTITY=dev" in text
