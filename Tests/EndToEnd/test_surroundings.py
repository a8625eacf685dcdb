"""What a machine may be like: odd modes and umasks, planted links, few descriptors, no home."""

from __future__ import annotations

import os
import pathlib
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import time

import pytest

from mock_world import single
from services import against
from world import KEYRING_PASSWORD, World


@pytest.fixture
def mock(world: World) -> World:
    world.configure(single())
    return world


# Files that variables and logs are added to


def test_env_does_not_follow_a_link_that_somebody_put_there(mock: World):
    target = mock.write("target", "theirs\n", mode=0o600)
    (mock.repository / "link").symlink_to(target)
    refused = mock.run("env", "--static", "-f", "dotenv", "-o", "link")
    assert refused.status == 71, str(refused)
    assert "it is a symbolic link" in refused.stderr
    assert target.read_text() == "theirs\n"
    mock.run("env", "--static", "-f", "dotenv", "-o", "target", status=0)
    assert "AWS_SECRET_ACCESS_KEY" in target.read_text()


def test_env_adds_no_keys_to_a_file_that_others_can_read(mock: World):
    target = mock.write("target", "theirs\n", mode=0o644)
    refused = mock.run("env", "--static", "-f", "dotenv", "-o", "target")
    assert refused.status == 71, str(refused)
    assert "`chmod 600 " in refused.stderr
    assert target.read_text() == "theirs\n"
    # Without keys there is nothing that others must not read.
    mock.run("env", "-f", "dotenv", "-o", "target", status=0)
    assert "AWS_PROFILE" in target.read_text()


def test_the_file_of_a_ci_runner_becomes_private_before_keys_are_added(mock: World):
    target = mock.write("set_env", "", mode=0o644)
    mock.run("env", "--static", "-f", "github", env={"GITHUB_ENV": str(target)}, status=0)
    assert "AWS_SECRET_ACCESS_KEY" in target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_env_still_writes_to_a_device(mock: World):
    answer = mock.run("env", "-f", "dotenv", "-o", "/dev/stdout", status=0)
    assert "AWS_PROFILE" in answer.stdout


def test_the_log_does_not_follow_a_link_that_somebody_put_there(mock: World):
    target = mock.write("target", "theirs\n")
    (mock.repository / "link").symlink_to(target)
    answer = mock.run(
        "list", "--logs-level", "Debug", "--logs-file", str(mock.repository / "link"), status=0
    )
    assert "the log is written here" in answer.stderr
    assert target.read_text() == "theirs\n"
    mock.run("list", "--logs-level", "Debug", "--logs-file", str(target), status=0)
    assert "the configuration is read" in target.read_text()


# Modes


@pytest.mark.parametrize("umask", ["0777", "0700", "0600", "0400", "0200", "0100", "0000"])
def test_directories_and_locks_have_their_modes_under_any_umask(mock: World, umask: str):
    command = f'umask {umask}; exec "$0" exec -- true'
    answer = mock.program("/bin/sh", "-c", command, mock.binary)
    assert answer.status == 0, str(answer)
    ours = [mock.state, mock.cache, mock.data]
    for top in ours:
        for path in [top, *top.rglob("*")]:
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


# Descriptors


@pytest.mark.parametrize("free", range(1, 14))
def test_a_login_with_few_descriptors_ends_with_an_error(world: World, sts, free: int):
    against(world, sts())
    limit = 3 + free
    process = subprocess.run(
        [world.binary, "login"],
        env=world.variables(),
        cwd=world.repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit)),
        timeout=60,
    )
    assert process.returncode > 0, process
    assert process.stderr.startswith(b"error: "), "it says why"


