"""A program in a terminal of its own, typed at and ended without fixed waits."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pexpect

from waiting import LIMIT

#: How long a program may live on after its terminal is gone, in seconds.
GRACE = 2.0


class Pseudoterminal(pexpect.spawn):
    """pexpect's, without the tenths of a second that it waits before typing and when closing."""

    def __init__(
        self,
        program: str,
        arguments: Iterable[str] = (),
        *,
        columns: int = 200,
        rows: int = 50,
        **options,
    ) -> None:
        options.setdefault("timeout", 30)
        super().__init__(program, list(arguments), dimensions=(rows, columns), **options)
        self.delaybeforesend = None
        self.ptyproc.delayafterclose = 0

    def expect_list(self, pattern_list, timeout=-1, *rest, **options):
        return super().expect_list(pattern_list, self._limited(timeout), *rest, **options)

    def expect_exact(self, pattern_list, timeout=-1, *rest, **options):
        return super().expect_exact(pattern_list, self._limited(timeout), *rest, **options)

    def _limited(self, timeout: float) -> float:
        return min(self.timeout if timeout == -1 else timeout, LIMIT)

    def close(self, force: bool = True) -> None:
        """Takes the terminal away; a program that goes on for `GRACE` is killed if `force`."""
        if not self.closed:
            self.ptyproc.fileobj.close()
            deadline = time.monotonic() + GRACE
            while self.isalive() and time.monotonic() < deadline:
                time.sleep(0.002)
        super().close(force)

    def end(self) -> int:
        """Reads on until it ends; its status, or the signal's number, negative."""
        self.expect(pexpect.EOF)
        self.close()
        return self.exitstatus if self.signalstatus is None else -self.signalstatus
