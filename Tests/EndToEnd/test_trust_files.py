"""Identity files that are not believed: links, and those that others can write."""

from __future__ import annotations

import contextlib
import grp
import os
import pathlib
import pwd
import shutil
import struct
import subprocess
import tempfile

import pytest

from mock_world import STACKS
from trust_world import checkout_of_stacks, grants
from world import World


@pytest.fixture
def world(world: World) -> World:
    """A world whose configuration is a checkout's, of which nothing was allowed."""
    world.is_own = False
    return world


@pytest.fixture
def stacks(world: World) -> World:
    return checkout_of_stacks(world)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("identity = dev-admin\nwhat = ever\n", ":2"),
        ("dev-admin\nstaging-admin\n", ":2"),
        ("$(touch owned)\n", ":1"),
        ("-rf\n", ":1"),
        ("a" * 200 + "\n", ":1"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_line(stacks: World, text: str, where: str):
    directory = stacks.repository / "stacks/dev"
    (directory / ".atmos-identity").write_text(text)
    answer = stacks.run("allow", cwd=directory)
    assert answer.status == 78, str(answer)
    assert f".atmos-identity{where}" in answer.stderr.replace(": line ", ":"), str(answer)
    assert not (directory / "owned").exists()


@pytest.mark.parametrize("mode", [0o666, 0o646])
def test_a_file_others_can_write_is_refused(stacks: World, mode: int):
    directory = stacks.repository / "stacks/dev"
    (directory / ".atmos-identity").chmod(mode)
    answer = stacks.run("allow", cwd=directory)
    assert answer.status != 0, str(answer)
    assert "writ" in answer.stderr
    assert grants(stacks) == []


@pytest.fixture
def visible():
    """A world that other people of the machine may look into; pytest's directories are closed."""
    with tempfile.TemporaryDirectory(prefix="aa-", dir="/tmp") as name:
        pathlib.Path(name).chmod(0o755)
        world = World(pathlib.Path(name).resolve() / "world")
        world.is_own = False
        world.configure(STACKS)
        yield world


def give(world: World, user: int, group: int) -> None:
    """Makes a world another person's, if this is root."""
    if os.geteuid() != 0:
        return
    for path in [world.root, *world.root.rglob("*")]:
        os.chown(path, user, group, follow_symlinks=False)
    world.root.chmod(0o755)


def status_as(world: World, directory: str, user: int, group: int) -> str:
    """What `status` says to another person, if this is root; else to this one."""
    person = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
    answer = world.program(
        *(person if os.geteuid() == 0 else []),
        world.binary,
        "status",
        cwd=world.repository / directory,
    )
    assert answer.status == 0, str(answer)
    return answer.stdout + answer.stderr


def access_list(entries: list[tuple[int, int, int]]) -> bytes:
    """An access control list as Linux keeps it: tags, permissions and numbers after a version."""
    nobody = 0xFFFFFFFF
    whole = [(1, 6, nobody), *entries, (4, 6, nobody), (16, 6, nobody), (32, 4, nobody)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in whole)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="POSIX access control lists are Linux'")
@pytest.mark.parametrize(
    ("entry", "is_open"), [((2, 6, 12345), True), ((2, 4, 12345), False), ((2, 6, 0), False)]
)
def test_an_access_list_that_lets_others_write(visible: World, entry, is_open: bool):
    path = visible.select("stacks/dev", "dev-admin") / ".atmos-identity"
    # Root has no group of its own; one with the person's own number is.
    person = (54321, 54321) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    give(visible, *person)
    assert "not allowed yet" in status_as(visible, "stacks/dev", *person)
    try:
        os.setxattr(path, "system.posix_acl_access", access_list([entry]))
    except OSError as error:
        pytest.skip(f"no access control lists here: {error}")
    text = status_as(visible, "stacks/dev", *person)
    assert ("others can write to it" in text) == is_open, text
    assert ("not allowed yet" in text) != is_open, text


