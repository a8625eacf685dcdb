"""A real interactive shell in a terminal, driven without waiting for fixed times."""

from __future__ import annotations

import itertools
import pathlib
import shutil
import time

import pexpect
import pyte

from terminal import RecordedTerminal

SHELLS = ("bash", "zsh", "fish")

PROMPT = "<ready> "

#: What each shell is told before anything else: a prompt to wait for, and no frills.
PLAIN = {
    "bash": f"PS1='{PROMPT}'; unset HISTFILE; bind 'set enable-bracketed-paste off' 2>/dev/null\n",
    "zsh": f"PROMPT='{PROMPT}'; unset zle_bracketed_paste; unsetopt prompt_sp; unset HISTFILE\n",
    "fish": f"function fish_prompt; printf %s '{PROMPT}'; end\nfunction fish_greeting; end\n"
    "set -g fish_autosuggestion_enabled 0; set -g fish_private_mode 1\n",
}


def descendants(pid: int) -> list[int]:
    """The processes below a process."""
    found = [
        int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ]
    return found + [below for child in found for below in descendants(child)]


def sleeps(pid: int) -> bool:
    """Whether every thread of a process waits for something."""
    threads = pathlib.Path(f"/proc/{pid}/task").glob("*/stat")
    return all(text.read_text().rpartition(")")[2].split()[0] == "S" for text in threads)


class InteractiveShell(RecordedTerminal):
    """One shell that reads `rc` and nothing else of anybody's.

    `run` types a line and waits until the prompt after it was made: it types a second line that
    prints a number, which the shell reads only then.
    """

    def __init__(
        self,
        kind: str,
        rc: str,
        *,
        home: pathlib.Path,
        variables: dict[str, str],
        directory: pathlib.Path,
        columns: int,
        arguments: tuple[str, ...] = (),
        transcript: list[str] | None = None,
    ) -> None:
        self.kind = kind
        self.screen = pyte.Screen(columns, 50)
        self._stream = pyte.ByteStream(self.screen)
        self._numbers = itertools.count(1001)
        where = home / f".rc-{kind}"
        where.mkdir(exist_ok=True)
        variables = {**variables, "SHELL": self.program(kind)}
        if kind == "bash":
            (where / "bashrc").write_text(rc)
            words = ["--noprofile", "--rcfile", str(where / "bashrc"), "-i"]
        elif kind == "zsh":
            (where / ".zshrc").write_text(rc)
            variables["ZDOTDIR"] = str(where)
            words = ["-d", "-i"]
        else:
            (home / ".config/fish").mkdir(parents=True, exist_ok=True)
            (home / ".config/fish/config.fish").write_text(rc)
            # Where it is missing, fish reads every manual page in the background for minutes.
            (home / ".local/share/fish/generated_completions").mkdir(parents=True, exist_ok=True)
            words = ["-i"]
        super().__init__(
            self.program(kind),
            [*words, *arguments],
            env=variables,
            cwd=str(directory),
            transcript=transcript,
            encoding=None,
            columns=columns,
        )
        self.settle()

    @staticmethod
    def program(kind: str) -> str:
        path = shutil.which(kind, path="/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin")
        assert path, f"{kind} is not installed: run scripts/install-dependencies test"
        return path

    def write(self, data: bytes) -> None:
        super().write(data)
        self._stream.feed(data)

    def settle(self, timeout: float = 30) -> None:
        """Waits until all that was typed is done and the prompt after it was made."""
        number = str(next(self._numbers))
        # Typed with the number split in two, so that the echo is not taken for the answer.
        self.child.sendline(f" printf '@%s@%s@\\n' {number[:2]} {number[2:]}")
        self.child.expect_exact(f"@{number[:2]}@{number[2:]}@\r\n".encode(), timeout=timeout)

    def run(self, line: str, timeout: float = 30) -> str:
        """Types a line and returns all that the terminal showed until the prompt after it."""
        begin = len(self.raw)
        self.child.sendline(line)
        self.settle(timeout)
        return self.raw[begin:].decode("utf-8", "replace")

    def prompt(self) -> str:
        """The prompt's line as a person sees it, the `<ready> ` at its end taken off."""
        self.run("")
        return self.drawn_prompt()

    def drawn_prompt(self) -> str:
        """The prompt's line when nothing is typed after it."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            lines = [line.rstrip() for line in self.screen.display if line.strip()]
            if lines and lines[-1].endswith(PROMPT.rstrip()):
                # fish may draw twice; what it draws last is quiet for a moment.
                if self.kind != "fish" or not self.more(0.1):
                    return lines[-1][: -len(PROMPT.rstrip())]
            else:
                self.more()
        raise AssertionError(f"no prompt on the screen: {self.screen.display}")

    def more(self, seconds: float = 0.15) -> bool:
        """Reads what is shown next, and says whether that was anything."""
        try:
            self.child.read_nonblocking(65536, timeout=seconds)
            return True
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False

    def rest(self) -> None:
        """Waits until it has nothing to do and has shown nothing new for a moment, as after TAB."""
        while self.more(0.1) or descendants(self.child.pid) or not sleeps(self.child.pid):
            pass
