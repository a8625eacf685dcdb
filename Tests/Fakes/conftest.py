"""Fixtures of the fakes' proofs."""

from __future__ import annotations

import contextlib

import pytest

import center_world


@pytest.fixture
def run(request: pytest.FixtureRequest):
    """Starts fakes with options and ends them with the test.

    Which one a module says with a `Running` of its own; else it is the Identity Center.
    """
    running = getattr(request.module, "Running", center_world.Running)
    with contextlib.ExitStack() as stack:

        def start(*arguments: str):
            started = running(*arguments)
            stack.callback(started.close)
            return started

        yield start


@pytest.fixture
def center(request: pytest.FixtureRequest, run):
    """One that runs, with the options that a test is parametrised with."""
    return run(*getattr(request, "param", ()))
