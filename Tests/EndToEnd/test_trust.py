"""`allow`, `deny`, `revoke`, `prune`, `status` and `use`: a directory never acts unseen."""

from __future__ import annotations

import contextlib
import grp
import os
import pathlib
import pwd
import re
import shlex
import shutil
import struct
import subprocess
import tempfile

import pytest

from mock_world import STACKS
from world import World


@pytest.fixture
def world(world: World) -> World:
    """A world whose configuration is a checkout's, of which nothing was allowed."""
    world.is_own = False
    return world


@pytest.fixture
def stacks(world: World) -> World:
    world.configure(STACKS)
    for stack in ("dev", "staging", "prod"):
        world.select(f"stacks/{stack}", f"{stack}-admin")
    return world


def status(world: World, directory: str) -> str:
    answer = world.run("status", cwd=world.repository / directory)
    return answer.stdout + answer.stderr


def grants(world: World) -> list[str]:
    return sorted(path.name for path in (world.state / "trust").glob("*.grant"))


def test_a_new_file_is_not_trusted_and_says_how_to_allow_it(stacks: World):
    text = status(stacks, "stacks/dev")
    assert ".atmos-identity" in text and "dev-admin" in text
    assert "atmos-auth allow" in text
    assert grants(stacks) == []


def test_allow_all_says_that_it_did(stacks: World):
    answer = stacks.run("allow", "--all", status=0)
    assert "allowed all 4, until `atmos-auth revoke`\n" in answer.stderr
    assert stacks.run("exec", "dev-admin", "--", "true", status=0).stderr == ""
    stacks.run("revoke", status=0)
    assert grants(stacks) == []
    stacks.run("exec", "dev-admin", "--", "true", status=77)


def test_revoking_a_name_reaches_the_directories_that_select_it(stacks: World):
    for stack in ("dev", "staging"):
        stacks.run("allow", cwd=stacks.repository / "stacks" / stack, status=0)
    stacks.run("exec", "dev-admin", "--", "true", status=0)
    stacks.run("revoke", "-i", "dev-admin", status=0)
    stacks.run("exec", "dev-admin", "--", "true", status=77)
    stacks.run("exec", "--", "true", cwd=stacks.repository / "stacks/dev", status=77)
    # Those that select another one are as before.
    stacks.run("exec", "--", "true", cwd=stacks.repository / "stacks/staging", status=0)


def test_allow_all_of_what_is_ones_own_says_so(stacks: World):
    for file in stacks.repository.rglob(".atmos-identity"):
        file.unlink()
    stacks.is_own = True
    answer = stacks.run("allow", "--all", status=0)
    assert answer.stderr == "nothing here needs allowing\n"


def test_allow_records_a_grant_for_the_directory_itself(stacks: World):
    directory = stacks.repository / "stacks/dev"
    answer = stacks.run("allow", cwd=directory, status=0)
    assert answer.stdout == ""
    assert "dev-admin" in answer.stderr
    facts = directory.stat()
    assert grants(stacks) == [f"{facts.st_dev}-{facts.st_ino}.grant"]
    assert "allow" in status(stacks, "stacks/dev").lower()


def test_allow_works_from_below_and_by_path(stacks: World):
    deep = stacks.repository / "stacks/dev/modules/vpc"
    deep.mkdir(parents=True)
    stacks.run("allow", cwd=deep, status=0)
    stacks.run("allow", str(stacks.repository / "stacks/staging"), status=0)
    assert len(grants(stacks)) == 2


def test_allow_without_a_file_says_so(world: World):
    world.configure(STACKS)
    answer = world.run("allow")
    assert answer.status in (64, 78), str(answer)
    assert ".atmos-identity" in answer.stderr


def test_allow_of_an_unknown_identity_is_refused(stacks: World):
    stacks.select("stacks/odd", "dev-admn")
    answer = stacks.run("allow", cwd=stacks.repository / "stacks/odd")
    assert answer.status in (64, 78), str(answer)
    assert "identity not found" in answer.stderr and "dev-admin" in answer.stderr
    assert grants(stacks) == []


def test_deny_and_revoke(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)
    stacks.run("deny", cwd=directory, status=0)
    assert "den" in status(stacks, "stacks/dev").lower()
    stacks.run("revoke", cwd=directory, status=0)
    assert "atmos-auth allow" in status(stacks, "stacks/dev")


def test_prune_forgets_directories_that_are_gone(stacks: World):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.run("allow", cwd=stacks.repository / "stacks/prod", status=0)
    shutil.rmtree(stacks.repository / "stacks/prod")
    stacks.run("prune", status=0)
    assert len(grants(stacks)) == 1


