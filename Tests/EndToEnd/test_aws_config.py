"""Profiles for AWS tools: the managed file of hooked shells, and the block in ~/.aws/config."""

from __future__ import annotations

import configparser
import json
import os
import pathlib
import shlex
import stat

import pytest

from mock_world import many, single
from programs import tool
from pty_shell import PtyShell
from services import ACCOUNT, Moto
from terminal import Terminal
from world import World

NAMES = ["dev", "with space", "Team/Admin", "a:b@c+d", "größe", "it's", "default"]

IDENTITIES = (
    "auth:\n  realm: e2e\n  providers:\n    sandbox: {kind: mock/aws}\n  identities:\n"
    + "".join(
        f"    {json.dumps(name, ensure_ascii=False)}: "
        "{kind: mock/aws, via: {provider: sandbox}, "
        f"principal: {{account: {{id: '{index:012d}'}}, region: eu-west-1}}}}\n"
        for index, name in enumerate(NAMES)
    )
    + """\
    second: {kind: mock/aws, via: {provider: sandbox}, alias: short}
    third: {kind: mock/aws, via: {provider: sandbox}, alias: dev}
    untouched: {kind: ambient}
    "no[bracket]": {kind: mock/aws, via: {provider: sandbox}}
"""
)


def environment(world: World, identity: str = "dev", cwd=None) -> dict[str, str]:
    """The variables of a shell in which an identity is active."""
    return world.run("env", "-i", identity, "--format", "json", cwd=cwd, status=0).json()


ACCOUNTS = """\
import botocore.session, json, sys
session = botocore.session.get_session()
names = session.available_profiles
result = {}
for name in names:
    one = botocore.session.Session(profile=name)
    result[name] = [one.get_credentials().get_frozen_credentials().access_key,
                    one.get_config_variable("region")]
print(json.dumps(result, ensure_ascii=False))
"""


def profiles(world: World, env: dict[str, str], cwd="/") -> dict[str, list[str]]:
    """What botocore gets from every profile."""
    script = world.temporary / "accounts.py"
    script.write_text(ACCOUNTS)
    clean = {"AWS_PROFILE": None, "AWS_REGION": None, "AWS_DEFAULT_REGION": None}
    answer = world.program(tool("python"), str(script), env={**env, **clean}, cwd=cwd, timeout=120)
    assert answer.status == 0, str(answer)
    return answer.json()


# The managed file.


def test_the_managed_file_has_every_identity_and_alias(world: World):
    world.configure(IDENTITIES)
    found = profiles(world, environment(world))
    assert set(found) == {*NAMES, "second", "short", "third"}
    assert all(key.startswith("ASIAMOCK") for key, _ in found.values())
    assert found["with space"][1] == "eu-west-1"
    # One session for an identity, whatever it is called.
    assert found["second"][0] == found["short"][0]
    assert len({key for key, _ in found.values()}) == len(found) - 1


def test_another_profile_in_a_shell_with_the_hook(chain: World, moto: Moto, shell: str):
    """`AWS_PROFILE=other aws …` while an identity is active."""
    aws = tool("aws")
    with PtyShell(chain, shell) as terminal:
        terminal.run("atmos-auth use deploy")
        assert terminal.value("$AWS_PROFILE") == "deploy"
        command = f"env AWS_PROFILE=base '{aws}' sts get-caller-identity --output text"
        assert f"arn:aws:sts::{ACCOUNT}:assumed-role/base/" in terminal.run(command, timeout=60)
        command = f"env AWS_PROFILE=engineer '{aws}' sts get-caller-identity --output text"
        # moto knows sessions of users by this name only.
        assert ":user/moto" in terminal.run(command, timeout=60)


def test_directories_with_strange_names_reach_no_shell(world: World):
    """The SDK for Go hands the command to `sh -c`, botocore splits it by itself."""
    directory = world.root / 'it\'s $(touch owned) `touch owned` "a" & b'
    directory.mkdir()
    (directory / "atmos.yaml").write_text(single())
    world.is_own = False
    world.run("allow", "-i", "dev", cwd=directory, status=0)
    env = environment(world, cwd=directory)
    config = configparser.RawConfigParser()
    config.read(env["AWS_CONFIG_FILE"])
    command = config["profile dev"]["credential_process"]
    assert not command.startswith(("'", '"')), "the SDK for Go would take the quotes off"
    by_shell = world.program("/bin/sh", "-c", command, cwd="/")
    by_words = world.program(*shlex.split(command), cwd="/")
    assert by_shell.json() == by_words.json()
    assert not list(world.root.rglob("owned")) and not pathlib.Path("/owned").exists()


