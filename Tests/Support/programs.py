"""Where the programs are that the tests run: the project's own, and other people's."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FAKES = REPOSITORY / "Tests" / "Fakes"


def binaries() -> pathlib.Path:
    """The directory of both programs: `ATMOS_AUTH_BINARIES`, or the debug build."""
    chosen = os.environ.get("ATMOS_AUTH_BINARIES")
    return pathlib.Path(chosen) if chosen else REPOSITORY / ".build" / "debug"


#: The hook, for tests that start it or name it without a world.
HOOK = binaries() / "atmos-auth-hook"


def demand_binaries() -> None:
    """Ends the run with one clear sentence, instead of several hundred failures."""
    for name in ("atmos-auth", "atmos-auth-hook"):
        if not os.access(binaries() / name, os.X_OK):
            raise pytest.UsageError(f"{binaries() / name} is missing: run `make build` first")


def tool(name: str) -> str:
    """The absolute path of a program the tests need, or a failure that says how to get it."""
    beside_python = pathlib.Path(sys.executable).parent / name
    if beside_python.exists():
        return str(beside_python)
    found = shutil.which(name)
    if found is None:
        raise AssertionError(f"{name} is not installed: run scripts/install-dependencies test")
    return found