def test_an_unrelated_edit_asks_nothing(stacks: World):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.configure("# a comment\n" + STACKS + "    unrelated: {kind: ambient}\n")
    text = status(stacks, "stacks/dev")
    assert "allowed" in text and "changed" not in text.lower(), text


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("111122223333", "999988887777", "999988887777"),
        ("eu-west-1", "us-gov-west-1", "us-gov-west-1"),
        ("sandbox", "other", "other"),
    ],
)
def test_a_change_of_what_it_would_do_is_shown_as_a_difference(
    stacks: World, old: str, new: str, shown: str
):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.configure(STACKS.replace(old, new))
    text = status(stacks, "stacks/dev")
    assert shown in text, text
    assert "atmos-auth allow" in text


def earlier(grant: str) -> str:
    """A grant as an earlier release would have written it: format 1 of docs/protocol.md."""
    lines = grant.replace("atmos-auth-grant 2", "atmos-auth-grant 1").splitlines()
    kept = [line for line in lines if line.split("\t")[0] not in ("expires", "region", "end")]
    assert len(kept) == len(lines) - 3
    changes = re.compile(r"^((?:un)?set\t.*)\t[01]$")
    return "".join(changes.sub(r"\1", line) + "\n" for line in kept)


def test_a_grant_of_an_earlier_release_counts_and_is_written_again(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)
    (grant,) = (stacks.state / "trust").glob("*.grant")
    text = grant.read_text()
    grant.write_text(earlier(text))
    assert "Used: allowed" in status(stacks, "stacks/dev")
    stacks.run("__revalidate", "--directory", str(directory), status=0)
    assert grant.read_text() == text


def test_other_selections_of_an_earlier_release_stay_what_they_are(stacks: World):
    directory = stacks.repository / "stacks/dev"
    for name in ("dev-admin", "staging-admin"):
        stacks.select("stacks/dev", name)
        stacks.run("allow", cwd=directory, status=0)
    (grant,) = (stacks.state / "trust").glob("*.grant")
    text = grant.read_text()
    both = earlier(re.sub(r"^(expires|region)\t.*\n", "", text, count=2, flags=re.M))
    grant.write_text(both)
    stacks.run("__revalidate", "--directory", str(directory), status=0)
    first, second = grant.read_text().split("selection\tstaging-admin")
    assert "\noutdated\n" in first and "\nexpires\t" not in first
    assert "\noutdated\n" not in second and "\nexpires\t" in second
    for name in ("dev-admin", "staging-admin"):
        stacks.select("stacks/dev", name)
        assert "Used: allowed" in status(stacks, "stacks/dev")
    stacks.select("stacks/dev", "dev-admin")
    stacks.run("__revalidate", "--directory", str(directory), status=0)
    assert grant.read_text() == text


def test_another_identity_in_an_allowed_directory_asks_again(stacks: World):
    stacks.run("allow", cwd=stacks.repository / "stacks/dev", status=0)
    stacks.select("stacks/dev", "prod-admin")
    text = status(stacks, "stacks/dev")
    assert "`atmos-auth allow` would change:" in text
    assert "- identity dev-admin: principal.account.id = 111122223333" in text
    assert "+ identity prod-admin: principal.account.id = 333344445555" in text


def test_another_region_in_an_allowed_directory_is_shown_as_a_difference(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.select("stacks/dev", "identity = dev-admin\nregion = eu-north-1")
    stacks.run("allow", cwd=directory, status=0)
    assert ".atmos-identity: region = eu-north-1" in status(stacks, "stacks/dev")
    stacks.select("stacks/dev", "identity = dev-admin\nregion = us-west-2")
    for text in (status(stacks, "stacks/dev"), stacks.run("allow", cwd=directory).stderr):
        assert "- .atmos-identity: region = eu-north-1" in text, text
        assert "+ .atmos-identity: region = us-west-2" in text, text


def test_a_directory_replaced_by_another_is_not_the_one_allowed(stacks: World):
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)
    directory.rename(stacks.repository / "stacks/old")
    stacks.select("stacks/dev", "dev-admin")
    assert "atmos-auth allow" in status(stacks, "stacks/dev")


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


@pytest.mark.parametrize("word", ["none", "false", "no", "off", "0"])
def test_none_means_nobody_below_here(stacks: World, word: str):
    stacks.select("stacks/dev/inner", word)
    text = status(stacks, "stacks/dev/inner")
    assert "dev-admin" not in text.splitlines()[0]
    assert "nobody" in text.lower() or "none" in text.lower()


def test_exec_commands_in_an_untrusted_directory_do_not_run(stacks: World):
    stacks.configure(
        STACKS.replace("id: 111122223333", "id: !exec 'touch executed; echo 111122223333'")
    )
    assert "dev-admin" in status(stacks, "stacks/dev")
    assert "dev-admin" in stacks.run("list").stdout
    stacks.run("validate")
    assert not list(stacks.repository.rglob("executed")), "!exec ran before `allow`"


