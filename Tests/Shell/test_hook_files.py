"""What may be in a directory as an identity file (cases 42-50, 52, 53 of docs/shell-cases.md)."""

from __future__ import annotations

import os
import pathlib

import pytest

from hookshell import active
from interactive_shell import descendants


def place(world, name: str = "a"):
    """A directory whose file would be allowed, if it were one."""
    directory = world.stack(name)
    (directory / ".atmos-identity").unlink()
    return directory


def enter(world, start, directory, kind: str) -> str:
    """Walks in and out; whatever lies there, the shell does not wait and nobody is active."""
    shell = start().proven()
    out = shell.cd(directory) + shell.run("true") + shell.run("true")
    assert active(shell) is None
    assert shell.prompt() == ""
    out += shell.cd(world.repository) + shell.cd(directory)
    assert out.count("atmos-auth: ") <= 1, "said more than once"
    shell.cd(world.repository)
    return out


def test_a_fifo(world, start, kind):
    directory = place(world)
    os.mkfifo(directory / ".atmos-identity", 0o600)
    assert "not a regular file" in enter(world, start, directory, kind)


def test_a_directory(world, start, kind):
    directory = place(world)
    (directory / ".atmos-identity").mkdir()
    assert "not a regular file" in enter(world, start, directory, kind)


@pytest.mark.parametrize("target", ["/dev/zero", "/dev/tty", "/etc/passwd", "/nowhere", "real"])
def test_symbolic_links(world, start, kind, target):
    directory = place(world)
    (directory / "real").write_text("dev\n")
    (directory / ".atmos-identity").symlink_to(target)
    out = enter(world, start, directory, kind)
    assert "root:" not in out
    assert "symbolic link" in out


@pytest.mark.parametrize(
    "bytes_now",
    [b"dev\n\0x", b"dev\0x\n", b"dev\0", b"dev\ndev\n", b"dev\nprod", b"devel\n", b"\ndev\n\0"],
)
def test_a_file_that_names_nobody_now_lets_go_at_the_next_prompt(world, start, bytes_now):
    directory = world.stack("a")
    shell = start()
    shell.cd(directory)
    assert active(shell) == "dev"
    path = directory / ".atmos-identity"
    before = path.read_bytes()
    path.write_bytes(bytes_now)
    shell.run("true")
    assert active(shell) is None
    path.write_bytes(before)
    shell.run("true")
    assert active(shell) == "dev"


def test_a_file_that_others_can_write_now(world, start, kind):
    directory = world.stack("a")
    shell = start()
    shell.cd(directory)
    assert active(shell) == "dev"
    (directory / ".atmos-identity").chmod(0o646)
    shell.run("true")
    if kind != "zsh":
        # These shells cannot see it without a process, so it takes the next question.
        shell.cd(world.repository)
        shell.cd(directory)
    assert active(shell) is None


def test_a_link_that_leads_nowhere_is_not_the_parent(world, start):
    parent = world.stack("a")
    below = parent / "below"
    below.mkdir()
    (below / ".atmos-identity").symlink_to(world.root / "nothing")
    shell = start()
    shell.cd(parent)
    assert active(shell) == "dev"
    shell.cd(below)
    assert active(shell) is None


def test_five_megabytes(world, start, kind):
    directory = place(world)
    shell = start()
    (directory / ".atmos-identity").write_bytes(b"dev\n")
    shell.cd(directory)
    assert active(shell) == "dev"
    shell.cd(world.repository)
    (directory / ".atmos-identity").write_bytes(b"dev\n" * 1_250_000)
    before = bytes_read(shell)
    shell.cd(directory)
    for _ in range(5):
        shell.run("true")
    assert bytes_read(shell) - before < 1_000_000, "more than the beginning was read"
    assert active(shell) is None


