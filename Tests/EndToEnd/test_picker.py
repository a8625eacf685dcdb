"""The list that narrows as a person types, in a real terminal."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable

import pexpect
import pyte
import pytest

from mock_world import STACKS, many
from terminal import Terminal
from waiting import wait_for
from world import World

ALTERNATE, MAIN = "\x1b[?1049h", "\x1b[?1049l"


class Screen(Terminal):
    """A program in a terminal whose picture is known."""

    def __init__(
        self,
        world: World,
        *arguments: str,
        columns: int = 100,
        rows: int = 20,
        env: dict[str, str | None] | None = None,
        program: str | None = None,
    ) -> None:
        self.picture = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.picture)
        super().__init__(
            world, *arguments, program=program, env=env, columns=columns, rows=rows, timeout=20
        )

    def write(self, text: str) -> None:
        super().write(text)
        self.stream.feed(text)

    def wait(self, text: str) -> list[str]:
        """The lines of the picture as soon as one of them holds `text`."""
        self._wait_until(lambda lines: any(text in line for line in lines), f"no {text!r}")
        return [line.rstrip() for line in self.picture.display]

    def wait_for_names(self, count: int) -> None:
        """Until so many names are in the picture, which comes in pieces."""
        self._wait_until(
            lambda lines: sum("team-" in line for line in lines) == count, f"not {count} names"
        )

    def _wait_until(self, holds: Callable[[list[str]], bool], what: str) -> None:
        def is_shown() -> bool:
            with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF):
                self.child.read_nonblocking(65536, timeout=0)
            return holds(self.picture.display)

        try:
            wait_for(is_shown, what, 20)
        except AssertionError:
            raise AssertionError("\n".join([f"{what} in:", *self.picture.display])) from None


@pytest.fixture
def thousands(world: World) -> World:
    world.configure(many(5_000))
    world.run("list", "--format", "json", status=0)
    return world


def test_typing_narrows_and_enter_chooses(thousands: World):
    screen = Screen(thousands, "login", "--identity")
    first = screen.wait("5000/5000")
    assert first[0].startswith("Select an identity: ")
    screen.child.send("04217")
    lines = screen.wait("1/5000")
    assert lines[1].startswith("› team-04217"), lines
    screen.child.send("\r")
    assert screen.end() == 0, screen.raw
    assert "Selected identity: team-04217" in screen.raw
    assert screen.raw.index(MAIN) > screen.raw.index(ALTERNATE)


@pytest.mark.parametrize("key", ["\x1b", "\x03", "\x04"])
def test_leaving_leaves_the_terminal_as_it_was(thousands: World, key: str):
    screen = Screen(
        thousands,
        "-c",
        'stty -g; "$0" login --identity; echo "status $?"; stty -g',
        str(thousands.binary),
        program="/bin/sh",
    )
    screen.wait("5000/5000")
    screen.child.send(key)
    screen.wait("status 77")
    assert screen.end() == 0
    assert screen.raw.count(ALTERNATE) == screen.raw.count(MAIN) == 1
    assert "nobody was chosen" in screen.raw[screen.raw.index(MAIN) :]
    lines = screen.raw.split()
    assert lines[0] == lines[-1] and ":" in lines[0], "stty differs"


def test_the_last_choice_comes_first(thousands: World):
    thousands.run("login", "-i", "team-03333", status=0)
    thousands.run("login", "-i", "team-01111", status=0)
    screen = Screen(thousands, "login", "--identity")
    lines = screen.wait("5000/5000")
    assert lines[1].startswith("› team-01111") and lines[2].startswith("  team-03333"), lines
    screen.child.send("\x1b")
    assert screen.end() == 77


def test_forty_columns_and_a_window_that_changes_its_size(thousands: World):
    screen = Screen(thousands, "login", "--identity", columns=40, rows=10)
    screen.wait_for_names(8)
    screen.picture.resize(6, 30)
    screen.child.setwinsize(6, 30)
    screen.wait_for_names(4)
    screen.child.send("\x1b")
    assert screen.end() == 77


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_puts_the_terminal_back_first(thousands: World, number: signal.Signals):
    screen = Screen(thousands, "login", "--identity")
    screen.wait("5000/5000")
    os.kill(screen.child.pid, number)
    assert screen.end() == -number
    assert screen.raw.endswith(MAIN) or MAIN in screen.raw


def test_plain_terminals_get_numbers(world: World):
    world.configure(many(3))
    screen = Screen(world, "login", "--identity", env={"TERM": "dumb"})
    screen.wait("Number or part of a name:")
    screen.child.send("2\r")
    assert screen.end() == 0, screen.raw
    assert ALTERNATE not in screen.raw


def test_no_colour_and_no_unicode(thousands: World):
    screen = Screen(
        thousands, "login", "--identity", env={"NO_COLOR": "1", "LANG": "C", "LC_ALL": "C"}
    )
    lines = screen.wait("5000/5000")
    assert lines[1].startswith("> team-00000"), lines
    assert "\x1b[3" not in screen.raw and screen.raw.isascii()
    screen.child.send("\x1b")
    assert screen.end() == 77


def test_without_a_terminal_names_are_told(thousands: World):
    answer = thousands.run("login", "--identity", status=77)
    assert "team-00000, team-00001" in answer.stderr and "5000 in all" in answer.stderr


def test_tags_shorten_the_list(world: World):
    world.configure("""\
auth:
  identities:
    dev: {kind: mock/aws, tags: [team-a]}
    test: {kind: mock/aws, tags: [team-a, safe]}
    prod: {kind: mock/aws, tags: [team-b]}
""")
    answer = world.run("use", "--tags", "safe", "--shell", "bash", status=0)
    assert "'ATMOS_IDENTITY' '' 'test'" in answer.stdout
    answer = world.run("use", "--tags", "team-c", "--shell", "bash")
    assert answer.status == 64 and answer.stdout == ""
    assert "tags are: safe, team-a, team-b" in answer.stderr
    screen = Screen(world, "use", "--tags", "team-a", "--shell", "bash")
    assert not any("prod" in line for line in screen.wait("2/2"))
    screen.child.send("\x1b")
    assert screen.end() == 77


#: Two identities that call themselves the default.
DEFAULTS = STACKS.replace(
    "      tags: [development", "      default: true\n      tags: [development"
)


@pytest.mark.parametrize(
    ("configuration", "options", "title"),
    [
        (STACKS, ["-i"], "Select an identity"),
        (STACKS, [], "No default identity"),
        (DEFAULTS, [], "Several default identities"),
    ],
    ids=["asked for", "no default", "several defaults"],
)
@pytest.mark.parametrize("command", ["shell", "exec"])
def test_a_person_is_asked_once(
    world: World, command: str, configuration: str, options: list[str], title: str
):
    world.configure(configuration)
    program = ["--shell", "/bin/sh", "--", "-c"] if command == "shell" else ["--", "/bin/sh", "-c"]
    screen = Screen(
        world, command, *options, *program, 'echo "I am $ATMOS_IDENTITY"', env={"TERM": "dumb"}
    )
    screen.child.expect_exact(title)
    screen.child.expect_exact("Number or part of a name: ")
    screen.child.send("staging\r")
    place = screen.child.expect_exact(["I am staging-admin", "Number or part of a name: "])
    assert place == 0, f"asked twice: {screen.raw}"
    assert screen.end() == 0, screen.raw
    assert screen.raw.count("Selected identity: ") == 1
