"""docs/protocol.md agrees with the code: the answer's functions, `state`, the grant."""

from __future__ import annotations

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text()
ANSWER = (ROOT / "Sources/Hook/ShellAnswer.swift").read_text()


def section(title: str) -> str:
    """The text of a heading up to the next one, deeper headings included."""
    begin = re.search(rf"^(#+) {re.escape(title)}$", PAGE, re.M)
    assert begin, f"docs/protocol.md has no part called {title}"
    rest = PAGE[begin.end() :]
    end = re.search(rf"^#{{1,{len(begin[1])}}} ", rest, re.M)
    return rest[: end.start()] if end else rest


def first_column(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)`", text, re.M)


def test_the_functions_of_an_answer():
    table = first_column(section("The answer").split("### ")[0])
    assert len(table) == len(set(table))
    assert set(table) == set(re.findall(r'\bcall\("(\w+)"', ANSWER))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_the_functions(shell: str):
    hook = (ROOT / f"shell/hook.{shell}").read_text()
    table = set(first_column(section("The answer").split("### ")[0]))
    if shell == "fish":
        table.remove("mark")  # fish sets the variable itself
    missing = [
        name
        for name in table
        if not re.search(rf"^\s*(?:function )?__atmos_auth_{name}\b(?: ?\(\))?", hook, re.M)
    ]
    assert missing == []


def test_the_words_of_state():
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", section("`state`"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    comment = re.search(r"// state ([A-Z ]+), and\n.*?: ([A-Z ]+)\.", ANSWER, re.S)
    assert comment, "ShellAnswer.show names the words in a comment"
    assert [name for _, name in rows] == f"{comment[1]} {comment[2]}".split()


def test_the_words_of_a_grant():
    code = (ROOT / "Sources/Core/Trust/Grant+Text.swift").read_text()
    words = set(re.findall(r'\bcase "(\w+)":', code))
    table = [name for name in first_column(section("Grant")) if " " not in name]
    assert set(table) == words
