"""docs/protocol.md agrees with the code: the answer's functions, `state`, marker, grant, facts,
generation and index."""

from __future__ import annotations

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/protocol.md").read_text()
ANSWER = (ROOT / "Sources/Hook/ShellAnswer.swift").read_text()
MARKER = (ROOT / "Sources/Hook/Marker.swift").read_text()
GRANT = (ROOT / "Sources/Core/Trust/Grant+Text.swift").read_text()

FACTS = (ROOT / "Sources/Core/Shell/Facts.swift").read_text()
GENERATION = (ROOT / "Sources/Core/Trust/Generation.swift").read_text()
INDEX = ROOT / "Sources/AuthConfiguration/Index"


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
    read = set(re.findall(r'\bcase "(\w+)"(?: where [^:]+)?:', GRANT))
    written = set(re.findall(r'\bline\(\s*"(\w+)"', GRANT)) | {"end"}
    table = [name for name in first_column(section("Format 2")) if " " not in name]
    assert table[-1] == "end" and len(table) == len(set(table))
    assert set(table) == read == written


def test_the_words_of_an_earlier_grant():
    later = set(re.findall(r'\bcase "(\w+)" where !isOutdated:', GRANT))
    sentence = re.search(r"knows no\s([^.]*)\.", section("Format 1"))
    assert sentence, "the page says which words format 1 lacks"
    assert later == set(re.findall(r"`(\w+)`", sentence[1]))


def test_the_fields_of_a_marker():
    """As many as the code reads before the variables."""
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", section("The marker"), re.M)
    head = [name for _, name in rows[:-3]]
    assert [int(number) for number, _ in rows[:-3]] == list(range(1, len(head) + 1))
    assert [name for _, name in rows[-3:]] == ["NAME", "OURS", "EARLIER"]
    reading = re.search(r"guard let version(.*?)fields\.count % 3 == 0", MARKER, re.S)
    assert reading, "Marker reads its fields in one statement"
    assert len(head) == len(re.findall(r"fields\.next", reading[0]))


def test_the_words_of_facts():
    rows = re.findall(r"^\| (\d+) \| `([^`]+)` \|", section("Facts"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    magic = f"{rows[0][1]} {rows[1][1]}"
    assert f'"{magic}' in FACTS
    reading = re.search(r"guard let magic = fields.*?else", FACTS, re.S)
    assert reading, "Facts reads its words in one statement"
    assert len(rows) == len(re.findall(r"fields\.next", reading[0]))


def test_the_words_of_the_generation():
    [(_, magic), (_, number)] = re.findall(
        r"^\| (\d+) \| `([^`]+)` \|", section("Generation"), re.M
    )
    assert f'"{magic} ' in GENERATION and number == "NUMBER"


def test_the_index_and_its_head():
    file = (INDEX / "IndexFile.swift").read_text()
    magic = re.search(r'magic = Array\("atmos-auth (idx \d+)"', file)
    assert magic and f"`atmos-auth` and `{magic[1]}`" in section("Index")
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", section("Index").split("### ")[0], re.M)
    sections = re.search(r"enum Section: .*?\n\s*case (.*)", file)
    assert sections and [name for _, name in rows] == sections[1].split(", ")
    head = (INDEX / "IndexHead.swift").read_text()
    writing = re.search(r"func encoded\(\).*?return writer.bytes", head, re.S)
    assert writing
    code = re.sub(r"for choice in .*?(writer\.write\(\w+)\.contains\(choice\)", r"\1", writing[0])
    written = re.findall(
        r"^    writer\.write\((?:count: |UInt64\(bitPattern: )?([\w.]+?)(?:\.rawValue)?[) ]",
        code,
        re.M,
    )
    rows = re.findall(r"^\| (\d+) \| `([\w.]+)` \|", section("The head"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, len(rows) + 1))
    assert [name for _, name in rows] == written
