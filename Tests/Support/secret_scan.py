"""Looks for secrets in everything that a world wrote and said, and in what others could see."""

from __future__ import annotations

import base64
import contextlib
import os
import pathlib
import threading
import time
import urllib.parse
from collections.abc import Iterable

from world import World


class ProcessWatch:
    """Collects what `/proc` shows of every process while it is open: command lines, environments.

    Of a process of somebody else there is no environment to be seen.
    """

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.environments: set[bytes] = set()
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
                        self.environments.add(pathlib.Path(f"/proc/{entry}/environ").read_bytes())
            time.sleep(0.002)

    def environments_of(self, world: World) -> list[bytes]:
        """Those of a world's processes; other tests run beside this one."""
        home = f"HOME={world.home}".encode()
        return [text for text in list(self.environments) if home in text.split(b"\0")]


def spellings(secret: str) -> set[bytes]:
    """The ways in which a secret may be written without looking like itself."""
    raw = secret.encode()
    return {
        raw,
        base64.b64encode(raw),
        base64.b64encode(raw).rstrip(b"="),
        raw.hex().encode(),
        urllib.parse.quote(secret, safe="").encode(),
    }


def assert_nowhere(
    world: World,
    secrets: Iterable[str],
    watch: ProcessWatch | None = None,
    *,
    said: Iterable[str] | None = None,
    also: Iterable[pathlib.Path] = (),
) -> None:
    """No secret, in any spelling, is in a file of the world, in what was said, or in an argument.

    Nor is it in an environment, unless the test itself put it into one.

    `said` is the world's transcript unless it is given: a command may be there to print a secret.
    `also` are files outside the world.
    """
    texts = [text.encode(errors="replace") for text in (world.transcript if said is None else said)]
    # Fake services are given their users' secrets as arguments; other tests run beside this one.
    lines = [line for line in (watch.seen if watch else ()) if "_fake.py" not in line]
    seen = [line.encode(errors="replace") for line in lines]
    environments = watch.environments_of(world) if watch else []
    assert environments or not watch, "the watch saw no process of this world"
    given = b"\0".join(text.encode(errors="replace") for text in world.given)
    files = {path: path.read_bytes() for path in [*world.files(), *also]}
    assert files or texts, "there is nothing to look for secrets in"
    wanted = set(secrets)
    assert wanted, "there are no secrets to look for"
    for secret in wanted:
        assert len(secret) >= 8, "a text so short is anywhere by chance"
        for spelling in spellings(secret):
            for text in texts:
                assert spelling not in text, text[:2000]
            for line in seen:
                assert spelling not in line, line
            if secret.encode() not in given:
                for text in environments:
                    assert spelling not in text, text.replace(b"\0", b"\n").decode(errors="replace")
            found = [path for path, content in files.items() if spelling in content]
            assert not found, f"{spelling!r} is in {found}"
