"""A real interactive shell in a pseudo-terminal, driven without waiting for fixed times."""

from __future__ import annotations

import itertools
import os
import pathlib
import shlex
import shutil
import time

import pexpect
import pyte
import pytest

from hookworld import HOOK, ROOT, World

SHELLS = ("bash", "zsh", "fish")


def only(*kinds: str):
    """Marks a test that is about some of the shells."""
    return pytest.mark.parametrize("kind", kinds)


PROMPT = "<ready> "

#: What each shell is told before the hook: a prompt to wait for, and no frills.
BEFORE = {
    "bash": f"PS1='{PROMPT}'; unset HISTFILE; bind 'set enable-bracketed-paste off' 2>/dev/null\n",
    "zsh": f"PROMPT='{PROMPT}'; unset zle_bracketed_paste; unsetopt prompt_sp; unset HISTFILE\n",
    "fish": f"function fish_prompt; printf %s '{PROMPT}'; end\nfunction fish_greeting; end\n"
    "set -g fish_autosuggestion_enabled 0; set -g fish_private_mode 1\n",
}


def quote(text: str, shell: str) -> str:
    if shell == "fish":
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + text.replace("'", "'\\''") + "'"


def snippet(
    shell: str, binary: str, hook: str, *, prompt: bool = True, switch: bool = True
) -> str:
    """What `atmos-auth hook SHELL` prints; see shell/Snippet.swift."""
    text = (ROOT / f"shell/hook.{shell}").read_text()
    for name, value in {
        "@ATMOS_AUTH@": binary, "@ATMOS_AUTH_HOOK@": hook, "@PROMPT@": "1" if prompt else "",
        "@SWITCH@": "1" if switch else "",
    }.items():
        assert f"'{name}'" in text
        text = text.replace(f"'{name}'", quote(value, shell), 1)
    if shell == "bash":
        return f"case $- in *i*) \\builtin eval {quote(text, shell)} ;; esac\n"
    if shell == "zsh":
        return (
            "if [[ -o interactive ]]; then \\builtin emulate zsh -o no_aliases -o no_ksh_zero_subscript -c "
            f"{quote(text, shell)}; fi\n"
        )
    return text


def unsnippet(shell: str) -> str:
    text = (ROOT / f"shell/unhook.{shell}").read_text()
    if shell == "zsh":
        return f"\\builtin emulate zsh -o no_aliases -o no_ksh_zero_subscript -c {quote(text, shell)}\n"
    return text


