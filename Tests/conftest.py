"""What holds for all Python tests, whoever started them."""

from __future__ import annotations

import argparse
import signal

import pytest

from interactive_shell import SHELLS


def shells(text: str) -> tuple[str, ...]:
    """The shells that a list names."""
    names = tuple(text.replace(",", " ").split())
    if not names or not set(names) <= set(SHELLS):
        raise argparse.ArgumentTypeError(f"not a list of {', '.join(SHELLS)}: {text!r}")
    return names


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--shells",
        metavar="NAMES",
        type=shells,
        default=",".join(SHELLS),
        help="the shells to test in, such as `bash,zsh`; tests that need another are left out",
    )


def pytest_configure() -> None:
    # Programs inherit what is ignored: `nohup make test` ignores one of these, a job that a script
    # starts in the background the others, and the programs under test would never hear of them.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    others = set(SHELLS) - set(config.getoption("shells"))

    def needs_another(item: pytest.Item) -> bool:
        call = getattr(item, "callspec", None)
        values = call.params.values() if call else ()
        return any(isinstance(value, str) and value in others for value in values)

    if left_out := [item for item in items if needs_another(item)]:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not needs_another(item)]
