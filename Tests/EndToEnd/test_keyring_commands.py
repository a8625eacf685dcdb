"""`keyring status`, `lock` and `migrate`, and the command keyring with the real `pass`."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import pytest

from desktop import Desktop
from mock_world import single
from programs import tool
from secret_scan import ProcessWatch, assert_nowhere
from services import Moto
from world import KEYRING_PASSWORD, World

REALM = "keys"
ENTRY = f"atmos_{REALM}_engineer"
SECRET = "wJalrXUtnFEMI/K7MDENG/migrated"

IDENTITIES = f"""\
auth:
  realm: {REALM}
  identities:
    engineer: {{kind: aws/user, default: true, credentials: {{region: us-east-1}}}}
    team/two: {{kind: aws/user}}
"""

# As docs/keyrings.md has it.
PASS = """\
auth:
  keyring:
    type: command
    spec:
      read: [pass, show, "atmos-auth/{key}"]
      write: [pass, insert, --multiline, --force, "atmos-auth/{key}"]
      remove: [pass, rm, --force, "atmos-auth/{key}"]
      list:
        - sh
        - -c
        - >-
          cd "${PASSWORD_STORE_DIR:-$HOME/.password-store}/atmos-auth" 2>/dev/null &&
          find . -name "*.gpg" | sed "s/^..//; s/.gpg$//"; :
"""


@pytest.fixture
def configured(world: World) -> World:
    world.configure(IDENTITIES)
    return world


def store(world: World, name: str = "engineer", **options):
    return world.run(
        "user",
        "configure",
        "-i",
        name,
        "--access-key-id",
        "AKIAMIGRATEEXAMPLE00",
        stdin=SECRET + "\n",
        **options,
    )


def mine(world: World, text: str) -> pathlib.Path:
    """Writes the person's own configuration, which is trusted with commands."""
    path = world.home / ".atmos/atmos.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def password_store(world: World):
    """The real `pass` with a GnuPG key of its own."""
    # GnuPG's sockets must not have long names.
    home = pathlib.Path(tempfile.mkdtemp(prefix="gnupg-"))
    world.environment["GNUPGHOME"] = str(home)
    try:
        made = world.program(
            tool("gpg"),
            "--batch",
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
            "--quick-generate-key",
            "someone@example.com",
            "future-default",
            "default",
            "never",
        )
        assert made.status == 0, str(made)
        assert world.program(tool("pass"), "init", "someone@example.com").status == 0
        yield world.home / ".password-store"
    finally:
        subprocess.run(
            ["gpgconf", "--kill", "all"], env={**os.environ, "GNUPGHOME": str(home)}, check=False
        )
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def desktop(tmp_path: pathlib.Path):
    desktop = Desktop(tmp_path / "dbus")
    try:
        desktop.gnome_keyring()
        yield desktop
    finally:
        desktop.stop()


# status and lock


def test_status_of_the_file_keyring_needs_no_password(configured: World) -> None:
    store(configured, status=0)
    answer = configured.run("keyring", "status", env={"ATMOS_KEYRING_PASSWORD": None}, status=0)
    lines = dict(line.split(None, 1) for line in answer.stdout.splitlines() if " " in line)
    assert lines["Keyring"] == "file"
    assert lines["Place"] == str(configured.data / "keyring")
    assert lines["Entries"] == "1"


def test_status_of_the_memory_keyring(configured: World) -> None:
    status = configured.run(
        "keyring", "status", "-o", "json", env={"ATMOS_KEYRING_TYPE": "memory"}, status=0
    ).json()
    assert status == {"keyring": "memory", "place": "this process", "entries": 0}


def test_lock_makes_the_next_command_ask_again(world: World, kernel_keys) -> None:
    world.configure(single())
    world.run("login", status=0)
    without = {"ATMOS_KEYRING_PASSWORD": None}
    # Opened with a password in the variable: only that opens what the kernel remembers.
    status = world.run("keyring", "status", "-o", "json", status=0).json()
    assert status["unlocked_until"].endswith("Z")
    answer = world.run("keyring", "lock", status=0)
    assert "locked" in answer.stderr
    status = world.run("keyring", "status", "-o", "json", status=0).json()
    assert "unlocked_until" not in status
    assert "not unlocked" in world.run("keyring", "status", env=without, status=0).stdout
    assert world.run("credential-process", env=without).status == 77
    world.run("keyring", "lock", status=0)


# migrate


