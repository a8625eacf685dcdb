"""Ends atmos-auth at a chosen step of putting a file in its place, as a crash or `kill -9` does."""

from __future__ import annotations

import os
import signal

from programs import tool
from world import World

#: System calls, and which of that name. A file is written beside its place and synced; it is
#: renamed, which is when the new one is there; its directory is synced.
MOMENTS = [("fsync", 1), ("rename", 1), ("fsync", 2)]


def killed_at(
    world: World, moment: tuple[str, int], *arguments: str, stdin: str | None = None
) -> bool:
    """Runs atmos-auth, which is killed as it begins a system call; whether it got that far."""
    name, number = moment
    calls = {"rename": "?rename,?renameat,?renameat2"}.get(name, name)
    answer = world.program(
        tool("strace"),
        *("-f", "-qq", "-o", os.devnull, "-e", f"trace={calls}"),
        *("-e", f"inject={calls}:signal=KILL:when={number}"),
        *(world.binary, *arguments),
        stdin=stdin,
    )
    assert answer.status in (0, -signal.SIGKILL), str(answer)
    return answer.status != 0
