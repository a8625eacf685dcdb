"""What the pages tell people to type works, and what they link to is there."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

from programs import REPOSITORY, binaries
from pty_shell import PtyShell
from services import Moto
from world import World

PAGES = [
    page
    for page in (*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md"))
    if page.name != "CHANGELOG.md"
]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language; fences are paired from the top of the page."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [block for name, block in fenced if re.fullmatch(language, name)]


def test_the_two_minutes_of_the_readme_work(world: World, moto: Moto):
    """Typed as they stand there, into a bash with the hook, against moto."""
    page = (REPOSITORY / "README.md").read_text()
    section = page[page.index("## Two minutes") : page.index("## What is safe")]
    (configuration,), (commands,) = blocks(section, "yaml"), blocks(section, "sh")
    world.configure(configuration)
    shown = ""
    with PtyShell(world, "bash", env=moto.environment) as terminal:
        for line in commands.splitlines():
            line = re.sub(r"\s+#.*", "", line)
            if "user configure" in line:
                terminal.child.sendline(line)
                terminal.child.expect_exact("Access Key ID")
                terminal.child.sendline(moto.access_key_id)
                terminal.child.expect_exact("Secret Access Key")
                terminal.child.sendline(moto.secret_access_key)
                terminal.child.expect("MFA")
                terminal.child.sendline("")
                terminal.child.expect_exact("Saved credentials to keyring")
            elif line:
                shown += terminal.run(line, timeout=60)
        assert not terminal.is_set("AWS_PROFILE"), "the last line leaves the directory"
    assert "Authentication configuration is valid" in shown
    assert "Authentication successful" in shown
    assert shown.count("arn:aws:sts::111122223333:assumed-role/developer/") == 2
    assert moto.secret_access_key not in terminal.shown


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_links_lead_somewhere(page):
    text = re.sub(r"`[^`\n]+`", "", page.read_text())
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.fixture(scope="module")
def vocabulary() -> dict[str, set[str]]:
    """Every subcommand and its options, as the program's own help has them."""

    def help_of(*words: str) -> str:
        return subprocess.run(
            [str(binaries() / "atmos-auth"), *words, "--help"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    found: dict[str, set[str]] = {}
    names = set(re.findall(r"^  ([a-z][a-z-]+)\s", help_of(), re.MULTILINE)) - {
        "eval",
        "atmos-auth",
    }
    for name in names:
        found[name] = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", help_of(name)))
    below = {
        "import": ["aws-config"],
        "user": ["configure", "rotate"],
        "mfa": ["status", "code", "add", "remove", "register", "unregister"],
        "keyring": ["status", "lock", "migrate"],
        "audit": ["show", "verify", "export"],
    }
    for name, words in below.items():
        for word in words:
            found[name] |= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", help_of(name, word)))
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_commands_and_options_on_a_page_exist(page, vocabulary: dict[str, set[str]]):
    for written in commands_of(page.read_text()):
        try:
            words = shlex.split(written)
        except ValueError:
            words = written.split()
        if not words or not re.fullmatch(r"[a-z][a-z-]*", words[0]):
            continue
        if written.startswith("idx "):
            continue  # the first bytes of an index, in protocol.md
        assert words[0] in vocabulary, f"{page.name}: atmos-auth {written}"
        for word in words[1:]:
            if word == "--":
                break
            if re.fullmatch(r"--?[a-z][a-z-]*(=.*)?", word):
                name = word.split("=", 1)[0]
                known = vocabulary[words[0]] | {"--help"}
                if page.name == "protocol.md":
                    # What programs say to each other stands in nobody's help.
                    known |= {"--shell", "--from-environment", "--for-shell", "--kept"}
                assert name in known, f"{page.name}: atmos-auth {written}"


def commands_of(text: str) -> list[str]:
    """What follows `atmos-auth ` in code: in spans, and on the lines of blocks."""
    code = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M))
    code += [line for block in blocks(text, "(?:sh|bash|zsh|fish)?") for line in block.splitlines()]
    for block in blocks(text, "console"):
        code += [line for line in block.splitlines() if line.startswith("$ ")]
    found = []
    for piece in code:
        piece = piece.replace("\\|", "|")
        for rest in re.findall(r"(?<![\w/.-])atmos-auth ([^|;&)\"#]+)", piece):
            found.append(rest.strip())
    return found


@pytest.mark.parametrize("name", ["traps.md", "trust.md"])
def test_tests_that_a_table_names_exist(name: str):
    tests = {path.stem for path in (REPOSITORY / "Tests").rglob("*.swift")}
    tests |= {path.name for path in (REPOSITORY / "Tests").rglob("test_*.py")}
    tables = re.findall(
        r"^\|.*\btests \|\n\|[-|]+\n((?:\|.*\n)+)", (REPOSITORY / "docs" / name).read_text(), re.M
    )
    rows = [row for table in tables for row in table.splitlines()]
    assert len(rows) > 10
    for row in rows:
        named = re.findall(r"`([^`]+)`", row.split("|")[-2])
        assert named and set(named) <= tests, row


@pytest.mark.parametrize(
    "who",
    [
        "a checkout that you did not allow",
        "a later commit to one that you allowed",
        "another user of the machine",
        "a hostile endpoint",
        "a thief of the disk",
    ],
)
def test_the_page_about_trust_says_what_others_can_do(who: str):
    page = (REPOSITORY / "docs/trust.md").read_text()
    header, *rows = re.findall(r"^\|.*$", page[page.index("## What others can do") :], re.M)
    assert header.split("|")[1:-1] == [" who ", " can ", " cannot ", " tests "]
    assert any(row.startswith(f"| {who}") for row in rows)


def test_the_page_about_trust_has_a_test_for_every_table():
    page = (REPOSITORY / "docs/trust.md").read_text()
    headers = re.findall(r"^(\|.*\|)\n\|[-|]+\n", page, re.M)
    tested = [header for header in headers if header.endswith("| tests |")]
    # The one without says which command allows what.
    assert len(tested) == 3 and set(headers) - set(tested) == {"| command | allows |"}