def test_a_library_that_sets_a_variable_beforehand_takes_no_argument_away(
    mock: World, tmp_path: pathlib.Path
):
    compiler = shutil.which("cc") or shutil.which("clang")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs a C compiler, and LD_PRELOAD")
    source, library = tmp_path / "early.c", tmp_path / "early.so"
    source.write_text(
        "#include <stdlib.h>\n"
        '__attribute__((constructor)) static void early(void) { setenv("EARLY", "1", 1); }\n'
    )
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    odd = b"\xff".decode(errors="surrogateescape")
    answer = mock.run(
        "exec", "-i", "dev", "--", "printf", "%s.", "a b", "", odd, env={"LD_PRELOAD": str(library)}
    )
    assert (answer.status, answer.stdout) == (0, f"a b..{odd}."), str(answer)


def test_what_is_missing_is_said(mock: World):
    process = subprocess.run(
        [mock.binary, "login"],
        env=mock.variables(),
        cwd=mock.repository,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (12, 12)),
        timeout=60,
    )
    assert process.returncode == 71, process
    assert "ulimit -n 1024" in process.stderr
    mock.run("login", status=0)


# What killed processes leave behind


def temporary(directory: pathlib.Path, age: float) -> pathlib.Path:
    path = directory / ".0123456789abcdef.42.tmp"
    path.write_text("half")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_the_next_write_removes_old_temporary_files_beside_it(mock: World):
    mock.run("login", status=0)
    directory = mock.state / "sessions/e2e"
    new = temporary(directory, age=600)
    mock.run("login", status=0)
    assert new.exists(), "it may still be written"
    old = temporary(directory, age=4000)
    foreign = directory / ".other.tmp"
    foreign.write_text("")
    os.utime(foreign, (0, 0))
    mock.run("login", status=0)
    assert not old.exists()
    assert foreign.exists(), "it is not one of ours"


def test_prune_removes_old_temporary_files_everywhere(mock: World):
    mock.run("login", status=0)
    places = [mock.state / "sessions/e2e", mock.cache / "index", mock.data / "keyring"]
    files = [temporary(place, age=4000) for place in places]
    answer = mock.run("prune", status=0)
    assert "left behind" in answer.stderr
    assert not any(file.exists() for file in files)


def test_a_damaged_index_is_made_again_at_once(mock: World):
    listed = mock.run("list", "-f", "json", status=0).stdout
    (index,) = (mock.cache / "index").iterdir()
    whole = index.read_bytes()
    name = b"arn:"
    position = whole.rfind(b"111122223333")
    assert position > 0, name
    index.write_bytes(whole[:position] + b"9" + whole[position + 1 :])
    assert mock.run("list", "-f", "json", status=0).stdout == listed
    assert index.read_bytes() == whole
    index.write_bytes(whole[:position] + b"9" + whole[position + 1 :])
    mock.run("exec", "-i", "dev", "--", "true", status=0)
    assert index.read_bytes() == whole


# What programs of ours get


def test_programs_of_ours_do_not_get_the_keyrings_password(world: World):
    own = world.home / ".atmos/atmos.yaml"
    own.parent.mkdir()
    own.write_text(
        single().replace(
            "spec: {lifetime: 1h}",
            "spec: {lifetime: 1h}\n"
            "      env: [{key: SEEN, value: !exec 'env | grep -c KEYRING_PASSWORD; :'}]",
        )
    )
    answer = world.run("exec", "--", "sh", "-c", "echo $SEEN", status=0)
    assert answer.stdout == "0\n"
    named = {"ATMOS_KEYRING_PASSWORD_ENV": "MINE", "MINE": KEYRING_PASSWORD}
    own.write_text(own.read_text().replace("grep -c KEYRING_PASSWORD", "grep -c ^MINE="))
    answer = world.run("exec", "--", "sh", "-c", "echo $SEEN", env=named, status=0)
    assert answer.stdout == "0\n"


def test_a_child_gets_the_password_only_where_the_kernel_does_not_remember(mock: World):
    show = ("sh", "-c", "echo ${ATMOS_KEYRING_PASSWORD:-none}")
    mock.run("login", status=0)
    answer = mock.run("keyring", "status", "--format", "json", status=0)
    remembers = '"unlocked_until"' in answer.stdout + answer.stderr
    wanted = "none" if remembers else KEYRING_PASSWORD
    assert mock.run("exec", "--", *show, status=0).stdout.strip() == wanted
    mock.configure(single() + "  keyring: {spec: {unlock_for: 0}}\n")
    assert mock.run("exec", "--", *show, status=0).stdout.strip() == KEYRING_PASSWORD


