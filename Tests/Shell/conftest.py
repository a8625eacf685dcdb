"""Fixtures: a private home, and the three shells as parameters."""

from __future__ import annotations

import pathlib
import tempfile

import pytest

from hookshell import Shell
from interactive_shell import SHELLS
from programs import demand_binaries
from world import World


def pytest_configure(config: pytest.Config) -> None:
    demand_binaries()


@pytest.fixture
def world():
    # Not pytest's tmp_path, whose parents others may own.
    with tempfile.TemporaryDirectory(prefix="aa-", dir="/tmp") as name:
        yield World(pathlib.Path(name).resolve(), hook_only=True)


@pytest.fixture(params=SHELLS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def start(world, kind):
    """Starts shells of the kind under test, and ends them with the test."""
    shells: list[Shell] = []

    def make(**options) -> Shell:
        shell = Shell(options.pop("world", world), options.pop("kind", kind), **options)
        shells.append(shell)
        return shell

    yield make
    for shell in shells:
        shell.close()
