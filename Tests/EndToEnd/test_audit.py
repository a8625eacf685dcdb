"""The log of what was handed out: its lines, its chain, and what if it cannot be written."""

from __future__ import annotations

import concurrent.futures
import csv
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess

import pytest

from mfa_world import Coded
from mock_world import STACKS, single
from policy_world import Deployed
from programs import tool
from pseudoterminal import Pseudoterminal
from world import Answer, World

REQUIRED = "auth: {audit: required}\n"


def log(world: World) -> pathlib.Path:
    return world.state / "audit"


def entries(world: World, *options: str) -> list[dict]:
    answer = world.run("audit", "export", *options, status=0)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def own(world: World, text: str) -> None:
    path = world.home / ".atmos/atmos.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    for file in (path, path.parent):
        file.chmod(0o755)


@pytest.fixture
def dev(world: World) -> World:
    world.configure(single())
    return world


def test_each_way_is_one_line(stacks: World):
    stacks.run("login", "dev-admin", status=0)
    stacks.run("exec", "dev-admin", "--", "/bin/echo", "--secret", "argument", status=0)
    stacks.run("exec", "dev-admin", "--static", "--", "true", status=0)
    stacks.run("env", "dev-admin", status=0)
    stacks.run("env", "dev-admin", "--static", status=0)
    stacks.run("credential-process", "-i", "dev-admin", status=0)
    stacks.run("shell", "-i", "staging-admin", "--shell", "/bin/true", status=0)
    found = entries(stacks)
    assert [(entry["way"], entry.get("delivery")) for entry in found] == [
        ("login", None),
        ("exec", "profile"),
        ("exec", "keys"),
        ("env", "profile"),
        ("env", "keys"),
        ("credential-process", "keys"),
        ("shell", "profile"),
        ("end", None),
    ]
    assert [entry["seq"] for entry in found] == list(range(1, 9))
    echo = found[1]
    assert echo["command"] == "echo"
    assert echo["program"] == "/bin/echo"
    assert echo["identity"] == "dev-admin"
    assert echo["realm"] == "e2e"
    assert echo["chain"] == ["sandbox", "dev-admin"]
    assert echo["account"] == "111122223333"
    assert echo["directory"] == str(stacks.repository)
    assert echo["ppid"] == os.getpid()
    assert echo["user"] == os.geteuid()
    assert echo["host"] == socket.gethostname()
    assert "expires" in echo
    assert "terminal" not in echo
    assert found[7]["exit"] == 0
    assert found[7]["began"] == 7
    assert "argument" not in (log(stacks) / next(os.walk(log(stacks)))[2][0]).read_text()
    assert "as they were written" in stacks.run("audit", "verify", status=0).stdout


def test_the_audit_log_has_the_device_and_the_age_of_its_code(coded: Coded):
    deploy = Deployed(coded, "{policy: applies-only}")
    deploy.with_code("terraform", "apply")
    [entry] = [entry for entry in entries(deploy.world) if entry["way"] == "exec"]
    assert entry["mfa_device"] == "arn:aws:iam::123456789012:mfa/engineer"
    assert 0 <= entry["mfa_age"] < 60


def test_what_hands_nothing_out_writes_nothing(stacks: World):
    stacks.run("list", status=0)
    stacks.run("whoami", "-i", "dev-admin")
    stacks.run("exec", "-i", "none", "--", "true", status=0)
    stacks.run("exec", "dev-admin", "--", "no-such-program-anywhere", status=127)
    stacks.run("credential-process", "-i", "nobody-of-that-name")
    assert not log(stacks).exists()
    assert "no audit log yet" in stacks.run("audit", "verify", status=0).stderr
    assert stacks.run("audit", "export", status=0).stdout == ""