# No home, and another's


@pytest.fixture
def reachable():
    """A world that every user of the machine can get to; pytest's directories are their owner's."""
    with tempfile.TemporaryDirectory() as directory:
        pathlib.Path(directory).chmod(0o755)
        world = World(pathlib.Path(directory) / "world")
        world.configure(single())
        yield world


def homeless() -> dict[str, str | None]:
    return {"HOME": "/nonexistent", "ATMOS_KEYRING_PASSWORD": None, "ATMOS_KEYRING_TYPE": None}


def as_nobody(world: World, *arguments: str, **variables: str | None):
    """Runs as a user whom nothing here belongs to, and who has no home."""
    names = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    return world.program(*names, world.binary, *arguments, env=homeless() | variables)


@pytest.mark.root
@pytest.mark.parametrize(
    "command", [("exec", "--static", "--", "env"), ("env", "--static"), ("whoami",)]
)
def test_static_delivery_needs_no_writable_home(reachable: World, command: tuple[str, ...]):
    answer = as_nobody(reachable, *command)
    if command[0] == "whoami":
        # Nobody can have logged in there; it says so, and nothing about directories.
        assert answer.status == 77, str(answer)
        assert "There is no session" in answer.stderr
        return
    assert answer.status == 0, str(answer)
    assert "AWS_SECRET_ACCESS_KEY" in answer.stdout


@pytest.mark.root
def test_a_login_without_a_writable_home_says_which_variable_helps(reachable: World):
    refused = as_nobody(reachable, "login")
    assert refused.status == 71, str(refused)
    assert "XDG_RUNTIME_DIR" in refused.stderr
    runtime = reachable.root / "run"
    runtime.mkdir(mode=0o700)
    os.chown(runtime, 65534, 65534)
    more = {"XDG_RUNTIME_DIR": str(runtime), "ATMOS_KEYRING_PASSWORD": KEYRING_PASSWORD}
    answer = as_nobody(reachable, "login", **more, ATMOS_KEYRING_TYPE="file")
    assert answer.status == 0, str(answer)
    answer = as_nobody(reachable, "exec", "--", "env", **more, ATMOS_KEYRING_TYPE="file")
    assert "AWS_PROFILE" in answer.stdout


@pytest.mark.root
def test_root_by_sudo_writes_nothing_to_another_persons_home(mock: World):
    mock.run("list", status=0)
    assert list(mock.home.iterdir()), "the index is written"
    shutil.rmtree(mock.home)
    mock.home.mkdir()
    os.chown(mock.home, 1000, 1000)
    refused = mock.run("list", env={"SUDO_UID": "1000"})
    assert refused.status == 64, str(refused)
    assert "sudo -H" in refused.stderr
    assert list(mock.home.iterdir()) == []
    os.chown(mock.home, 0, 0)
    mock.run("list", env={"SUDO_UID": "1000"}, status=0)


# Programs


def test_a_script_without_a_first_line_runs_as_shells_run_it(mock: World):
    script = mock.write("script", 'echo "$0" "$@"; exit 3\n', mode=0o755)
    answer = mock.run("exec", "--", str(script), "a b", "c")
    assert answer.status == 3, str(answer)
    assert answer.stdout == f"{script} a b c\n"


def test_a_file_of_another_machine_is_not_taken_for_a_script(mock: World):
    garbage = mock.repository / "garbage"
    garbage.write_bytes(b"\x7fELG\0\0\0\n")
    garbage.chmod(0o755)
    answer = mock.run("exec", "--", str(garbage))
    assert answer.status == 126, str(answer)
    assert f"cannot start {garbage}" in answer.stderr
