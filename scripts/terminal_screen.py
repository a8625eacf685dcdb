"""A small terminal: a program in a pseudo-terminal, and the screen it draws.

Used by scripts/demo to play the tour without a person, and by scripts/record-prompt to draw it.
Only what shells and prompts use is understood; anything else is skipped. It needs nothing but the
standard library, as the tour does; the tests' terminals are in Tests/Support.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
import unicodedata
from dataclasses import dataclass, replace

TOKEN = re.compile(
    r"\x1b\[(?P<private>[<=>?]?)(?P<numbers>[0-9;:]*)(?P<final>[@-~])"
    r"|\x1b[\]P_^X](?P<string>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1b[ -/]*[0-~]"
    r"|[\x00-\x1f\x7f]"
    r"|[^\x00-\x1f\x7f\x1b]+"
)


@dataclass(frozen=True)
class Style:
    """How one cell looks; colours are 0...255 or an `#rrggbb` text."""

    foreground: int | str | None = None
    background: int | str | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


class Screen:
    """Lines of cells, growing downwards, with a cursor."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.lines: list[list[tuple[str, Style]]] = [[]]
        self.row = self.column = 0
        self.style = Style()
        #: Texts that the program asked the terminal to answer, such as "where is the cursor".
        self.questions: list[str] = []
        self._rest = ""

    def feed(self, text: str) -> None:
        text = self._rest + text
        self._rest = ""
        position = 0
        while position < len(text):
            match = TOKEN.match(text, position)
            if match is None:
                # The start of a sequence whose end has not arrived.
                self._rest = text[position:]
                return
            self._token(match)
            position = match.end()

    def text(self) -> list[str]:
        """The lines, without blanks at their ends."""
        return ["".join(cell for cell, _ in line).rstrip() for line in self.lines]

    def _token(self, match: re.Match[str]) -> None:
        text = match.group()
        if match["final"]:
            self._control(match["private"], match["numbers"], match["final"])
        elif text == "\r":
            self.column = 0
        elif text == "\n":
            self._down()
        elif text == "\b":
            self.column = max(0, self.column - 1)
        elif text == "\t":
            self.column = min(self.columns - 1, (self.column // 8 + 1) * 8)
        elif text >= " " and text[0] != "\x7f":
            for character in text:
                self._put(character)

    def _down(self) -> None:
        self.row += 1
        while len(self.lines) <= self.row:
            self.lines.append([])

    def _put(self, character: str) -> None:
        if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
            return
        if self.column >= self.columns:
            self.column = 0
            self._down()
        line = self.lines[self.row]
        while len(line) <= self.column:
            line.append((" ", Style()))
        line[self.column] = (character, self.style)
        self.column += 1

    def _control(self, private: str, text: str, final: str) -> None:
        numbers = [int(part) if part.isdigit() else 0 for part in re.split("[;:]", text)]
        count = max(1, numbers[0])
        line = self.lines[self.row]
        if private:
            if final in "nu" or (private == ">" and final == "c"):
                self.questions.append(f"{private}{text}{final}")
        elif final == "m":
            self._styles(text)
        elif final == "A":
            self.row = max(0, self.row - count)
        elif final == "B":
            for _ in range(count):
                self._down()
        elif final == "C":
            self.column = min(self.columns - 1, self.column + count)
        elif final == "D":
            self.column = max(0, self.column - count)
        elif final == "G":
            self.column = count - 1
        elif final == "P":
            del line[self.column : self.column + count]
        elif final == "@":
            line[self.column : self.column] = [(" ", Style())] * count
        elif final == "K":
            if numbers[0] == 0:
                del line[self.column :]
            elif numbers[0] == 2:
                line.clear()
        elif final == "J" and numbers[0] == 0:
            del line[self.column :]
            del self.lines[self.row + 1 :]
        elif final in "nc":
            self.questions.append(f"{text}{final}")

    def _styles(self, text: str) -> None:
        codes = [int(part) if part.isdigit() else 0 for part in re.split("[;:]", text)]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.style = Style()
            elif code in (1, 2, 3, 4, 7):
                name = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}[code]
                self.style = replace(self.style, **{name: True})
            elif code == 22:
                self.style = replace(self.style, bold=False, dim=False)
            elif code in (23, 24, 27):
                name = {23: "italic", 24: "underline", 27: "reverse"}[code]
                self.style = replace(self.style, **{name: False})
            elif code in (38, 48):
                name = "foreground" if code == 38 else "background"
                self.style = replace(self.style, **{name: self._extended(codes)})
            elif 30 <= code <= 37:
                self.style = replace(self.style, foreground=code - 30)
            elif 90 <= code <= 97:
                self.style = replace(self.style, foreground=code - 90 + 8)
            elif 40 <= code <= 47:
                self.style = replace(self.style, background=code - 40)
            elif 100 <= code <= 107:
                self.style = replace(self.style, background=code - 100 + 8)
            elif code == 39:
                self.style = replace(self.style, foreground=None)
            elif code == 49:
                self.style = replace(self.style, background=None)

    @staticmethod
    def _extended(codes: list[int]) -> int | str | None:
        kind = codes.pop(0) if codes else 0
        if kind == 5 and codes:
            return codes.pop(0)
        if kind == 2 and len(codes) >= 3:
            return "#{:02x}{:02x}{:02x}".format(*(codes.pop(0) for _ in range(3)))
        return None


class Terminal:
    """A program in a pseudo-terminal of its own, and its screen."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        directory: str,
        columns: int = 100,
        rows: int = 40,
    ) -> None:
        self.screen = Screen(columns)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.chdir(directory)
            os.execvpe(arguments[0], arguments, environment)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, size)

    def read(self, seconds: float) -> bool:
        """Takes in what the program writes within a time; `False` when it wrote nothing."""
        ready, _, _ = select.select([self.descriptor], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            data = b""
        if not data:
            raise EOFError("the shell has ended:\n" + "\n".join(self.screen.text()))
        self.screen.feed(self._decoder.decode(data))
        self._answer()
        return True

    def _answer(self) -> None:
        for question in self.screen.questions:
            if question in ("c", "0c"):
                os.write(self.descriptor, b"\x1b[?62c")
            elif question == "6n":
                place = f"\x1b[{self.screen.row + 1};{self.screen.column + 1}R"
                os.write(self.descriptor, place.encode())
        self.screen.questions.clear()

    def send(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def wait_for_prompt(self, ending: str, quiet: float = 0.3, timeout: float = 30) -> None:
        """Waits until the line of the cursor ends with `ending` and nothing more is drawn."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.read(quiet):
                continue
            line = "".join(cell for cell, _ in self.screen.lines[self.screen.row])
            if line[: self.screen.column].endswith(ending):
                return
        raise TimeoutError("no prompt came:\n" + "\n".join(self.screen.text()))

    def close(self) -> None:
        os.kill(self.process, signal.SIGHUP)
        os.close(self.descriptor)
        for _ in range(50):
            if os.waitpid(self.process, os.WNOHANG)[0]:
                return
            time.sleep(0.02)
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
