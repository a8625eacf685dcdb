"""The REPL in a terminal, as a person types in it."""

from __future__ import annotations

import re

from terminal import Terminal, plain
from world import World

#: readline asks the terminal for bracketed pastes whenever it has drawn a prompt.
PROMPTED = "\x1b[?2004h"


class ReplTerminal(Terminal):
    """One REPL; `close` ends it, whatever it does."""

    def __init__(
        self,
        world: World,
        *arguments: str,
        columns: int = 120,
        rows: int = 40,
        env: dict[str, str | None] | None = None,
        program: str | None = None,
    ) -> None:
        if program is None:
            arguments = ("repl", *arguments)
        super().__init__(
            world, *arguments, program=program, env=env, columns=columns, rows=rows, timeout=30
        )

    def wait(self) -> str:
        """What was shown until a prompt is there to type at."""
        self.child.expect_exact(PROMPTED)
        before = self.child.before
        self.child.expect(r"> ")
        return plain(before).replace("\r\n", "\n").replace("\r", "")

    def prompt(self) -> str:
        """The last prompt, as it was drawn."""
        text = plain(self.raw[self.raw.rindex(PROMPTED) :])
        return text.split("> ")[0].replace("\r", "") + ">"

    def say(self, line: str) -> str:
        """Types a line and returns what it showed, its own echo left out."""
        self.child.send(line + "\r")
        shown = self.wait()
        return shown.split("\n", 1)[1] if "\n" in shown else shown

    def expect(self, text: str) -> None:
        """Until it shows this very text."""
        self.child.expect_exact(text)

    def __enter__(self) -> ReplTerminal:
        self.wait()
        return self


def history(world: World) -> list[str]:
    """What is remembered on the disk."""
    path = world.state / "repl-history"
    return path.read_text().splitlines() if path.exists() else []


def left(text: str) -> bool:
    """Whether a text tells a time left."""
    return re.search(r"\d+[hms]", text) is not None
