"""Waiting for what will be, never for how long it usually takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

#: The longest a test waits for anything, in seconds; `make test-empty` sets it.
LIMIT = float(os.environ.get("ATMOS_AUTH_TEST_PATIENCE", "inf"))

#: Time a command may take before a test calls it hung, in seconds.
PATIENCE = 60


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30) -> None:
    """Asks again and again until the condition holds; fails with `what` when it does not."""
    deadline = time.monotonic() + min(seconds, LIMIT)
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