def test_a_directory_cannot_write_profiles_by_its_name(world: World):
    directory = world.root / "x\n[profile evil]\ncredential_process = touch owned"
    directory.mkdir()
    (directory / "atmos.yaml").write_text(single())
    world.is_own = False
    world.run("allow", "-i", "dev", cwd=directory, status=0)
    answer = world.run("env", "-i", "dev", cwd=directory, status=78)
    assert "cannot express" in answer.stderr
    assert not list((world.state / "aws").rglob("config"))


def test_names_with_blanks_are_there_for_go_as_well(world: World):
    world.configure(IDENTITIES)
    text = pathlib.Path(environment(world)["AWS_CONFIG_FILE"]).read_text()
    assert '[profile "with space"]\n' in text and "[profile with space]\n" in text


def test_the_managed_file_of_5000_is_written_once(world: World):
    world.configure(many(5_000))
    path = pathlib.Path(environment(world, "team-00001")["AWS_CONFIG_FILE"])
    before = path.stat()
    environment(world, "team-04999")
    assert path.stat().st_ino == before.st_ino and path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.read_text().count("credential_process") == 5_000
    world.configure(many(5_001))
    environment(world, "team-00001")
    assert path.read_text().count("credential_process") == 5_001


def test_the_hook_program_never_writes_the_managed_file(world: World):
    world.configure(single())
    directory = world.select("stack", "dev")
    world.run("allow", cwd=directory, status=0)
    path = next((world.state / "aws").rglob("config"))
    path.unlink()
    answer = world.program(
        world.hook_binary,
        "bash",
        "directory",
        "80",
        str(directory),
        str(directory / ".atmos-identity"),
        "",
        cwd=directory,
    )
    assert answer.status == 0 and "AWS_CONFIG_FILE" in answer.stdout, str(answer)
    assert not path.exists()


# The block in the person's own file.


@pytest.fixture
def person(world: World) -> World:
    world.configure(single(extra="    other: {kind: mock/aws, via: {provider: sandbox}}\n"))
    return world


def own(world: World) -> pathlib.Path:
    return world.home / ".aws/config"


def put(world: World, content: bytes, mode: int = 0o600) -> pathlib.Path:
    path = own(world)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_block_is_printed(person: World):
    answer = person.run("aws-config", status=0)
    assert answer.stdout.startswith("# atmos-auth begin") and answer.stderr == ""
    assert answer.stdout.endswith("# atmos-auth end\n")
    assert "[profile dev]\n" in answer.stdout and "[profile other]\n" in answer.stdout
    assert not own(person).exists()


def test_a_missing_file_and_directory_are_made(person: World):
    answer = person.run("aws-config", "--write", "--yes", status=0)
    assert answer.stdout == ""
    assert "+[profile dev]" in answer.stderr and "@@ -0,0 +1," in answer.stderr
    assert stat.S_IMODE(own(person).stat().st_mode) == 0o600
    assert stat.S_IMODE(own(person).parent.stat().st_mode) == 0o700
    again = person.run("aws-config", "--write", "--yes", status=0)
    assert "up to date" in again.stderr and "@@" not in again.stderr
    # From anywhere, with nothing in the environment.
    assert set(profiles(person, {})) == {"dev", "other"}


def test_the_real_cli_uses_a_written_profile(chain: World):
    chain.run("aws-config", "--write", "--yes", status=0)
    answer = chain.program(tool("aws"), "sts", "get-caller-identity", "--profile", "base", cwd="/")
    assert answer.status == 0, str(answer)
    assert "assumed-role/base/" in answer.json()["Arn"]


