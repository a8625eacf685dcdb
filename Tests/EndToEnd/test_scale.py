"""Five thousand identities are as pleasant as five."""

from __future__ import annotations

import pytest

from mock_world import many
from waiting import wait_for
from world import World


@pytest.fixture
def crowd(world: World) -> World:
    world.configure(many(5_000))
    return world


def test_list_and_validate_of_5000(crowd: World):
    for _ in range(2):
        crowd.run("validate", status=0)
        listed = crowd.run("list", "--format", "json", status=0).json()
        assert len(listed["identities"]) == 5_000


def test_a_hot_command_does_not_read_the_yaml_again(crowd: World):
    file = crowd.repository / "atmos.yaml"
    crowd.run("login", "-i", "team-04999", status=0)
    # A file that was written a moment ago may be written again within the same tick.
    wait_for(lambda: "index=used" in made_from(crowd), "the index is never used", 20)
    with file.open("a") as stream:
        stream.write("[")
    crowd.run("credential-process", "-i", "team-04999", status=78)


def made_from(crowd: World) -> str:
    """What a hot command logs about how it came by the configuration."""
    words = ("credential-process", "-i", "team-04999", "--logs-level", "Debug")
    return crowd.run(*words, status=0).stderr


def test_the_index_follows_the_file(crowd: World):
    crowd.run("list", status=0)
    text = (crowd.repository / "atmos.yaml").read_text()
    (crowd.repository / "atmos.yaml").write_text(text.replace("team-00009:", "renamed-00009:"))
    names = crowd.run("list", "--format", "json", status=0).json()["identities"]
    assert "renamed-00009" in names and "team-00009" not in names


def test_the_index_follows_a_file_that_appears(crowd: World):
    crowd.run("list", status=0)
    crowd.write(
        "atmos.d/new.yaml",
        """\
        auth:
          identities:
            newcomer: {kind: mock/aws, via: {provider: sandbox}}
        """,
    )
    assert "newcomer" in crowd.run("list", "--format", "json", status=0).json()["identities"]


def test_a_damaged_index_is_made_again(crowd: World):
    crowd.run("list", status=0)
    index = [path for path in (crowd.cache / "index").rglob("*") if path.is_file()]
    assert index, "there is an index"
    for damage in (b"", b"garbage\n", index[0].read_bytes()[:1000]):
        for path in index:
            path.write_bytes(damage)
        listing = crowd.run("list", "--format", "json", status=0).json()
        assert len(listing["identities"]) == 5_000


def test_names_of_5000_are_completed(crowd: World):
    line = "atmos-auth login -i team-0499"
    # A build for debugging would need more than the second that TAB gives itself to make the index.
    crowd.run("list", status=0)
    answer = crowd.run("__complete", "bash", line, str(len(line)), "team-0499", status=0)
    assert answer.stdout.split() == [f"team-0499{digit}" for digit in range(10)]


def test_a_chain_that_is_far_too_long_is_listed(world: World):
    """Drawing it once took a call for each link, and the stack ended."""
    links = "".join(
        f"    i{index}: {{kind: mock/aws, via: {{identity: i{index - 1}}}}}\n"
        for index in range(1, 20_000)
    )
    world.configure("auth:\n  realm: e2e\n  identities:\n    i0: {kind: mock/aws}\n" + links)
    shown = world.run("list", status=0).stdout
    assert "i99 (mock/aws)" in shown and "…" in shown


def test_a_shell_does_not_wait_for_what_a_checkout_makes_up(world: World):
    """A second of work, and no more: the commands that shells wait for give up."""
    world.is_own = False
    world.configure("auth:\n  identities:\n    dev: {kind: mock/aws}\n")
    directory = world.select("stack", "dev")
    world.run("allow", cwd=directory, status=0)
    assert world.run("__revalidate", "--directory", str(directory)).status == 0
    words = ("__complete", "bash", "atmos-auth exec -i ", "19", "")
    assert "dev" in world.run(*words, status=0).stdout
    world.configure("auth: {identities: {dev: {kind: 'mock" + "\u0301" * (4_000_000) + "'}}}\n")
    assert world.run("__revalidate", "--directory", str(directory)).status == 75
    given_up = world.run(*words)
    assert given_up.status == 75 and given_up.stdout == ""