def test_migrate_from_file_to_system_and_back(configured: World, desktop: Desktop) -> None:
    configured.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
    for name in ("engineer", "team/two"):
        store(configured, name, status=0)
    keyring = configured.data / "keyring"
    before = {path.name for path in keyring.iterdir()}

    answer = configured.run("keyring", "migrate", "file", "system", "--dry-run", status=0)
    assert f"Would copy: {ENTRY}" in answer.stderr
    assert {path.name for path in keyring.iterdir()} == before

    answer = configured.run("keyring", "migrate", "file", "system", status=0)
    assert "moved 2 entries from file to system" in answer.stderr
    assert "ATMOS_KEYRING_TYPE=system" in answer.stderr
    assert list(keyring.iterdir()) == []
    found = desktop.secret_tool("lookup", "service", ENTRY, "username", "atmos-auth").stdout
    assert json.loads(found)["data"]["secret_access_key"] == SECRET

    configured.run("keyring", "migrate", "system", "file", "--keep", status=0)
    assert {path.name for path in keyring.iterdir()} == before
    assert desktop.secret_tool("lookup", "service", ENTRY, "username", "atmos-auth").stdout == found
    answer = configured.run("keyring", "migrate", "system", "file", status=0)
    assert "moved 2 entries" in answer.stderr
    assert desktop.secret_tool("lookup", "service", ENTRY, "username", "atmos-auth").returncode == 1


def test_migrate_does_not_replace_another_value_unasked(
    configured: World, desktop: Desktop
) -> None:
    configured.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
    store(configured, status=0)
    where = ["service", ENTRY, "username", "atmos-auth"]
    desktop.secret_tool("store", "--label", "x", *where, stdin="another")
    answer = configured.run("keyring", "migrate", "file", "system")
    assert answer.status == 77, str(answer)
    assert ENTRY in answer.stderr and "--replace" in answer.stderr
    assert desktop.secret_tool("lookup", *where).stdout == "another"
    assert (configured.data / "keyring" / ENTRY).exists()
    configured.run("keyring", "migrate", "file", "system", "--replace", status=0)
    assert SECRET in desktop.secret_tool("lookup", *where).stdout


def test_migrate_to_a_system_keyring_that_is_not_there_changes_nothing(configured: World) -> None:
    """The file keyring must not stand in for the one to move to: it would be emptied."""
    store(configured, status=0)
    answer = configured.run("keyring", "migrate", "file", "system")
    assert answer.status == 69, str(answer)
    assert "there is no system keyring" in answer.stderr
    assert (configured.data / "keyring" / ENTRY).exists()


@pytest.mark.parametrize(
    "arguments", [["file", "file"], ["file", "memory"], ["memory", "file"], ["file", "elsewhere"]]
)
def test_migrate_refuses_what_makes_no_sense(configured: World, arguments: list[str]) -> None:
    store(configured, status=0)
    assert configured.run("keyring", "migrate", *arguments).status == 64
    assert (configured.data / "keyring" / ENTRY).exists()


def test_migrate_killed_again_and_again_loses_nothing(configured: World, desktop: Desktop) -> None:
    configured.environment["DBUS_SESSION_BUS_ADDRESS"] = desktop.address
    store(configured, status=0)
    where = ["service", ENTRY, "username", "atmos-auth"]
    for delay in (0.02, 0.05, 0.08, 0.12, 0.16, 0.2, 0.3):
        process = configured.start("keyring", "migrate", "file", "system")
        time.sleep(delay)
        process.kill()
        process.communicate()
        in_file = (configured.data / "keyring" / ENTRY).exists()
        in_system = SECRET in desktop.secret_tool("lookup", *where).stdout
        assert in_file or in_system, delay
    configured.run("keyring", "migrate", "file", "system", status=0)
    assert SECRET in desktop.secret_tool("lookup", *where).stdout


# command


def test_the_real_pass_keeps_entries(
    configured: World, password_store: pathlib.Path, moto: Moto
) -> None:
    mine(configured, PASS)
    configured.environment.update(moto.environment)
    configured.environment["ATMOS_KEYRING_TYPE"] = None
    assert configured.run("credential-process", "-i", "engineer").status == 77, "no keys yet"
    with ProcessWatch() as watch:
        configured.run(
            "user",
            "configure",
            "-i",
            "engineer",
            "--access-key-id",
            moto.access_key_id,
            stdin=moto.secret_access_key + "\n",
            status=0,
        )
    assert_nowhere(configured, [moto.secret_access_key], watch)
    assert (password_store / "atmos-auth" / f"{ENTRY}.gpg").exists()
    first = configured.run("credential-process", "-i", "engineer", status=0).json()
    assert configured.run("credential-process", "-i", "engineer", status=0).json() == first
    shown = configured.program(tool("pass"), "show", f"atmos-auth/{ENTRY}")
    assert json.loads(shown.stdout)["data"]["access_key_id"] == moto.access_key_id
    configured.run("logout", "engineer", "--keychain", "--force", status=0)
    assert not (password_store / "atmos-auth" / f"{ENTRY}.gpg").exists()