CONTENTS = {
    "plain": b"[default]\nregion = eu-west-1\n",
    "no final newline": b"[default]\nregion = eu-west-1",
    "crlf": b"[default]\r\nregion = eu-west-1\r\n",
    "crlf, no final newline": b"[default]\r\nregion = eu-west-1",
    "crlf before": b"[default]\r\nregion = eu-west-1\r\n[profile x]",
    "empty": b"",
    "one newline": b"\n",
    "latin-1": b"# Gr\xfc\xdfe\n[default]\n",
    "byte order mark": b"\xef\xbb\xbf[default]\n",
    "blank lines": b"\n\n[default]\n\n\n",
    "lone returns": b"# a\r# b\r\n[default]\n",
    "returns only": b"[default]\rregion = eu-west-1\r",
    "returns only, none at the end": b"[default]\rregion = eu-west-1",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_no_byte_outside_of_the_markers_changes(person: World, content: bytes):
    path = put(person, content)
    person.run("aws-config", "--write", "--yes", "--prefix", "x-", status=0)
    written = path.read_bytes()
    assert written.startswith(content) and b"[profile x-dev]" in written
    person.run("aws-config", "--write", "--yes", "--prefix", "x-", status=0)
    assert path.read_bytes() == written
    # Another prefix: the block is replaced where it stands.
    person.run("aws-config", "--write", "--yes", "--prefix", "y-", status=0)
    assert path.read_bytes() == written.replace(b"profile x-", b"profile y-")
    person.run("aws-config", "--remove", "--yes", status=0)
    assert path.read_bytes() == content


def test_lines_end_as_those_of_the_file(person: World):
    path = put(person, b"[default]\r\nregion = eu-west-1\r\n")
    person.run("aws-config", "--write", "--yes", status=0)
    written = path.read_bytes()
    assert b"# atmos-auth end\r\n" in written
    assert written.count(b"\n") == written.count(b"\r\n")
    path = put(person, b"[default]\raws_access_key_id = X\raws_secret_access_key = hidden\r")
    answer = person.run("aws-config", "--write", "--yes", status=0)
    assert b"\n" not in path.read_bytes()
    assert "+[profile dev]\n" in answer.stderr and "hidden" not in answer.stderr
    assert set(profiles(person, {})) == {"default", "dev", "other"}


def test_what_follows_the_block_stays(person: World):
    path = put(person, b"[profile a]\nregion = eu-west-1\n")
    person.run("aws-config", "--write", "--yes", status=0)
    path.write_bytes(path.read_bytes() + b"[profile z]\nregion = eu-west-2")
    person.configure(single())
    person.run("aws-config", "--write", "--yes", status=0)
    text = path.read_text()
    assert "[profile other]" not in text and text.endswith(
        "# atmos-auth end\n[profile z]\nregion = eu-west-2"
    )
    person.run("aws-config", "--remove", "--yes", status=0)
    assert path.read_bytes() == b"[profile a]\nregion = eu-west-1\n[profile z]\nregion = eu-west-2"


def test_a_link_and_the_mode_stay(person: World):
    real = person.home / "dotfiles/aws"
    real.parent.mkdir()
    real.write_bytes(b"[default]\n")
    real.chmod(0o640)
    own(person).parent.mkdir()
    own(person).symlink_to(real)
    person.run("aws-config", "--write", "--yes", status=0)
    assert own(person).is_symlink()
    assert b"atmos-auth begin" in real.read_bytes()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.root
def test_the_owner_stays(person: World):
    path = put(person, b"[default]\n")
    os.chown(path, 12345, 23456)
    person.run("aws-config", "--write", "--yes", status=0)
    assert b"# atmos-auth begin" in path.read_bytes()
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def test_a_link_that_leads_nowhere_is_refused(person: World):
    own(person).parent.mkdir()
    own(person).symlink_to(person.home / "nowhere")
    answer = person.run("aws-config", "--write", "--yes", status=71)
    assert "leads nowhere" in answer.stderr


DAMAGED = {
    "no end": (b"[default]\n# atmos-auth begin\n", ":2:", "without `# atmos-auth end`"),
    "no begin": (b"[default]\n# atmos-auth end\n", ":2:", "without `# atmos-auth begin`"),
    "twice": (
        b"# atmos-auth begin\n# atmos-auth end\n# atmos-auth begin x\n# atmos-auth end\n",
        ":3:",
        "second `# atmos-auth begin`",
    ),
    "nested": (b"# atmos-auth begin\n# atmos-auth begin\n# atmos-auth end\n", ":2:", "again"),
    "two ends": (b"# atmos-auth begin\n# atmos-auth end\n# atmos-auth end\n", ":3:", "second"),
}


@pytest.mark.parametrize("content, place, words", DAMAGED.values(), ids=DAMAGED)
def test_damaged_markers_are_an_error_that_names_the_line(person: World, content, place, words):
    path = put(person, content)
    for action in ("--write", "--remove"):
        answer = person.run("aws-config", action, "--yes", status=78)
        assert f"{path}{place}" in answer.stderr and words in answer.stderr
    assert path.read_bytes() == content


def test_profiles_that_the_person_has_are_refused(person: World):
    content = b"[default]\n\n[profile dev]\nregion = eu-west-1\n"
    path = put(person, content)
    answer = person.run("aws-config", "--write", "--yes", status=78)
    assert f"{path}:3: profile `dev`" in answer.stderr and "--prefix" in answer.stderr
    assert path.read_bytes() == content
    person.run("aws-config", "--write", "--yes", "--prefix", "work-", status=0)
    assert b"[profile work-dev]" in path.read_bytes()


@pytest.mark.parametrize(
    "title", ["[profile dev]# mine", "[profile dev] (mine)", '[profile "dev"]', "[ profile dev ]"]
)
def test_a_name_is_taken_however_its_title_is_written(person: World, title: str):
    """A second profile of the name, and the AWS CLI refuses the whole file."""
    content = f"{title}\nregion = us-east-1\n".encode()
    path = put(person, content)
    answer = person.run("aws-config", "--write", "--yes", status=78)
    assert f"{path}:1: profile `dev`" in answer.stderr
    assert path.read_bytes() == content


def test_a_role_for_every_profile_is_refused(person: World):
    """`[DEFAULT]` counts for ours, and a role comes before a `credential_process`."""
    content = b"[DEFAULT]\nregion = eu-west-1\nrole_arn = x\n"
    path = put(person, content)
    answer = person.run("aws-config", "--write", "--yes", status=78)
    assert f"{path}:3: `role_arn` in [DEFAULT]" in answer.stderr
    assert path.read_bytes() == content
    put(person, b"[DEFAULT]\nregion = eu-west-1\n")
    person.run("aws-config", "--write", "--yes", status=0)
    assert set(profiles(person, {})) == {"dev", "other"}


def test_keys_of_the_same_name_are_refused(person: World):
    """In the credentials file they would win over what we write."""
    credentials = person.home / ".aws/credentials"
    credentials.parent.mkdir()
    credentials.write_text("[other]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n")
    answer = person.run("aws-config", "--write", "--yes", status=78)
    assert f"{credentials}:1: keys of profile `other`" in answer.stderr
    assert not own(person).exists()


def test_without_a_terminal_it_needs_yes(person: World):
    answer = person.run("aws-config", "--write", status=77)
    assert "+[profile dev]" in answer.stderr and "--yes" in answer.stderr
    assert not own(person).exists()


@pytest.mark.parametrize("reply, written", [("y", True), ("", False), ("no", False)])
def test_at_a_terminal_it_asks(person: World, reply: str, written: bool):
    terminal = Terminal(person, "aws-config", "--write")
    terminal.answer("[y/N]", reply)
    assert (terminal.end() == 0) == written
    assert own(person).exists() == written


def test_the_difference_shows_no_secret(person: World):
    put(person, b"[old]\naws_access_key_id = AKIAX\naws_secret_access_key = veryverysecret\n")
    answer = person.run("aws-config", "--write", "--yes", status=0)
    assert (
        "veryverysecret" not in answer.stderr
        and "aws_secret_access_key = <secret>" in answer.stderr
    )


def test_a_file_of_ones_own_choice(person: World):
    path = person.root / "elsewhere"
    person.run("aws-config", "--write", "--yes", "--file", str(path), status=0)
    assert "[profile dev]" in path.read_text() and not own(person).exists()
    person.run("aws-config", "--write", "--yes", env={"AWS_CONFIG_FILE": "~/mine"}, status=0)
    assert "[profile dev]" in (person.home / "mine").read_text()


def test_in_a_hooked_shell_the_persons_file_is_meant(person: World):
    with PtyShell(person, "bash") as terminal:
        terminal.run("atmos-auth use dev")
        terminal.run("atmos-auth aws-config --write --yes")
    assert "[profile dev]" in own(person).read_text()


def test_the_realm_of_the_environment_is_written_down(world: World):
    world.configure(single().replace("  realm: e2e\n", ""))
    world.is_own = False
    text = world.run("aws-config", env={"ATMOS_AUTH_REALM": "here"}, status=0).stdout
    assert "credential_process = /usr/bin/env ATMOS_AUTH_REALM=here /" in text


def test_write_and_remove_exclude_each_other(person: World):
    person.run("aws-config", "--write", "--remove", status=64)
    person.run("aws-config", "--write", "--prefix", "a]", status=64)
    person.run("aws-config", "--remove", "--yes", status=0)
