"""Programs in terminals of their own, and all that they show."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pexpect

from pseudoterminal import Pseudoterminal

if TYPE_CHECKING:
    from world import World

ANSI = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|[\x01\x02]"
)


def plain(text: str) -> str:
    """Text without the escape sequences of a terminal."""
    return ANSI.sub("", text)


class RecordedTerminal:
    """One program; everything that it shows is kept, in `raw` and, if given, in a transcript.

    With `encoding` it is talked to in texts, without in bytes.
    """

    def __init__(
        self,
        program: str,
        arguments: Iterable[str] = (),
        *,
        env: dict[str, str],
        cwd: str,
        transcript: list[str] | None = None,
        encoding: str | None = "utf-8",
        **options,
    ) -> None:
        self.arguments = tuple(arguments)
        self.raw = "" if encoding else b""
        self._transcript = transcript
        self.child = Pseudoterminal(
            program,
            self.arguments,
            env=env,
            cwd=cwd,
            encoding=encoding,
            codec_errors="replace",
            **options,
        )
        self.child.logfile_read = self

    # pexpect writes what it reads here.
    def write(self, data: str | bytes) -> None:
        self.raw += data
        if self._transcript is not None:
            self._transcript.append(self._text(data))

    def flush(self) -> None:
        pass

    @staticmethod
    def _text(data: str | bytes) -> str:
        return data if isinstance(data, str) else data.decode("utf-8", "replace")

    @property
    def text(self) -> str:
        """All that it has shown, escape sequences and all."""
        return self._text(self.raw)

    @property
    def shown(self) -> str:
        """All that it has shown, as text alone."""
        return plain(self.text).replace("\r", "")

    def keys(self, keys: str) -> None:
        """Types keys."""
        self.child.send(keys)

    def interrupt(self) -> None:
        """Types Control-C."""
        self.child.send("\x03")

    def end(self) -> int:
        """Reads on until it ends; its status, or the signal's number, negative."""
        return self.child.end()

    def close(self) -> None:
        """Ends it, whatever it does."""
        self.child.close()

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Terminal(RecordedTerminal):
    """atmos-auth, or another program, with a person of a world in front of it."""

    def __init__(
        self,
        world: World,
        *arguments: str,
        program: str | None = None,
        env: dict[str, str | None] | None = None,
        cwd: pathlib.Path | None = None,
        columns: int = 400,
        timeout: float = 60,
        **options,
    ) -> None:
        self.world = world
        super().__init__(
            program or world.binary,
            arguments,
            env=world.variables(env),
            cwd=str(cwd or world.repository),
            transcript=world.transcript,
            columns=columns,
            timeout=timeout,
            **options,
        )

    def expect(self, pattern: str, timeout: float = 60) -> re.Match[str]:
        """The first match in what it shows."""
        try:
            self.child.expect(pattern, timeout=timeout)
        except (pexpect.TIMEOUT, pexpect.EOF):
            raise AssertionError(f"no {pattern!r} in:\n{self.shown}") from None
        return self.child.match

    def answer(self, question: str, text: str) -> str:
        """Types an answer when a question is asked; returns what was shown before the question."""
        try:
            self.child.expect_exact(question)
        except (pexpect.TIMEOUT, pexpect.EOF):
            raise AssertionError(f"{question!r} is not asked in:\n{self.shown}") from None
        before = self.last
        self.child.sendline(text)
        return before

    @property
    def last(self) -> str:
        """What it showed before that for which was waited last, as text alone."""
        return plain(self.child.before).replace("\r", "")

    def user_code(self) -> str:
        """The code that a login shows, to be typed on another device."""
        return self.expect(r"\b([A-Z]{4}-[A-Z]{4})\b").group(1)

    def wait(self, status: int | None = None, timeout: float = 60) -> int:
        """How it ended: its status, or 128 and the number of the signal."""
        try:
            self.child.expect(pexpect.EOF, timeout=timeout)
        except pexpect.TIMEOUT:
            self.child.close(force=True)
            raise AssertionError(f"{self.arguments} hung:\n{self.shown}") from None
        self.child.close()
        ended = self.child.exitstatus
        if ended is None:
            ended = 128 + self.child.signalstatus
        if status is not None:
            assert ended == status, f"{self.arguments}: {ended}\n{self.shown}"
        return ended

    def kill(self) -> None:
        self.child.kill(9)
        self.wait()
