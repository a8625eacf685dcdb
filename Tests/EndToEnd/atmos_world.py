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
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from dataclasses import dataclass, field

from pseudoterminal import Pseudoterminal
from waiting import wait_for

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FAKES = REPOSITORY / "Tests" / "Fakes"

#: The password of every file keyring in these tests; a run must never show it.
KEYRING_PASSWORD = "correct-horse-battery-staple"

#: Time a command may take before a test calls it hung, in seconds.
PATIENCE = 60


def binaries() -> pathlib.Path:
    """The directory that holds atmos-auth and atmos-auth-hook."""
    chosen = os.environ.get("ATMOS_AUTH_BINARIES")
    return pathlib.Path(chosen) if chosen else REPOSITORY / ".build" / "debug"


def tool(name: str) -> str:
    """The absolute path of a program the tests need, or a failure that says how to get it."""
    beside_python = pathlib.Path(sys.executable).parent / name
    if beside_python.exists():
        return str(beside_python)
    found = shutil.which(name)
    if found is None:
        raise AssertionError(f"{name} is not installed: run scripts/install-dependencies test")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


@dataclass
class World:
    """One person's machine."""

    root: pathlib.Path
    #: Variables beyond the fixed ones; `None` removes one.
    environment: dict[str, str | None] = field(default_factory=dict)
    transcript: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home = self.root / "home"
        self.repository = self.root / "repository"
        self.temporary = self.root / "tmp"
        for directory in (self.home, self.repository, self.temporary):
            directory.mkdir(parents=True)
            directory.chmod(0o755)
        self.temporary.chmod(0o700)

    # Where things are.

    @property
    def binary(self) -> str:
        return str(binaries() / "atmos-auth")

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
        path = [
            str(binaries()),
            str(pathlib.Path(sys.executable).parent),
            "/usr/local/bin",
            "/usr/bin",
            "/bin",
            "/usr/sbin",
            "/sbin",
            "/opt/homebrew/bin",
        ]
        result: dict[str, str | None] = {
            "HOME": str(self.home),
            "PATH": ":".join(path),
            "TMPDIR": str(self.temporary),
            "USER": "someone",
            "LOGNAME": "someone",
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "ATMOS_KEYRING_TYPE": "file",
            "ATMOS_KEYRING_PASSWORD": KEYRING_PASSWORD,
            # The AWS CLI and SDKs must never find the machine's own metadata service.
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            **self.environment,
            **(more or {}),
        }
        return {name: value for name, value in result.items() if value is not None}

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

    def terminal(
        self,
        *arguments: str,
        program: str | None = None,
        env: dict[str, str | None] | None = None,
        columns: int = 300,
        rows: int = 50,
        timeout: float = PATIENCE,
    ) -> Pseudoterminal:
        """Starts atmos-auth, or another program, in a terminal of its own."""
        return Pseudoterminal(
            program or self.binary,
            arguments,
            env=self.variables(env),
            cwd=str(self.repository),
            columns=columns,
            rows=rows,
            encoding="utf-8",
            codec_errors="replace",
            timeout=timeout,
        )

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


class Server:
    """A program that answers HTTP on a port of 127.0.0.1 until the test is over."""

    def __init__(
        self,
        arguments: list[str],
        port: int,
        probe: str,
        log: pathlib.Path,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={"PATH": os.environ["PATH"], "HOME": str(log.parent), **(environment or {})},
            )
        wait_for(
            lambda: self.process.poll() is not None or self._answers(probe),
            "the server does not answer",
            PATIENCE,
        )
        assert self.process.poll() is None, f"the server did not start:\n{log.read_text()}"

    def _answers(self, probe: str) -> bool:
        try:
            self.get(probe)
        except OSError:
            return False
        return True

    def get(self, path: str) -> bytes:
        # A proxy of the machine must not stand between the tests and their own servers.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, timeout=10) as response:
            return response.read()

    def post(self, path: str, body: bytes = b"") -> bytes:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        request = urllib.request.Request(
            self.url + path, data=body, method="POST", headers={"Content-Type": "text/plain"}
        )
        with opener.open(request, timeout=10) as response:
            return response.read()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class ProcessWatch:
    """Collects the command lines of every process that `/proc` shows while it is open."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> ProcessWatch:
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            for entry in os.listdir("/proc"):
                if entry.isdigit() and int(entry) != os.getpid():
                    with contextlib.suppress(OSError):
                        line = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes()
                        self.seen.add(line.replace(b"\0", b" ").decode(errors="replace"))
            time.sleep(0.002)


ANSI = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|[\x01\x02]"
)


def plain(text: str) -> str:
    """Text without the escape sequences of a terminal."""
    return ANSI.sub("", text)
