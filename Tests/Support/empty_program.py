"""A pytest plugin for `make test-empty`: which tests pass though the program does nothing?

A test that passes then cannot fail, or asserts only that something does not happen without showing
that it would. Either is a defect, but for those that Tests/passes-when-empty.txt lists.
"""

from __future__ import annotations

import pathlib
import re

import pytest

from interactive_shell import SHELLS

LIST = pathlib.Path(__file__).resolve().parents[1] / "passes-when-empty.txt"


def expected() -> dict[str, re.Pattern[str]]:
    """The patterns of the list; `*` stands for any text, and each line gives a reason."""
    patterns: dict[str, re.Pattern[str]] = {}
    for number, line in enumerate(LIST.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        pattern, _, reason = line.partition("\t")
        if not reason.strip():
            raise pytest.UsageError(f"{LIST.name}:{number}: no reason after a tab")
        words = map(re.escape, pattern.split("*"))
        patterns[pattern] = re.compile(".*".join(words), re.DOTALL)
    return patterns


class Passes:
    """Notes what passes, on the process that hears of every test."""

    def __init__(self, config: pytest.Config) -> None:
        self.expected = expected()
        self.is_narrowed = (
            bool(config.option.keyword)
            or "::" in " ".join(config.args)
            or set(config.getoption("shells")) != set(SHELLS)
        )
        self.ran: set[str] = set()
        self.passed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call":
            self.ran.add(report.nodeid)
            if report.outcome == "passed":
                self.passed.add(report.nodeid)

    @property
    def toothless(self) -> list[str]:
        """Tests that pass and are not in the list."""
        return sorted(
            name
            for name in self.passed
            if not any(pattern.fullmatch(name) for pattern in self.expected.values())
        )

    @property
    def stale(self) -> list[str]:
        """Patterns of the list that no passing test matches."""
        if self.is_narrowed:
            return []
        return [
            text
            for text, pattern in self.expected.items()
            if not any(pattern.fullmatch(name) for name in self.passed)
        ]

    # After all others: what failed is as it should be, and is not what this run is about.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        is_good = bool(self.ran) and not self.toothless and not self.stale
        session.exitstatus = pytest.ExitCode.OK if is_good else pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        write = terminalreporter.write_line
        write(f"{len(self.ran)} tests of a program that does nothing, {len(self.passed)} passed")
        for name in self.toothless:
            write(f"passes, and should not: {name}")
        for pattern in self.stale:
            write(f"in {LIST.name}, and no test that passes is like it: {pattern}")


def pytest_configure(config: pytest.Config) -> None:
    # With xdist, the workers have no part in it.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Passes(config))