def test_migrate_to_pass_with_a_slash_in_a_name(
    configured: World, password_store: pathlib.Path
) -> None:
    mine(configured, PASS)
    for name in ("engineer", "team/two"):
        store(configured, name, status=0)
    configured.run("keyring", "migrate", "file", "command", status=0)
    assert (password_store / "atmos-auth" / f"atmos_{REALM}_team" / "two.gpg").exists()
    assert list((configured.data / "keyring").iterdir()) == []
    configured.run("keyring", "migrate", "command", "file", status=0)
    assert (configured.data / "keyring" / f"atmos_{REALM}_team%2Ftwo").exists()


def test_a_store_that_cannot_be_opened_is_not_an_empty_one(
    configured: World, password_store: pathlib.Path
) -> None:
    mine(configured, PASS)
    configured.environment["ATMOS_KEYRING_TYPE"] = None
    store(configured, status=0)
    for key in (pathlib.Path(configured.environment["GNUPGHOME"]) / "private-keys-v1.d").iterdir():
        key.unlink()
    subprocess.run(
        ["gpgconf", "--kill", "all"],
        check=False,
        env={**os.environ, "GNUPGHOME": configured.environment["GNUPGHOME"]},
    )
    answer = configured.run("credential-process", "-i", "engineer")
    assert answer.status == 69, str(answer)
    assert "pass show" in answer.stderr and "failed with status" in answer.stderr


def test_commands_of_an_untrusted_repository_do_not_run(world: World) -> None:
    world.is_own = False
    world.configure(
        PASS.replace("[pass, show", "[touch, ran, show") + IDENTITIES.replace("auth:\n", "")
    )
    world.environment["ATMOS_KEYRING_TYPE"] = None
    answer = world.run("credential-process", "-i", "engineer", status=77)
    assert "is not allowed yet" in answer.stderr and "allow -i engineer" in answer.stderr
    for command in (
        ["keyring", "status"],
        ["keyring", "migrate", "command", "file"],
    ):
        answer = world.run(*command)
        assert answer.status == 77, str(answer)
        assert "not trusted with running" in answer.stderr
        assert "atmos-auth allow" in answer.stderr
        assert '"touch", "ran"' in answer.stderr
    assert not (world.repository / "ran").exists()


def test_allow_trusts_exactly_the_commands_it_showed(
    world: World, password_store: pathlib.Path
) -> None:
    world.is_own = False
    world.environment["ATMOS_KEYRING_TYPE"] = None
    text = PASS + IDENTITIES.replace("auth:\n", "")
    world.configure(text)
    (world.repository / ".atmos-identity").write_text("engineer\n")
    shown = world.run("allow", status=0).stderr
    assert 'keyring.spec.read = ["pass", "show", "atmos-auth/{key}"]' in shown
    store(world, status=0)
    world.configure(text.replace("pass, show", "sh, -c, 'touch ran'"))
    answer = world.run("credential-process", "-i", "engineer")
    assert answer.status == 77, str(answer)
    assert not (world.repository / "ran").exists()


def test_a_command_that_hangs_ends_by_the_deadline(configured: World) -> None:
    mine(
        configured,
        PASS.replace("[pass, show, ", "[sh, -c, sleep 600, ").replace(
            "spec:\n", "spec:\n      timeout: 1s\n"
        ),
    )
    answer = configured.run(
        "credential-process", "-i", "engineer", env={"ATMOS_KEYRING_TYPE": None}
    )
    assert answer.status == 69, str(answer)
    assert "did not end within 1s" in answer.stderr


def test_the_password_variable_does_not_reach_the_screen(configured: World) -> None:
    store(configured, status=0)
    status = configured.run("keyring", "status", "-o", "json", status=0).json()
    assert (status["keyring"], status["entries"]) == ("file", 1), "the password sealed something"
    configured.run("keyring", "status", status=0)
    assert KEYRING_PASSWORD not in "".join(configured.transcript)