class Shell:
    """One interactive shell.

    `run` types a line and waits until the prompt after it was made: it types a second line that
    prints a number, which the shell reads only then. `get` lets the shell write a value to a file,
    so that no test has to tell output from echo.
    """

    def __init__(
        self, world: World, kind: str, *, before: str = "", after: str = "",
        directory: pathlib.Path | None = None, columns: int = 120, hook: str | None = None,
        install: int = 1, options: dict | None = None, environment: dict | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.world = world
        self.kind = kind
        self._numbers = itertools.count(1001)
        self._file = world.root / f"value-{kind}-{id(self)}"
        # Whatever noclobber says.
        self._into = ">" if kind == "fish" else ">|"
        self.text = snippet(
            kind, str(world.bin / "atmos-auth"), hook or str(HOOK), **(options or {}))
        (world.root / f"hook.{kind}").write_text(self.text)
        (world.root / f"unhook.{kind}").write_text(unsnippet(kind))
        line = self.install_line() * install
        rc = BEFORE[kind] + before + "\n" + line + after + "\n"
        variables = world.environment(**{"SHELL": self.tool(kind), **(environment or {})})
        where = world.root / f"rc-{kind}"
        where.mkdir(exist_ok=True)
        if kind == "bash":
            (where / "bashrc").write_text(rc)
            words = ["--noprofile", "--rcfile", str(where / "bashrc"), "-i"]
        elif kind == "zsh":
            (where / ".zshrc").write_text(rc)
            variables["ZDOTDIR"] = str(where)
            words = ["-d", "-i"]
        else:
            config = world.home / ".config/fish"
            config.mkdir(exist_ok=True)
            (config / "config.fish").write_text(rc)
            words = ["-i"]
        self.screen = pyte.Screen(columns, 50)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.child = pexpect.spawn(
            self.tool(kind), [*words, *arguments], env=variables, cwd=str(directory or world.work),
            dimensions=(50, columns), timeout=20)
        self.child.delaybeforesend = None
        self.child.logfile_read = self
        self._settle()

    def install_line(self) -> str:
        path = shlex.quote(str(self.world.root / f"hook.{self.kind}"))
        return f"source {path}\n" if self.kind == "fish" else f'\\eval "$(\\command cat {path})"\n'

    @staticmethod
    def tool(name: str) -> str:
        path = shutil.which(name, path="/usr/local/bin:/usr/bin:/bin")
        assert path, f"{name} is missing: apt-get install {name}"
        return path

    # pexpect writes what it reads here.
    def write(self, data: bytes) -> None:
        self.raw += data
        self._stream.feed(data)

    def flush(self) -> None:
        pass

    def _settle(self) -> None:
        number = str(next(self._numbers))
        self.child.sendline(f" printf '@%s@%s@\\n' {number[:2]} {number[2:]}")
        self.child.expect_exact(f"@{number[:2]}@{number[2:]}@\r\n".encode())

    def run(self, line: str) -> str:
        """Types a line and returns all that the terminal showed until the prompt after it."""
        begin = len(self.raw)
        self.child.sendline(line)
        self._settle()
        return self.raw[begin:].decode("utf-8", "replace")

    def cd(self, path: pathlib.Path | str) -> str:
        return self.run(f"cd -- {quote(str(path), self.kind)}")

    def get(self, words: str) -> str:
        """What the words expand to, such as `"$AWS_PROFILE"`."""
        if self._file.exists():
            self._file.unlink()
        self.run(f" printf '%s\\0' {words} {self._into}{shlex.quote(str(self._file))}")
        return self._file.read_bytes().decode("utf-8", "surrogateescape").removesuffix("\0")

    def variable(self, name: str) -> str | None:
        """A variable's value, `None` if it is not set."""
        if self.kind == "fish":
            self.run(f"set -q {name}; and set -g __t_set y; or set -g __t_set n")
            value = self.get(f'$__t_set"${name}"')
        else:
            value = self.get(f'"${{{name}+y}}${{{name}-}}"')
        if self.kind == "fish":
            return value[1:] if value.startswith("y") else None
        return value[1:] if value else None

    def exported(self, name: str) -> str | None:
        """A variable as children see it."""
        self.run(f" command env -0 {self._into}{shlex.quote(str(self._file))}")
        for entry in self._file.read_bytes().split(b"\0"):
            key, _, value = entry.partition(b"=")
            if key == name.encode():
                return value.decode("utf-8", "surrogateescape")
        return None

    def environment(self) -> dict[str, str]:
        self.run(f" command env -0 {self._into}{shlex.quote(str(self._file))}")
        pairs = (e.partition(b"=") for e in self._file.read_bytes().split(b"\0") if e)
        return {k.decode(): v.decode("utf-8", "surrogateescape") for k, _, v in pairs}

    def prompt(self) -> str:
        """The prompt's line as a person sees it, the `<ready> ` at its end taken off."""
        self.run("")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            lines = [line for line in self.screen.display if line.strip()]
            if lines and lines[-1].rstrip().endswith(PROMPT.rstrip()):
                # A shell may draw twice; what it draws last is quiet for a moment.
                if not self._more():
                    return lines[-1].rstrip()[: -len(PROMPT.rstrip())]
            else:
                self._more()
        raise AssertionError(f"no prompt on the screen: {self.screen.display}")

    def _more(self) -> bool:
        try:
            self.child.read_nonblocking(65536, timeout=0.15)
            return True
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False

    def uninstall(self) -> None:
        path = shlex.quote(str(self.world.root / f"unhook.{self.kind}"))
        self.run(f"source {path}" if self.kind == "fish" else f'eval "$(cat {path})"')

    def setenv(self, name: str, value: str | None) -> None:
        """What a person would type to export a variable or take it away."""
        if value is None:
            self.run(f"set -e {name}" if self.kind == "fish" else f"unset {name}")
        elif self.kind == "fish":
            self.run(f"set -gx {name} {quote(value, 'fish')}")
        else:
            self.run(f"export {name}={quote(value, self.kind)}")

    def interrupt(self) -> None:
        self.child.send("\x03")

    def alive(self) -> bool:
        return self.child.isalive()

    def close(self) -> None:
        self.child.close(force=True)

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def stub(path: pathlib.Path, body: str) -> pathlib.Path:
    """A script in the place of atmos-auth-hook."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def descendants(pid: int) -> list[int]:
    path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    found = [int(word) for word in path.read_text().split()]
    return found + [below for child in found for below in descendants(child)]


def wait_for(condition, message: str, seconds: float = 10) -> None:
    """Polls until `condition()` holds; for things that no prompt tells of."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, message
        time.sleep(0.01)


__all__ = ["Shell", "SHELLS", "World", "descendants", "only", "os", "quote", "snippet", "stub", "unsnippet", "wait_for"]
