"""Five thousand identities are as pleasant as five."""

from __future__ import annotations

import os

import pytest

from mock_world import many
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
    # A file that was written a moment ago may be written again within the same tick.
    os.utime(file, (1_700_000_000, 1_700_000_000))
    crowd.run("login", "-i", "team-04999", status=0)
    before = file.stat()
    # Written over in place, with its time put back: nothing tells that it changed but reading it.
    with file.open("r+b") as stream:
        stream.write(b"[" * before.st_size)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert crowd.run("credential-process", "-i", "team-04999", status=0).json()["Version"] == 1
    assert crowd.run("env", "-i", "team-04999", status=0).stdout
    os.utime(file)
    crowd.run("credential-process", "-i", "team-04999", status=78)


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
    answer = crowd.run("__complete", "bash", line, str(len(line)), "team-0499", status=0)
    assert answer.stdout.split() == [f"team-0499{digit}" for digit in range(10)]