def test_use_prints_shell_code_only_for_a_shell(stacks: World, shell: str):
    stacks.is_own = True
    answer = stacks.run("use", "dev-admin", "--shell", shell, status=0)
    assert "dev-admin" in answer.stdout
    refused = stacks.run("use", "nobody", "--shell", shell)
    assert refused.status == 64 and refused.stdout == ""


def test_use_without_a_hook_says_what_is_missing(stacks: World):
    answer = stacks.run("use", "dev-admin")
    assert answer.status == 64, str(answer)
    assert "atmos-auth hook" in answer.stderr


def test_status_says_when_nothing_is_selected(world: World):
    world.configure(STACKS)
    text = status(world, ".")
    assert text.startswith("Shell: nobody (no .atmos-identity at or above this directory")


def test_status_begins_with_the_answer(world: World):
    world.configure(STACKS)
    directory = world.select("stack", "dev-admin")
    first = status(world, "stack").splitlines()[0]
    assert first.startswith("Shell: nobody (") and "not allowed yet: `atmos-auth allow`" in first
    world.run("allow", cwd=directory, status=0)
    first = status(world, "stack").splitlines()[0]
    assert first == "Shell: nobody (the hook has not selected the directory's identity)"
    answer = world.run("status", env={"ATMOS_IDENTITY": "prod-admin"}, status=0)
    assert answer.stdout.startswith("Shell: prod-admin (ATMOS_IDENTITY was set by hand")


def test_status_names_settings_of_a_checkout_that_do_not_count(world: World):
    world.is_own = False
    world.configure(STACKS.replace("auth:\n", "auth:\n  shell: {switch: false}\n", 1))
    assert "Ignored: `auth.shell` of a checkout" in status(world, ".")
    world.is_own = True
    assert "Ignored:" not in status(world, ".")


COMMAND = (
    "auth: {identities: {x: {kind: mock/aws, default: true, spec: {lifetime: "
    "!exec 'echo yes >>ran; echo 30m'}}}}\n"
)


@pytest.fixture
def commanding(world: World) -> World:
    """A project whose identity `x` runs a command that was allowed in the directory `stack`."""
    world.configure(COMMAND)
    world.run("allow", cwd=world.select("stack", "x"), status=0)
    world.run("login", "x", status=0)
    assert (world.repository / "ran").exists()
    return world


@pytest.mark.parametrize("words", [["revoke"], ["deny"]])
def test_commands_go_with_the_grant(commanding: World, words: list[str]):
    commanding.run(*words, cwd=commanding.repository / "stack", status=0)
    (commanding.repository / "ran").unlink()
    answer = commanding.run("login", "x", status=77)
    assert "is not allowed yet" in answer.stderr
    assert "`atmos-auth allow -i x`" in answer.stderr
    assert not (commanding.repository / "ran").exists()


def test_commands_that_another_directory_allowed_stay(commanding: World):
    other = commanding.select("other", "x")
    commanding.run("allow", cwd=other, status=0)
    commanding.run("revoke", cwd=other, status=0)
    commanding.run("login", "x", status=0)
    commanding.run("revoke", cwd=commanding.repository / "stack", status=0)
    commanding.run("login", "x", status=77)


def test_allowing_many_things_at_once_loses_none(commanding: World):
    directories = [commanding.select(f"more/{index}", "x") for index in range(12)]
    running = [commanding.start("allow", str(directory)) for directory in directories]
    assert [process.wait() for process in running] == [0] * len(running)
    (trusted,) = (commanding.state / "trust").glob("*.commands")
    text = trusted.read_text()
    for directory in directories:
        # Once for the command and once more for nothing else.
        assert text.count(f"\t{directory}\n") == 1, text


def test_commands_are_pruned_with_their_directory(commanding: World):
    shutil.rmtree(commanding.repository / "stack")
    commanding.run("prune", status=0)
    assert list((commanding.state / "trust").glob("*.commands")) == []
    # What was allowed by name belongs to the configuration, which is still there.
    commanding.run("revoke", "-i", "x", status=0)
    commanding.run("login", "x", status=77)


def test_commands_are_allowed_without_a_file_and_revoked(world: World):
    world.configure(COMMAND)
    world.run("login", "x", status=77)
    answer = world.run("allow", "-i", "x", status=0)
    assert "echo yes" in answer.stderr, "what is allowed is not shown"
    world.run("login", "x", status=0)
    world.configure(COMMAND.replace("30m", "40m"))
    world.run("login", "x", status=77)
    world.configure(COMMAND)
    world.run("revoke", status=0)
    world.run("login", "x", status=77)
    assert world.run("revoke").status == 64


def test_what_is_the_persons_own_needs_no_allowing(stacks: World):
    stacks.is_own = True
    answer = stacks.run("allow", "-i", "dev-admin", status=0)
    assert "needs no allowing" in answer.stderr
    stacks.run("env", "-i", "dev-admin", status=0)


