"""The system keyring is the desktop's: a real gnome-keyring in a private D-Bus session.

`secret-tool` stands for go-keyring, the library behind atmos' keyring: it stores and finds entries
by the same two attributes.
"""

from __future__ import annotations

import json
import pathlib
import signal
import subprocess

import pytest

from desktop import LOGIN, Desktop
from programs import tool
from secret_scan import ProcessWatch, assert_nowhere
from services import Moto
from world import KEYRING_PASSWORD, World

REALM = "desk"
ENTRY = f"atmos_{REALM}_engineer"
SESSION_KEY = "atmos-auth_session-key"
SECRET = "wJalrXUtnFEMI/K7MDENG/desktop"


@pytest.fixture
def desktop(tmp_path: pathlib.Path):
    desktop = Desktop(tmp_path / "dbus")
    try:
        yield desktop
    finally:
        desktop.stop()


@pytest.fixture
def configured(world: World, desktop: Desktop) -> World:
    desktop.serve(world)
    world.configure(
        f"""
        auth:
          realm: {REALM}
          keyring: {{spec: {{unlock_for: 0}}}}
          identities:
            engineer: {{kind: aws/user, default: true, credentials: {{region: us-east-1}}}}
        """
    )
    return world


def attributes(key: str) -> list[str]:
    # Trap 93: the entry's name is the service, and the account is the same for all.
    return ["service", key, "username", "atmos-auth"]


def store(world: World, **options):
    return world.run(
        "user",
        "configure",
        "-i",
        "engineer",
        "--access-key-id",
        "AKIADESKTOPEXAMPLE00",
        stdin=SECRET + "\n",
        **options,
    )


def login(world: World, **options):
    return world.run("credential-process", "-i", "engineer", **options)


def envelope(access_key_id: str, secret: str) -> str:
    return json.dumps(
        {"type": "aws", "data": {"access_key_id": access_key_id, "secret_access_key": secret}}
    )


# Unlocked


def test_trap_93_what_we_store_is_found_as_go_keyring_looks_for_it(
    configured: World, desktop: Desktop
) -> None:
    desktop.gnome_keyring()
    store(configured, status=0)
    found = desktop.secret_tool("lookup", *attributes(ENTRY))
    value = json.loads(found.stdout)
    assert value["type"] == "aws"
    assert value["data"]["secret_access_key"] == SECRET
    shown = desktop.secret_tool("search", "--all", *attributes(ENTRY))
    text = shown.stdout + shown.stderr
    assert f"label = Password for 'atmos-auth' on '{ENTRY}'" in text
    # gnome-keyring adds a schema of its own to entries that come without one, as go-keyring's do.
    named = {line.split(" = ")[0] for line in text.splitlines() if line.startswith("attribute.")}
    assert named == {"attribute.service", "attribute.username"}
    items = desktop.call(
        LOGIN, "org.freedesktop.DBus.Properties.Get", "org.freedesktop.Secret.Collection", "Items"
    )
    assert items.count(LOGIN) == 1


def test_trap_93_what_go_keyring_stored_is_found(
    configured: World, desktop: Desktop, moto: Moto
) -> None:
    desktop.gnome_keyring()
    configured.environment.update(moto.environment)
    desktop.secret_tool(
        "store",
        "--label",
        f"Password for 'atmos-auth' on '{ENTRY}'",
        *attributes(ENTRY),
        stdin=envelope(moto.access_key_id, moto.secret_access_key),
    )
    assert login(configured, status=0).json()["SessionToken"]


def test_the_session_key_is_text_and_sessions_outlive_processes(
    configured: World, desktop: Desktop, moto: Moto
) -> None:
    desktop.gnome_keyring()
    configured.environment.update(moto.environment)
    desktop.secret_tool(
        "store",
        "--label",
        "x",
        *attributes(ENTRY),
        stdin=envelope(moto.access_key_id, moto.secret_access_key),
    )
    first = login(configured, status=0).json()
    assert login(configured, status=0).json() == first, "the second was remembered"
    key = desktop.secret_tool("lookup", *attributes(SESSION_KEY)).stdout
    assert key.startswith("go-keyring-base64:") and key.isascii()


