"""A private world for one test: a home, a repository, an environment, and what was written there.

Nothing of the person who runs the tests leaks in: the environment is built from nothing, and
every directory that atmos-auth writes to lies below one temporary directory. Every answer of a
program is kept, so that a test can look for secrets in all of it at the end.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass, field

from hookworld import HookFiles
from programs import binaries
from waiting import PATIENCE

#: The password of every file keyring in these tests; a run must never show it.
KEYRING_PASSWORD = "correct-horse-battery-staple"


@dataclass
class Answer:
    """What a program said and how it ended."""

    arguments: list[str]
    status: int
    stdout: str
    stderr: str

    def json(self):
        return json.loads(self.stdout)

    def __str__(self) -> str:
        return (
            f"$ {' '.join(self.arguments)}\nstatus {self.status}\n"
            f"--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"
        )


#: Where the system's own programs are.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/homebrew/bin"


@dataclass
class World(HookFiles):
    """One person's machine."""

    root: pathlib.Path
    #: Variables beyond the fixed ones; `None` removes one.
    environment: dict[str, str | None] = field(default_factory=dict)
    transcript: list[str] = field(default_factory=list)
    #: Every value that a variable of a program had.
    given: set[str] = field(default_factory=set)
    #: Only the hook is real: a script stands for atmos-auth and notes what it is asked, and the
    #: test writes what the hook reads.
    hook_only: bool = False
    #: Whether the repository's configuration is the person's own, named by a variable, so that
    #: nothing in it has to be allowed. What trust is about needs a checkout's.
    is_own: bool = True

    def __post_init__(self) -> None:
        self.home = self.root / "home"
        self.repository = self.root / "repository"
        self.temporary = self.root / "tmp"
        for directory in (self.home, self.repository, self.temporary):
            directory.mkdir(parents=True)
            directory.chmod(0o755)
        self.temporary.chmod(0o700)
        if self.hook_only:
            self._stand_in()

    def _stand_in(self) -> None:
        for directory in (self.state / "trust", self.state / "sessions/r"):
            directory.mkdir(parents=True, mode=0o700)
        for name in (".config", ".cache"):
            (self.home / name).mkdir()
        (self.root / "bin").mkdir()
        self.main("exit 1")

    # The script in the place of atmos-auth.

    def main(self, body: str) -> pathlib.Path:
        """Puts a script in the place of atmos-auth; every call is noted."""
        path = pathlib.Path(self.binary)
        path.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{self._calls}'\n{body}\n")
        path.chmod(0o755)
        return path

    def asked(self) -> list[str]:
        """What the script was asked, one call a line."""
        return self._calls.read_text().splitlines() if self._calls.exists() else []

    @property
    def _calls(self) -> pathlib.Path:
        return self.root / "calls"

    # Where things are.

    @property
    def binary(self) -> str:
        directory = self.root / "bin" if self.hook_only else binaries()
        return str(directory / "atmos-auth")

    @property
    def hook_binary(self) -> str:
        return str(binaries() / "atmos-auth-hook")

    @property
    def data(self) -> pathlib.Path:
        return self.home / ".local/share/atmos"

    @property
    def state(self) -> pathlib.Path:
        return self.home / ".local/state/atmos-auth"

    @property
    def cache(self) -> pathlib.Path:
        return self.home / ".cache/atmos-auth"

    def files(self) -> list[pathlib.Path]:
        """Every regular file that anything in this world has written."""
        return [path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink()]

    # What is configured.

    def write(self, name: str, text: str, mode: int = 0o644) -> pathlib.Path:
        """Writes a file of the repository, with the indentation of the source taken off."""
        path = self.repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        path.chmod(mode)
        return path

    def configure(self, text: str) -> pathlib.Path:
        """Writes the repository's atmos.yaml."""
        return self.write("atmos.yaml", text)

    def select(self, directory: str, identity: str) -> pathlib.Path:
        """Makes a directory of the repository with an `.atmos-identity` in it."""
        path = self.repository / directory
        path.mkdir(parents=True, exist_ok=True)
        (path / ".atmos-identity").write_text(f"{identity}\n")
        return path

    # Programs.

    def variables(self, more: dict[str, str | None] | None = None) -> dict[str, str]:
        """The whole environment of a program of this world."""
        result: dict[str, str | None] = {
            "HOME": str(self.home),
            "PATH": SYSTEM_PATH,
            "USER": "someone",
            "LOGNAME": "someone",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
        }
        if self.hook_only:
            result["TZ"] = "UTC"
        else:
            beside_python = pathlib.Path(sys.executable).parent
            result |= {
                "PATH": f"{binaries()}:{beside_python}:{SYSTEM_PATH}",
                "TMPDIR": str(self.temporary),
                "SHELL": "/bin/bash",
                "ATMOS_KEYRING_TYPE": "file",
                "ATMOS_KEYRING_PASSWORD": KEYRING_PASSWORD,
                "ATMOS_CLI_CONFIG_PATH": str(self.repository) if self.is_own else None,
                # The AWS CLI and SDKs must never find the machine's own metadata service.
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_PAGER": "",
            }
        result |= {**self.environment, **(more or {})}
        made = {name: value for name, value in result.items() if value is not None}
        self.given.update(made.values())
        return made

    def run(
        self,
        *arguments: str,
        stdin: str | bytes | None = None,
        env: dict[str, str | None] | None = None,
        cwd: pathlib.Path | str | None = None,
        timeout: float = PATIENCE,
        status: int | None = None,
    ) -> Answer:
        """Runs atmos-auth without a terminal; `status`, when given, is asserted."""
        answer = self.program(
            self.binary, *arguments, stdin=stdin, env=env, cwd=cwd, timeout=timeout
        )
        if status is not None:
            assert answer.status == status, str(answer)
        return answer

    def said(self, *arguments: str, status: int = 64, **options) -> str:
        """What a command that fails says on standard error."""
        answer = self.run(*arguments, status=status, **options)
        assert answer.stdout == ""
        return answer.stderr

    def program(
        self,
        *arguments: str,
        stdin: str | bytes | None = None,
        env: dict[str, str | None] | None = None,
        cwd: pathlib.Path | str | None = None,
        timeout: float = PATIENCE,
    ) -> Answer:
        """Runs any program in a session of its own, so that it has no terminal to open."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        process = subprocess.Popen(
            arguments,
            env=self.variables(env),
            cwd=str(cwd or self.repository),
            stdin=subprocess.DEVNULL if data is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(data, timeout=timeout)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise AssertionError(
                f"{arguments} hung for {timeout} s\n{out.decode(errors='replace')}\n"
                f"{err.decode(errors='replace')}"
            ) from None
        answer = Answer(
            [str(argument) for argument in arguments],
            process.returncode,
            out.decode(errors="surrogateescape"),
            err.decode(errors="surrogateescape"),
        )
        self.transcript += [answer.stdout, answer.stderr]
        return answer

    def start(self, *arguments: str, env: dict[str, str | None] | None = None, **options):
        """Starts atmos-auth and returns the `Popen`; the caller waits for it or ends it."""
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen(
            [self.binary, *arguments],
            env=self.variables(env),
            cwd=str(self.repository),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **options,
        )

    # Keys.

    def store_keys(self, identity: str, access_key_id: str, secret: str) -> None:
        """Puts an IAM user's keys into the keyring, the secret on standard input."""
        self.run(
            "user",
            "configure",
            "--identity",
            identity,
            "--access-key-id",
            access_key_id,
            stdin=secret + "\n",
            status=0,
        )
