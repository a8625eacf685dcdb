"""A real interactive shell with the hook's text in it, whose binaries may be stubs."""

from __future__ import annotations

import pathlib
import re
import shlex

import pytest

from interactive_shell import PLAIN, InteractiveShell
from programs import HOOK, REPOSITORY
from world import World


def only(*kinds: str):
    """Marks a test that is about some of the shells."""
    return pytest.mark.parametrize("kind", kinds)


def quote(text: str, shell: str) -> str:
    if shell == "fish":
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "'" + text.replace("'", "'\\''") + "'"


def snippet(
    shell: str,
    binary: str,
    hook: str,
    *,
    prompt: bool = True,
    switch: bool = True,
    wraps: str = "",
) -> str:
    """What `atmos-auth hook SHELL` prints; see shell/Snippet.swift."""
    text = (REPOSITORY / f"shell/hook.{shell}").read_text()
    for name, value in {
        "@ATMOS_AUTH@": binary,
        "@ATMOS_AUTH_HOOK@": hook,
        "@PROMPT@": "1" if prompt else "",
        "@SWITCH@": "1" if switch else "",
        "@WRAPS@": wraps,
    }.items():
        assert f"'{name}'" in text
        text = text.replace(f"'{name}'", quote(value, shell), 1)
    word = {"fish": "(atmos-auth hook fish | string collect)"}.get(
        shell, f'"$(atmos-auth hook {shell})"'
    )
    builtin = "" if shell == "fish" else "\\builtin "
    complaint = f"atmos-auth: the hook is not loaded; it needs quotes: eval {word}"
    complaint = f"{builtin}printf '%s\\n' {quote(complaint, shell)} >&2"
    if shell == "bash":
        return (
            f"case $-'\n' in *i*\\ *) {complaint} ;; "
            f"*i*) \\builtin eval {quote(text, shell)} ;; esac\n"
        )
    if shell == "zsh":
        return (
            "if [[ ! -o interactive ]]; then :; "
            f"elif [[ '\n' == ' ' ]]; then {complaint}; else "
            "\\builtin emulate zsh -o no_aliases -o no_ksh_zero_subscript -c "
            f"{quote(text, shell)}; fi\n"
        )
    text = re.sub(
        r"^    (function .*?^    end)$",
        lambda function: "    eval " + quote("    " + function[1], shell),
        text,
        flags=re.MULTILINE | re.DOTALL,
    )
    return f"status is-interactive; and test '\n' = ' '; and {complaint}\n{text}"


def unsnippet(shell: str) -> str:
    text = (REPOSITORY / f"shell/unhook.{shell}").read_text()
    if shell == "zsh":
        return (
            "\\builtin emulate zsh -o no_aliases -o no_ksh_zero_subscript -c "
            f"{quote(text, shell)}\n"
        )
    return text


class Shell(InteractiveShell):
    """One interactive shell of a world.

    `get` lets the shell write a value to a file, so that no test has to tell output from echo.
    """

    def __init__(
        self,
        world: World,
        kind: str,
        *,
        before: str = "",
        after: str = "",
        directory: pathlib.Path | None = None,
        columns: int = 120,
        hook: str | None = None,
        install: int = 1,
        options: dict | None = None,
        environment: dict | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.world = world
        self.kind = kind
        self._file = world.root / f"value-{kind}-{id(self)}"
        # Whatever noclobber says.
        self._into = ">" if kind == "fish" else ">|"
        text = snippet(kind, world.binary, hook or str(HOOK), **(options or {}))
        (world.root / f"hook.{kind}").write_text(text)
        (world.root / f"unhook.{kind}").write_text(unsnippet(kind))
        super().__init__(
            kind,
            PLAIN[kind] + before + "\n" + self.install_line() * install + after + "\n",
            home=world.home,
            variables=world.variables(environment),
            directory=directory or world.repository,
            columns=columns,
            arguments=arguments,
        )

    def install_line(self) -> str:
        path = shlex.quote(str(self.world.root / f"hook.{self.kind}"))
        return f"source {path}\n" if self.kind == "fish" else f'\\eval "$(\\command cat {path})"\n'

    def cd(self, path: pathlib.Path | str) -> str:
        return self.run(f"cd -- {quote(str(path), self.kind)}")

    def proven(self) -> Shell:
        """Shows that the hook switches in this shell, for tests in which it then does not.

        Ends in the world's `work`, with nobody active.
        """
        self.cd(self.world.stack("proof", "proof", advance=False))
        assert self.exported("AWS_PROFILE") == "proof", "the hook does not switch here at all"
        self.cd(self.world.repository)
        assert self.exported("AWS_PROFILE") is None
        return self

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

    def alive(self) -> bool:
        return self.child.isalive()


def active(shell: Shell) -> str | None:
    """Who is active in a shell, as its children see it."""
    return shell.exported("AWS_PROFILE")


def stub(path: pathlib.Path, body: str) -> pathlib.Path:
    """A script in the place of atmos-auth-hook."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path
