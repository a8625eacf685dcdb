"""Five thousand identities are as pleasant as five."""

from __future__ import annotations

import time

import pytest

from atmos_world import World
from mock_world import many

#: The debug build that tests use is several times slower than what people install; `make bench`
#: measures the release build against the budgets. Here a quadratic step would show.
DEBUG_FACTOR = 8


def timed(world: World, *arguments: str) -> float:
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        world.run(*arguments, status=0)
        best = min(best, time.perf_counter() - begin)
    return best


@pytest.fixture
def crowd(world: World) -> World:
    world.configure(many(5_000))
    return world


def test_list_and_validate_of_5000(crowd: World):
    for arguments in (["list", "--format", "json"], ["validate"]):
        crowd.run(*arguments, status=0)
        assert timed(crowd, *arguments) < 0.3 * DEBUG_FACTOR, arguments
    assert len(crowd.run("list", "--format", "json", status=0).json()["identities"]) == 5_000


def test_a_hot_command_does_not_read_the_yaml_again(crowd: World, tmp_path):
    crowd.run("login", "-i", "team-04999", status=0)
    large = timed(crowd, "credential-process", "-i", "team-04999")
    assert crowd.run("credential-process", "-i", "team-04999").json()["Version"] == 1
    small = World(tmp_path / "small")
    small.configure(many(5))
    small.run("login", "-i", "team-00004", status=0)
    few = timed(small, "credential-process", "-i", "team-00004")
    assert large < few * 1.5 + 0.02, f"{large * 1000:.1f} ms against {few * 1000:.1f} ms"


def test_the_index_follows_the_file(crowd: World):
    crowd.run("list", status=0)
    text = (crowd.repository / "atmos.yaml").read_text()
    (crowd.repository / "atmos.yaml").write_text(text.replace("team-00009:", "renamed-00009:"))
    names = crowd.run("list", "--format", "json", status=0).json()["identities"]
    assert "renamed-00009" in names and "team-00009" not in names


def test_the_index_follows_a_file_that_appears(crowd: World):
    crowd.run("list", status=0)
    crowd.write("atmos.d/new.yaml", """\
        auth:
          identities:
            newcomer: {kind: mock/aws, via: {provider: sandbox}}
        """)
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