def bytes_read(shell) -> int:
    """What the shell has read so far, from anywhere."""
    text = pathlib.Path(f"/proc/{shell.child.pid}/io").read_text()
    return int(text.partition("rchar:")[2].split()[0])


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfdev\r\n",
        b"dev",
        b"dev\n\n\n",
        b"\n\n# a comment\n  dev  # and one more\n",
        b"identity = dev\n",
        b"identity=dev\r\n",
        b"\tdev\t\r\n",
        b"#" + b"x" * 400 + b"\ndev\n",
    ],
)
def test_forms_of_a_good_file(world, start, content):
    directory = place(world)
    (directory / ".atmos-identity").write_bytes(content)
    shell = start()
    out = shell.cd(directory)
    assert active(shell) == "dev"
    assert "atmos-auth:" not in out
    shell.run("true")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"\n \n# nothing\n", 1),
        (b"dev\0\n", 1),
        (b"dev\nother\n", 2),
        (b"name = dev\n", 1),
        (b"\xff\xfe", 1),
        (b"dev\n\x1b]0;owned\x07\n", 2),
        (b"\x1b[31mdev\n", 1),
        (b"d\xe2\x80\xaeev\n", 1),
        (b"$(touch PWNED)\n", 1),
        (b"`touch PWNED`\n", 1),
        (b"'; touch PWNED; '\n", 1),
        (b"-dev\n", 1),
        (b"dev;id\n", 1),
        (b"identity =\n", 1),
        (b"identity = a\nidentity = b\n", 2),
        (b"a=b=c\n", 1),
        (b"x" * 129 + b"\n", 1),
        (b"dev\n#" + b"x" * 600, 1),
        (b"%n%d\n", 1),
        (b"\\w\n", 1),
        (b"region = $X\n", 1),
        (b"dev\rprod\n", 1),
    ],
)
def test_a_faulty_file_means_nobody_and_one_clean_line(world, start, kind, content, line):
    parent = world.stack("up", "parent")
    directory = parent / "a"
    directory.mkdir()
    world.grant(directory, "dev")
    (directory / ".atmos-identity").write_bytes(content)
    shell = start()
    out = shell.cd(directory) + shell.run("true")
    # Nobody, and not the parent's identity.
    assert active(shell) is None
    assert f"is ignored: line {line}: " in out
    assert out.count("atmos-auth: ") == 1
    said = next(part for part in out.replace("\r", "").split("\n") if "atmos-auth: " in part)
    said = said[said.index("atmos-auth: ") :]
    assert "\x1b" not in said.split("<ready>")[0].rstrip("\x1b") or kind != "bash"
    for bad in ("\x07", "\x1b]", "\u202e", "\0"):
        assert bad not in said
    assert not list(world.root.rglob("PWNED"))


@pytest.mark.parametrize("word", ["none", "false", "No", "OFF", "0", "identity = none"])
def test_nobody_below_here(world, start, word):
    parent = world.stack("up", "parent")
    (parent / "a").mkdir()
    (parent / "a/.atmos-identity").write_text(word + "\n")
    shell = start()
    shell.cd(parent)
    assert active(shell) == "parent"
    out = shell.cd(parent / "a")
    assert active(shell) is None
    assert "atmos-auth:" not in out


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write(world, start, kind, mode):
    if os.geteuid() == 0 and mode == 0o620:
        pytest.skip("root's own group is root's own")
    directory = world.stack("a")
    (directory / ".atmos-identity").chmod(mode)
    assert "others can write" in enter(world, start, directory, kind)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else(world, start, kind):
    directory = world.stack("a")
    os.chown(directory / ".atmos-identity", 65534, 65534)
    assert "belongs to another user" in enter(world, start, directory, kind)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give directories away")
def test_a_directory_of_somebody_else(world, start, kind):
    directory = world.stack("up/a")
    os.chown(world.repository / "up", 65534, 65534)
    assert "belongs to another user" in enter(world, start, directory, kind)


@pytest.mark.parametrize(("mode", "good"), [(0o777, False), (0o1777, True)])
def test_a_directory_above_that_others_may_write(world, start, kind, mode, good):
    directory = world.stack("up/a")
    (world.repository / "up").chmod(mode)
    shell = start()
    out = shell.cd(directory)
    assert active(shell) == ("dev" if good else None)
    assert ("others can write in" in out) != good


def test_a_directory_that_others_may_write(world, start):
    directory = world.stack("a")
    directory.chmod(0o777)
    shell = start()
    out = shell.cd(directory)
    assert active(shell) is None and "others can write in" in out


def test_a_file_that_is_swapped_all_the_time(world, start):
    """The shell's own reading is a cache; the hook decides from what it opened."""
    directory = world.stack("a")
    world.grant(directory, "two", append=True)
    shell = start(directory=directory)
    file, elsewhere = directory / ".atmos-identity", directory / "elsewhere"
    elsewhere.write_text("two\n")
    for number in range(10):
        file.unlink()
        if number % 2:
            file.symlink_to("elsewhere")
        else:
            file.write_text("dev\n")
        shell.run("true")
        assert active(shell) == (None if number % 2 else "dev")
    assert not descendants(shell.child.pid)