def test_show_filters(stacks: World):
    below = stacks.repository / "below"
    below.mkdir()
    stacks.run("exec", "dev-admin", "--", "true", status=0)
    stacks.run("exec", "staging-admin", "--", "/bin/echo", status=0, cwd=below)
    assert [e["identity"] for e in entries(stacks, "-i", "STAGING-admin")] == ["staging-admin"]
    assert [e["command"] for e in entries(stacks, "--account", "111122223333")] == ["true"]
    assert [e["command"] for e in entries(stacks, "--command", "echo")] == ["echo"]
    assert [e["command"] for e in entries(stacks, "--directory", "below")] == ["echo"]
    assert len(entries(stacks, "--directory", ".")) == 2
    assert len(entries(stacks, "--since", "1h")) == 2
    assert entries(stacks, "--since", "2999-01-01") == []
    assert [e["command"] for e in entries(stacks, "--last", "1")] == ["echo"]
    shown = stacks.run("audit", "show", status=0).stdout.splitlines()
    assert shown[0].split() == ["TIME", "IDENTITY", "ACCOUNT", "WAY", "COMMAND", "DIRECTORY"]
    assert len(shown) == 3
    stacks.said("audit", "show", "--since", "yesterday", status=64)


def test_csv_has_titles_and_every_row_as_many_cells(stacks: World):
    odd = stacks.repository / '=a,b"c;\n\x1b[31m'
    odd.mkdir()
    stacks.run("credential-process", "-i", "dev-admin", status=0, cwd=odd)
    text = stacks.run("audit", "export", "--format", "csv", status=0).stdout
    assert "\x1b" not in text
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 1
    assert rows[0]["way"] == "credential-process"
    assert None not in rows[0]


def test_a_hostile_directory_forges_no_line_and_no_sequence(stacks: World):
    odd = stacks.repository / 'x\n{"seq":2,"way":"exec"}\x1b]0;title\x07‮'
    odd.mkdir()
    stacks.run("credential-process", "-i", "dev-admin", status=0, cwd=odd)
    assert entries(stacks)[0]["directory"] == str(odd)
    for command in (["audit", "show"], ["audit", "export"], ["audit", "verify"]):
        answer = stacks.run(*command, status=0)
        for character in "\x1b\x07‮":
            assert character not in answer.stdout + answer.stderr
    assert len(entries(stacks)) == 1


def test_tampering_is_found(dev: World):
    for _ in range(4):
        dev.run("exec", "--", "true", status=0)
    (file,) = log(dev).glob("*.jsonl")
    before = file.read_text()
    file.write_text(before.replace('"command":"true"', '"command":"false"', 1))
    answer = dev.run("audit", "verify", status=78)
    assert "line 1 was changed" in answer.stdout
    file.write_text("".join(before.splitlines(keepends=True)[:-1]))
    answer = dev.run("audit", "verify", "--format", "json", status=78).json()
    assert not answer["sound"]
    assert [finding["kind"] for finding in answer["findings"]] == ["cut"]
    file.write_text(before)
    assert dev.run("audit", "verify", "--format", "json", status=0).json()["lines"] == 4


def test_a_known_head_shows_that_everything_was_put_back(dev: World):
    dev.run("exec", "--", "true", status=0)
    saved = {path: path.read_bytes() for path in log(dev).iterdir()}
    dev.run("exec", "--", "true", status=0)
    head = dev.run("audit", "verify", "--format", "json", status=0).json()["head"]
    for path, content in saved.items():
        path.write_bytes(content)
    dev.run("audit", "verify", status=0)
    answer = dev.run("audit", "verify", "--head", head, status=78)
    assert "has seen line 2, and this log ends with 1" in answer.stdout
    dev.said("audit", "verify", "--head", "nonsense", status=64)


def test_a_known_head_shows_that_everything_was_removed(dev: World):
    dev.run("env", status=0)
    answer = dev.run("audit", "verify", status=0)
    head = answer.stdout.splitlines()[-1].removeprefix("head: ")
    for path in log(dev).iterdir():
        path.unlink()
    gone = dev.run("audit", "verify", "--head", head, status=78)
    assert "there is no log here" in gone.stdout and "line 1 of the log" in gone.stdout
    log(dev).rmdir()
    dev.run("audit", "verify", "--head", head, status=78)
    found = dev.run("audit", "verify", "--head", head, "--format", "json", status=78).json()
    assert found["sound"] is False and found["lines"] == 0