def alone() -> tuple[int, int] | None:
    """An account that is the only one in its group, whose number is another one than its own."""
    for account in pwd.getpwall():
        others = [other for other in pwd.getpwall() if other.pw_gid == account.pw_gid]
        group = account.pw_gid
        with contextlib.suppress(KeyError):
            members = set(grp.getgrgid(group).gr_mem) - {account.pw_name}
            if account.pw_uid not in (0, group) and len(others) == 1 and not members:
                return account.pw_uid, group
    return None


@pytest.mark.root
@pytest.mark.skipif(alone() is None, reason="no account is alone in its group")
def test_a_group_with_one_member_is_nobody_else(visible: World):
    file = visible.select("stacks/dev", "dev-admin") / ".atmos-identity"
    file.chmod(0o664)
    user, group = alone()
    give(visible, user, group)
    assert "not allowed yet" in status_as(visible, "stacks/dev", user, group)
    # The same for a group in which others are.
    os.chown(file, user, 54321)
    assert "others can write to it" in status_as(visible, "stacks/dev", user, group)


@pytest.mark.root
def test_a_file_of_somebody_else_is_refused(stacks: World):
    directory = stacks.repository / "stacks/dev"
    os.chown(directory / ".atmos-identity", 12345, 12345)
    for variables in ({}, {"SUDO_UID": "12345"}, {"container": "podman"}):
        answer = stacks.run("allow", cwd=directory, env=variables)
        assert answer.status != 0, str(answer)
        assert "own" in answer.stderr


@pytest.mark.root
def test_root_in_a_container_works_on_what_is_mounted(stacks: World, request):
    directory = stacks.repository / "stacks/dev"
    copy = shutil.copytree(stacks.repository, stacks.root / "copy")
    mount = subprocess.run(["mount", "-t", "tmpfs", "none", str(stacks.repository)])
    if mount.returncode != 0:
        pytest.skip("nothing can be mounted here")
    request.addfinalizer(lambda: subprocess.run(["umount", str(stacks.repository)], check=True))
    shutil.copytree(copy, stacks.repository, dirs_exist_ok=True)
    for path in [stacks.repository, *stacks.repository.rglob("*")]:
        os.chown(path, 12345, 12345)
    (directory / ".atmos-identity").chmod(0o664)
    here = {"container": "podman"}
    stacks.run("allow", cwd=directory, env=here, status=0)
    stacks.run("env", "-i", "dev-admin", env=here, status=0)
    assert "Used: allowed" in stacks.run("status", cwd=directory, env=here).stdout
    by_sudo = here | {"SUDO_UID": "12345"}
    assert "belongs to another user" in stacks.run("status", cwd=directory, env=by_sudo).stdout
    assert (
        "belongs to another user"
        in stacks.run("env", "-i", "dev-admin", env=by_sudo, status=77).stderr
    )


def test_a_link_is_refused(stacks: World):
    directory = stacks.repository / "stacks/dev"
    file = directory / ".atmos-identity"
    file.rename(stacks.repository / "elsewhere")
    file.symlink_to(stacks.repository / "elsewhere")
    answer = stacks.run("allow", cwd=directory)
    assert answer.status != 0, str(answer)
    assert "link" in answer.stderr


def test_a_link_that_leads_nowhere_means_nobody(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)
    below = directory / "below"
    below.mkdir()
    (below / ".atmos-identity").symlink_to(stacks.root / "nothing")
    answer = stacks.run("env", "--format", "json", cwd=below)
    assert answer.status == 77 and "it is a symbolic link" in answer.stderr, str(answer)


def test_a_fifo_does_not_block(stacks: World):
    directory = stacks.repository / "stacks/dev"
    (directory / ".atmos-identity").unlink()
    os.mkfifo(directory / ".atmos-identity")
    answer = stacks.run("allow", cwd=directory, timeout=10)
    assert answer.status != 0, str(answer)