def test_logout_removes_the_entry_and_no_other(configured: World, desktop: Desktop) -> None:
    desktop.gnome_keyring()
    desktop.secret_tool("store", "--label", "mine", "service", "mail", "username", "me", stdin="x")
    store(configured, status=0)
    assert SECRET in desktop.secret_tool("lookup", *attributes(ENTRY)).stdout
    configured.run("logout", "engineer", "--keychain", "--force", status=0)
    assert desktop.secret_tool("lookup", *attributes(ENTRY)).returncode == 1
    assert desktop.secret_tool("lookup", "service", "mail", "username", "me").stdout == "x"


def test_status_tells_where_and_how_many(configured: World, desktop: Desktop) -> None:
    desktop.gnome_keyring()
    store(configured, status=0)
    status = configured.run("keyring", "status", "-o", "json", status=0).json()
    assert status == {"keyring": "system", "place": "Secret Service", "locked": False, "entries": 1}


def test_nothing_of_a_secret_is_in_an_argument_or_a_file(
    configured: World, desktop: Desktop
) -> None:
    desktop.gnome_keyring()
    with ProcessWatch() as watch:
        store(configured, status=0)
    assert SECRET in desktop.secret_tool("lookup", *attributes(ENTRY)).stdout, "it went somewhere"
    stored = [path for path in desktop.home.rglob("*") if path.is_file()]
    assert_nowhere(configured, [SECRET], watch, also=stored)


def test_the_kernel_answers_for_it_for_a_while(
    configured: World, desktop: Desktop, moto: Moto, kernel_keys
) -> None:
    daemon = desktop.gnome_keyring()
    configured.environment.update(moto.environment)
    (configured.repository / "atmos.yaml").write_text(
        (configured.repository / "atmos.yaml")
        .read_text()
        .replace("unlock_for: 0", "unlock_for: 1h")
    )
    desktop.secret_tool(
        "store",
        "--label",
        "x",
        *attributes(ENTRY),
        stdin=envelope(moto.access_key_id, moto.secret_access_key),
    )
    first = login(configured, status=0).json()
    daemon.send_signal(signal.SIGSTOP)
    assert login(configured, status=0).json() == first, "nothing was asked of the desktop"
    daemon.send_signal(signal.SIGCONT)


# Locked


def test_locked_without_a_screen_it_says_so_at_once(configured: World, desktop: Desktop) -> None:
    desktop.gnome_keyring()
    store(configured, status=0)
    desktop.lock()
    answer = login(configured)
    assert answer.status == 77, str(answer)
    assert "system keyring is locked" in answer.stderr
    assert "within" not in answer.stderr, "nobody could have unlocked it, and nobody is waited for"
    assert "gnome-keyring-daemon --unlock" in answer.stderr
    assert "ATMOS_KEYRING_TYPE=file" in answer.stderr
    assert answer.stdout == ""


def test_locked_and_the_prompt_is_dismissed(configured: World, desktop: Desktop) -> None:
    """gnome-keyring finds no prompter at all, which it takes for "no"."""
    desktop.gnome_keyring()
    store(configured, status=0)
    desktop.lock()
    answer = login(configured, env={"DISPLAY": ":99"})
    assert answer.status == 77, str(answer)
    assert "stayed locked" in answer.stderr


def test_trap_96_a_prompt_that_nobody_answers_ends_by_the_deadline(
    configured: World, desktop: Desktop
) -> None:
    desktop.silent_prompter()
    desktop.gnome_keyring()
    store(configured, status=0)
    desktop.lock()
    path = configured.repository / "atmos.yaml"
    path.write_text(path.read_text().replace("unlock_for: 0", "unlock_for: 0, timeout: 1s"))
    answer = login(configured, env={"DISPLAY": ":99"})
    assert answer.status == 77, str(answer)
    assert "unlock it in the window" in answer.stderr
    # A person has five times as long as a program.
    assert "the system keyring was not unlocked within 5s" in answer.stderr
    assert "CRITICAL" not in answer.stderr


def test_status_of_a_locked_keyring_asks_nobody(configured: World, desktop: Desktop) -> None:
    desktop.gnome_keyring()
    desktop.lock()
    answer = configured.run("keyring", "status", "-o", "json", env={"DISPLAY": ":99"}, status=0)
    assert answer.json() == {"keyring": "system", "place": "Secret Service", "locked": True}


# Gone, hanging, missing