def test_what_stands_in_the_place_of_the_log(dev: World):
    dev.run("env", status=0)
    (log(dev) / "key").unlink()
    os.mkfifo(log(dev) / "key")
    answer = dev.run("env", status=0)
    assert "the audit log cannot be written" in answer.stderr
    shutil.rmtree(log(dev))
    log(dev).write_text("")
    status = dev.run("status", status=0).stdout
    assert "Warning: the audit log: cannot write to" in status
    assert "what is handed out is not written down" in status
    for command in (["audit", "verify"], ["audit", "show"]):
        said = dev.said(*command, status=71)
        assert "is not a directory" in said
    own(dev, REQUIRED)
    assert dev.run("env", status=71).stdout == ""
    assert "nothing is handed out until it can" in dev.run("status", status=0).stdout
    log(dev).unlink()
    assert "Warning" not in dev.run("status", status=0).stdout
    dev.run("env", status=0)
    assert "Warning" not in dev.run("status", status=0).stdout
    (log(dev) / "key").write_text("damaged")
    assert "lets another log begin" in dev.run("status", status=0).stdout


def test_the_first_key_is_in_the_keyring_only(dev: World):
    dev.run("exec", "--", "true", status=0)
    assert sorted(path.suffix for path in log(dev).iterdir()) == ["", ".jsonl"]
    answer = dev.run("audit", "verify", status=78, env={"ATMOS_KEYRING_TYPE": "memory"})
    assert "cannot be verified" in answer.stdout
    for path in log(dev).iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
    assert log(dev).stat().st_mode & 0o777 == 0o700


def test_without_a_keyring_lines_are_written_all_the_same(dev: World):
    memory = {"ATMOS_KEYRING_TYPE": "memory", "ATMOS_KEYRING_PASSWORD": None}
    dev.run("exec", "--", "true", status=0, env=memory)
    answer = dev.run("audit", "verify", status=0, env=memory)
    assert "first-key" in answer.stdout
    dev.run("exec", "--", "true", status=0)
    dev.run("exec", "--", "true", status=0, env=memory)
    assert dev.run("audit", "verify", "--format", "json", status=0).json()["lines"] == 3


def test_a_hundred_writers_lose_no_line(dev: World):
    dev.run("login", status=0)
    environment = dev.variables()
    processes = [
        subprocess.Popen([dev.binary, "exec", "--", "true"], env=environment, cwd=dev.repository)
        for _ in range(100)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0] * 100
    found = entries(dev)
    assert [entry["seq"] for entry in found] == list(range(1, 102))
    pids = {entry["pid"] for entry in found if entry["way"] == "exec"}
    assert pids == {process.pid for process in processes}
    dev.run("audit", "verify", status=0)


def test_killed_at_any_moment_of_writing(dev: World):
    """Killed as it begins each system call on the log: the chain holds, or says what is torn."""
    dev.run("login", status=0)
    reached = 0
    for call in ("flock", "write", "pwrite64"):
        for number in range(1, 8):
            answer = dev.program(
                tool("strace"),
                *("-f", "-qq", "-o", os.devnull, "-P", str(log(dev) / "key")),
                *(word for file in log(dev).glob("*.jsonl") for word in ("-P", str(file))),
                *("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}"),
                *(dev.binary, "credential-process"),
            )
            if answer.status == 0:
                break
            assert answer.status == -signal.SIGKILL, str(answer)
            assert answer.stdout == "", "the line comes first"
            reached += 1
            dev.run("audit", "verify", status=0)
            dev.run("credential-process", status=0)
            dev.run("audit", "verify", status=0)
    assert reached >= 3


def test_rotation_keeps_the_chain(dev: World):
    own(dev, "auth: {audit: {max_size: 64kB, max_age: 1d}}\n")
    deep = dev.repository / "/".join(["d" * 200] * 15)
    deep.mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for answer in pool.map(lambda _: dev.run("exec", "--", "true", cwd=deep), range(45)):
            assert answer.status == 0
    assert len(list(log(dev).glob("*.jsonl"))) == 3
    answer = dev.run("audit", "verify", "--format", "json", status=0).json()
    assert answer["lines"] == 45
    assert answer["findings"] == []