@pytest.mark.parametrize(
    "words",
    [
        ["login", "dev-admin"],
        ["login", "--provider", "sandbox"],
        ["env", "-i", "dev-admin"],
        ["exec", "-i", "dev-admin", "--", "true"],
        ["shell", "-i", "dev-admin", "--shell", "/bin/sh"],
        ["credential-process", "-i", "dev-admin"],
        ["console", "-i", "dev-admin", "--print-only"],
    ],
)
def test_nothing_of_a_checkout_is_used_before_it_is_allowed(stacks: World, words: list[str]):
    answer = stacks.run(*words, status=77)
    assert "is not allowed yet" in answer.stderr and not answer.stdout, str(answer)
    assert not list(stacks.state.rglob("*.session"))
    # And in the person's own configuration it is.
    stacks.is_own = True
    assert "is not allowed yet" not in stacks.run(*words).stderr


def test_whoami_tells_nothing_stored_of_what_was_not_allowed(stacks: World):
    stacks.is_own = True
    stacks.run("login", "dev-admin", status=0)
    assert "Expires" in stacks.run("whoami", "dev-admin", status=0).stdout
    stacks.is_own = False
    files = sorted(stacks.state.rglob("*"))
    answer = stacks.run("whoami", "dev-admin", status=77)
    assert "Expires" not in answer.stdout
    assert "is not allowed yet" in answer.stderr
    assert "`atmos-auth allow -i dev-admin`" in answer.stderr
    assert stacks.run("whoami", "dev-admin", "-o", "json", status=77).json()["valid"] is False
    assert sorted(stacks.state.rglob("*")) == files
    stacks.run("allow", "-i", "dev-admin", status=0)
    assert "Expires" in stacks.run("whoami", "dev-admin", status=0).stdout


def test_what_is_revoked_in_one_clone_is_revoked_in_all(stacks: World):
    clone = stacks.root / "clone"
    shutil.copytree(stacks.repository, clone)
    stacks.run("allow", "-i", "dev-admin", status=0)
    stacks.run("exec", "dev-admin", "--", "true", cwd=clone, status=0)
    answer = stacks.run("revoke", "-i", "dev-admin", cwd=clone, status=0)
    assert "revoked `dev-admin`" in answer.stderr
    stacks.run("exec", "dev-admin", "--", "true", status=77)


def test_what_a_refusal_says_to_type_allows_it(stacks: World):
    for target in (["dev-admin"], ["--provider", "sandbox"]):
        answer = stacks.run("login", *target, status=77)
        [line] = [line for line in answer.stderr.splitlines() if "atmos-auth allow" in line]
        command = shlex.split(line.split("`")[1])
        assert command[0] == "atmos-auth"
        stacks.run(*command[1:], status=0)
        assert "is not allowed yet" not in stacks.run("login", *target).stderr
        revoke = ["-i", *target] if len(target) == 1 else target
        assert "revoked" in stacks.run("revoke", *revoke, status=0).stderr
        stacks.run("login", *target, status=77)


def test_a_job_uses_a_checkout(stacks: World):
    job = {"CI": "true"}
    stacks.run("exec", "-i", "dev-admin", "--", "true", env=job, status=0)
    stacks.run(
        "exec",
        "-i",
        "dev-admin",
        "--",
        "true",
        env={"CI": "true", "ATMOS_AUTH_TRUST": "strict"},
        status=77,
    )


def test_commands_are_revoked_by_whatever_way_leads_there(world: World):
    world.configure(COMMAND)
    link = world.root / "link"
    link.symlink_to(world.repository)
    world.run("allow", "-i", "x", str(link), status=0)
    world.run("login", "x", status=0)
    world.run("revoke", str(link), status=0)
    world.run("login", "x", status=77)


def test_the_hook_sees_an_address_that_was_set_later(stacks: World):
    """At a change of directory; commands refuse in any case."""
    directory = stacks.repository / "stacks/dev"
    stacks.run("allow", cwd=directory, status=0)

    def hook(question: str) -> str:
        words = ["bash", question, "80", str(directory), str(directory / ".atmos-identity"), ""]
        answer = subprocess.run(
            [stacks.hook_binary, *words],
            env=stacks.variables(),
            capture_output=True,
            text=True,
            check=True,
        )
        return answer.stdout

    def looked_again() -> str:
        assert "revalidate" in hook("directory")
        stacks.run("__revalidate", "--directory", str(directory), status=0)
        return hook("again")

    assert "'dev-admin'" in hook("directory")
    stacks.environment["AWS_ENDPOINT_URL"] = "http://localhost:4566"
    said = looked_again()
    assert "has changed" in said and "__atmos_auth_put" not in said
    stacks.environment["AWS_ENDPOINT_URL"] = None
    assert "'dev-admin'" in looked_again()