def test_a_service_that_hangs_ends_by_the_deadline(configured: World, desktop: Desktop) -> None:
    desktop.silent_service()
    answer = login(configured)
    assert answer.status == 69, str(answer)
    assert answer.stderr.count("did not answer within 5s") == 1, "it is waited for once"
    assert "auth.keyring.spec.timeout" in answer.stderr
    assert "ATMOS_KEYRING_TYPE=file" in answer.stderr
    assert not (configured.data / "keyring").exists(), "a hanging keyring is not a missing one"


def test_a_bus_that_hangs_ends_by_the_deadline(configured: World, desktop: Desktop) -> None:
    desktop.bus.send_signal(signal.SIGSTOP)
    answer = login(configured)
    assert answer.status == 69, str(answer)
    assert "did not answer" in answer.stderr


def test_a_daemon_that_is_stopped_in_the_middle(configured: World, desktop: Desktop) -> None:
    daemon = desktop.gnome_keyring()
    store(configured, status=0)
    daemon.send_signal(signal.SIGSTOP)
    answer = store(configured)
    assert answer.status == 69, str(answer)
    assert "did not answer within 5s" in answer.stderr
    daemon.send_signal(signal.SIGCONT)
    assert SECRET in desktop.secret_tool("lookup", *attributes(ENTRY)).stdout


@pytest.mark.parametrize("gone", ["service", "bus"])
def test_what_dies_in_the_middle_is_an_error_and_not_a_crash(
    configured: World, desktop: Desktop, gone: str
) -> None:
    """The call is under way when the other side dies: GLib would end the process with its bus."""
    service = desktop.silent_service()
    process = configured.start("credential-process", "-i", "engineer")
    assert service.stdout.readline().strip() == "called"
    assert process.poll() is None
    victim = service if gone == "service" else desktop.bus
    victim.kill()
    victim.wait()
    out, err = process.communicate(timeout=20)
    assert process.returncode == 69, err.decode()
    assert b"system keyring" in err and b"ATMOS_KEYRING_TYPE=file" in err
    assert out == b""


@pytest.mark.parametrize("bus", ["none", "stale", "empty"])
def test_without_a_secret_service_the_file_keyring_stands_in_and_says_so(
    configured: World, desktop: Desktop, bus: str
) -> None:
    address = {"none": None, "stale": "unix:path=/nonexistent/bus", "empty": desktop.address}[bus]
    environment = {"DBUS_SESSION_BUS_ADDRESS": address, "ATMOS_KEYRING_PASSWORD": KEYRING_PASSWORD}
    answer = store(configured, env=environment, status=0)
    assert answer.stderr.count("no system keyring: ") == 1, str(answer)
    assert "using the file keyring in" in answer.stderr
    assert (configured.data / "keyring" / ENTRY).exists()
    status = configured.run("keyring", "status", "-o", "json", env=environment, status=0).json()
    assert status["keyring"] == "file" and status["stands_in_because"]


def test_without_a_keyring_in_the_service_it_says_how_to_make_one(
    configured: World, desktop: Desktop
) -> None:
    """A gnome-keyring that was never unlocked has none."""

    daemon = subprocess.Popen(
        [tool("gnome-keyring-daemon"), "--foreground", "--components=secrets"],
        env=desktop.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    desktop.processes.append(daemon)
    desktop.wait_for_service()
    assert login(configured).status == 77, "no keys: a person is needed"
    answer = store(configured)
    assert answer.status == 77, str(answer)
    assert "has no keyring yet" in answer.stderr
    assert "gnome-keyring-daemon --unlock" in answer.stderr


def test_libsecret_is_opened_only_when_it_is_used(configured: World, desktop: Desktop) -> None:
    """It is never linked, and other keyrings do without it."""
    desktop.gnome_keyring()
    linked = configured.program("ldd", configured.binary)
    assert "libc." in linked.stdout
    assert "libsecret" not in linked.stdout and "libgio" not in linked.stdout

    def is_opened(keyring: str) -> bool:
        traced = configured.program(
            *(tool("strace"), "-f", "-e", "trace=openat", configured.binary, "keyring", "status"),
            env={"ATMOS_KEYRING_TYPE": keyring},
        )
        assert traced.status == 0, str(traced)
        return "libsecret-1" in traced.stderr

    assert is_opened("system")
    assert not is_opened("file")