def test_what_is_kept_is_a_persons_own_word(dev: World):
    for text, said in (("12h", "must be a day at least"), ("soon", "audit.keep")):
        own(dev, f"auth: {{audit: {{keep: {text}}}}}\n")
        answer = dev.run("validate", status=78)
        assert said in answer.stdout + answer.stderr
    own(dev, "auth: {audit: {keep: 400d}}\n")
    dev.run("validate", status=0)
    dev.run("exec", "--", "true", status=0)
    assert "as they were written" in dev.run("audit", "verify", status=0).stdout
    assert "not a duration" in dev.said("audit", "verify", "--keep", "soon", status=64)


def test_old_files_go_when_another_is_begun(dev: World):
    own(dev, "auth: {audit: {max_age: 1d, keep: 3d}}\n")

    def on(day: int, *arguments: str) -> Answer:
        clock = (tool("faketime"), "-f", f"+{day}d")
        return dev.program(*clock, dev.binary, *arguments)

    for day in range(0, 12, 2):
        assert on(day, "env", "--static").status == 0
    files = sorted(log(dev).glob("*.jsonl"))
    assert len(files) == 3
    shown = on(11, "audit", "show").stdout
    assert "removal (to line " in shown
    verified = on(11, "audit", "verify")
    assert verified.status == 0 and "- lines 1 to " in verified.stdout, str(verified)
    assert "as `keep: 3d` says" in verified.stdout
    own(dev, "auth: {audit: {max_age: 1d}}\n")
    verified = on(11, "audit", "verify")
    assert verified.status == 78 and "no `keep` is set" in verified.stdout, str(verified)
    assert on(11, "audit", "verify", "--keep", "3d").status == 0
    files[0].unlink()
    assert "are missing" in on(11, "audit", "verify", "--keep", "3d").stdout


# MARK: What cannot be written


def cannot_write(world: World) -> None:
    """The log's directory is a file, which even root cannot write into."""
    log(world).parent.mkdir(parents=True, exist_ok=True)
    log(world).write_text("")


def test_required_gives_nothing_out_that_is_not_written_down(stacks: World):
    own(stacks, REQUIRED)
    stacks.run("exec", "dev-admin", "--", "true", status=0)
    assert len(entries(stacks)) == 1
    for path in log(stacks).iterdir():
        path.unlink()
    log(stacks).rmdir()
    cannot_write(stacks)
    for command in (
        ["exec", "dev-admin", "--", "/bin/echo", "ran"],
        ["env", "dev-admin"],
        ["env", "dev-admin", "--static"],
        ["credential-process", "-i", "dev-admin"],
        ["shell", "-i", "dev-admin", "--shell", "/bin/echo"],
        ["console", "-i", "dev-admin", "--print-only"],
    ):
        answer = stacks.run(*command)
        assert answer.status != 0, str(answer)
        assert answer.stdout == ""
        if command[0] != "console":
            assert answer.status == 71, str(answer)
            assert "nothing is handed out" in answer.stderr


def test_best_effort_hands_out_all_the_same(stacks: World):
    cannot_write(stacks)
    answer = stacks.run("exec", "dev-admin", "--", "/bin/echo", "ran", status=0)
    assert answer.stdout == "ran\n"
    shown = stacks.run("credential-process", "-i", "dev-admin", "--logs-level", "Warning", status=0)
    assert "audit log cannot be written" in shown.stderr


def test_off_writes_nothing(stacks: World):
    stacks.run("exec", "dev-admin", "--", "true", status=0)
    assert log(stacks).exists(), "it would"
    shutil.rmtree(log(stacks))
    own(stacks, "auth: {audit: off}\n")
    stacks.run("exec", "dev-admin", "--", "true", status=0)
    assert not log(stacks).exists()


def test_a_checkout_does_not_switch_it_off(tmp_path: pathlib.Path):
    world = World(tmp_path / "world", is_own=False)
    (world.repository / ".git").mkdir()
    world.configure(STACKS.replace("auth:\n", "auth:\n  audit: off\n", 1))
    world.run("allow", "-i", "dev-admin", status=0)
    world.run("exec", "dev-admin", "--", "true", status=0)
    assert len(entries(world)) == 1
    assert "`auth.audit` of a checkout" in world.run("status", status=0).stdout


def test_a_full_disk(dev: World, tiny_disk: pathlib.Path):
    own(dev, REQUIRED)
    dev.environment["XDG_STATE_HOME"] = str(tiny_disk)
    dev.run("exec", "--", "true", status=0)
    ballast = tiny_disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(b"x" * 512)
    refused = 0
    for _ in range(30):
        answer = dev.run("credential-process")
        if answer.status == 0:
            continue
        refused += 1
        assert answer.status == 71, str(answer)
        assert answer.stdout == ""
    assert refused > 0
    ballast.unlink()
    dev.run("credential-process", status=0)
    dev.run("audit", "verify", status=0)


# MARK: The system's log


@pytest.mark.root
def test_the_head_goes_to_journald_by_its_socket(dev: World, tmp_path: pathlib.Path):
    place = tmp_path / "journal"
    place.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(place / "socket"))
        receiver.settimeout(20)
        script = (
            "mount -t tmpfs none /run && mkdir -p /run/systemd/journal && "
            'mount --bind "$0" /run/systemd/journal && shift 0 && exec "$@"'
        )
        answer = dev.program(
            "unshare",
            "-m",
            "--propagation",
            "private",
            "sh",
            "-c",
            script,
            str(place),
            dev.binary,
            "exec",
            "--",
            "true",
        )
        if answer.status != 0 and "unshare" in answer.stderr:
            pytest.skip(f"no namespace can be made here: {answer.stderr.strip()}")
        assert answer.status == 0, str(answer)
        fields = receiver.recv(65536).decode().splitlines()
    assert "SYSLOG_IDENTIFIER=atmos-auth" in fields
    message = next(field for field in fields if field.startswith("MESSAGE="))
    head = dev.run("audit", "verify", "--format", "json", status=0).json()["head"]
    assert message.startswith(f"MESSAGE=audit {head} way=exec identity=dev")


def test_journald_is_asked_for_the_head(dev: World, tmp_path: pathlib.Path):
    """A stand-in for journalctl, on the search path: what it has seen counts."""
    dev.run("exec", "--", "true", status=0)
    head = dev.run("audit", "verify", "--format", "json", status=0).json()["head"]
    number, line, code = head.split()
    directory = tmp_path / "bin"
    directory.mkdir()
    journalctl = directory / "journalctl"
    journalctl.write_text(f'#!/bin/sh\necho "audit {number} 9 {code} way=exec"\n')
    journalctl.chmod(0o755)
    path = {"PATH": f"{directory}:{dev.variables()['PATH']}"}
    assert line == "1"
    assert "has seen line 9" in dev.run("audit", "verify", status=78, env=path).stdout
    journalctl.write_text(f'#!/bin/sh\necho "audit {head} way=exec"\n')
    assert "compared with" in dev.run("audit", "verify", status=0, env=path).stdout
    # With everything removed, the journal still knows of it.
    asked = tmp_path / "asked"
    journalctl.write_text(f'#!/bin/sh\necho "$*" >"{asked}"\necho "audit {head} way=exec"\n')
    shutil.rmtree(log(dev))
    gone = dev.run("audit", "verify", status=78, env=path)
    assert f"line 1 of the log {number}" in gone.stdout
    assert f"_UID={os.getuid()}" in asked.read_text()


def test_the_terminal_is_written_down(dev: World):
    terminal = Pseudoterminal(
        dev.binary, ["exec", "--", "true"], env=dev.variables(), cwd=str(dev.repository)
    )
    assert terminal.end() == 0
    assert entries(dev)[0]["terminal"].startswith("/dev/pts/")
